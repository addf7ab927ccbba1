"""Hands messages to Amazon SES, version 2 of its API.

A message is handed in by one request that SES does not recognise when it comes twice: so nothing is repeated
here, and botocore is told not to. ``AWS_ENDPOINT_URL_SESV2`` names another server, such as a stand-in.
Source: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

from collections.abc import Callable
from typing import Any

from pipeline.letters.mailbox import line
from pipeline.posting import Answer, Never, NotNow, Parcel, Taken, Unsure

SECONDS = (10.0, 60.0)
"""To connect, and for an answer."""
FOR_GOOD = ("MessageRejected", "BadRequestException")
"""What SES says of a message; all its other refusals are about the account, and somebody can mend that."""


class Ses:
    """``pipeline.posting.Post``. boto3 is loaded with the first message."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._client: Any = None

    def hand_in(self, parcel: Parcel, last: Callable[[], None]) -> Answer:
        """See ``Post.hand_in``."""
        from botocore import exceptions

        try:
            client = self._connected()
        except exceptions.BotoCoreError as fault:
            return NotNow(_words(fault))
        last()
        try:
            client.send_email(
                FromEmailAddress=parcel.sender,
                Destination={"ToAddresses": [parcel.mailbox]},
                Content={"Raw": {"Data": parcel.message}},
            )
        except exceptions.ClientError as fault:
            return _refused(fault.response)
        except (exceptions.EndpointConnectionError, exceptions.ConnectTimeoutError,
                exceptions.NoCredentialsError, exceptions.PartialCredentialsError,
                exceptions.SSLError, exceptions.ProxyConnectionError) as fault:  # fmt: skip
            return NotNow(_words(fault))  # nothing was sent
        except exceptions.BotoCoreError as fault:
            return Unsure(_words(fault))
        return Taken()

    def look(self) -> str | None:
        """See ``Post.look``."""
        from botocore import exceptions

        try:
            account = self._connected().get_account()
        except (exceptions.BotoCoreError, exceptions.ClientError) as fault:
            return _words(fault)
        return (
            None
            if account.get("SendingEnabled", True)
            else "Amazon SES: sending is switched off for this account."
        )

    def _connected(self) -> Any:
        if self._client is None:
            import boto3
            from botocore.config import Config

            config = Config(
                connect_timeout=SECONDS[0], read_timeout=SECONDS[1], retries={"total_max_attempts": 1}
            )
            self._client = boto3.Session().client("sesv2", region_name=self._region, config=config)
        return self._client


def _refused(answer: Any) -> Answer:
    code = str(answer.get("Error", {}).get("Code", ""))
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    words = f"Amazon SES: {code}: {line(answer.get('Error', {}).get('Message', ''))}"
    if status >= 500 and status != 503:
        return Unsure(words)
    return Never(words) if code in FOR_GOOD else NotNow(words)


def _words(fault: Exception) -> str:
    return f"Amazon SES: {line(fault)}"
