"""The topic on which events of the chain go to the queues of the actors.

Source: docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html (ten entries, 256 KB together; each may fail
alone).
"""

from collections.abc import Sequence

from pipeline.adapters.aws_client import client, why
from pipeline.errors import Unavailable
from pipeline.topic import Message

MOST = 10


class SnsTopic:
    """A topic by its ARN."""

    def __init__(self, arn: str) -> None:
        self._arn = arn

    def publish(self, messages: Sequence[Message]) -> None:
        """All of them. Raises ``Unavailable`` when one was not taken; the others may have gone out then."""
        from botocore.exceptions import BotoCoreError, ClientError

        for first in range(0, len(messages), MOST):
            some = messages[first : first + MOST]
            entries = [_entry(str(number), message) for number, message in enumerate(some)]
            try:
                answer = client("sns").publish_batch(TopicArn=self._arn, PublishBatchRequestEntries=entries)
            except ClientError as fault:
                code = fault.response.get("Error", {}).get("Code", "an error")
                raise Unavailable(f"The topic answered {code}.") from fault
            except BotoCoreError as fault:
                raise Unavailable(f"The topic cannot be reached: {why(fault)}.") from fault
            if failed := answer.get("Failed"):
                raise Unavailable(f"The topic did not take {len(failed)} events: {failed[0].get('Code')}.")


def _entry(id: str, message: Message) -> dict[str, object]:
    attributes = {name: {"DataType": "String", "StringValue": v} for name, v in message.attributes.items()}
    return {"Id": id, "Message": message.body, "MessageAttributes": attributes}
