"""What single settings must look like. Each check says in words what is wrong."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import SecretStr

from pipeline.errors import Unsuitable
from pipeline.letters import mailbox
from pipeline.posting import office

SLACK_API = "https://slack.com/api/"
TOPIC = r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?"
"""What the ARN of an SNS topic looks like."""
OFF = "off"
BUCKET = r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?"
"""A bucket and a prefix (docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)."""
SECRETS = r"(/[a-zA-Z0-9_./-]+|arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+)?"
"""A path in SSM's Parameter Store, or the ARN of a secret."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def api_url(value: str) -> str:
    """An address that secrets may go to, ending in a slash. Raises ``ValueError``."""
    parts = urlsplit(value)
    if parts.hostname and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    ):
        return value if value.endswith("/") else value + "/"
    raise ValueError("it must begin with https://, or with http:// for an address on this machine")


def public_url(value: str | None) -> str | None:
    """The address under which people reach the pages. Raises ``ValueError``."""
    if value is None:
        return None
    address, parts = api_url(value).rstrip("/"), urlsplit(value)
    if parts.query or parts.fragment or parts.path.strip("/"):
        raise ValueError("it must end after the host name: pages lie below /i/")
    return address


def bucket(value: str) -> str:
    """A bucket's name, or ``s3://name/prefix``. Raises ``ValueError``."""
    if value and not re.fullmatch(
        r"(s3://)?[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.!*'()-]+)*/?", value, re.ASCII
    ):
        raise ValueError("it must be a bucket's name, or s3://, the name, and a prefix behind a slash")
    return value


def table(value: str) -> str:
    """A DynamoDB table's name. Raises ``ValueError``."""
    if not re.fullmatch(r"([a-zA-Z0-9_.-]{3,255})?", value):
        raise ValueError("it must be a table's name: 3 to 255 letters, digits, dots, - and _")
    return value


def distribution(value: str) -> str:
    """The id of a CloudFront distribution. Raises ``ValueError``."""
    if not re.fullmatch(r"([A-Z0-9]{6,32})?", value):
        raise ValueError("it must be a distribution's id, made of capital letters and digits")
    return value


def secrets(value: str) -> str:
    """Where secrets lie. Raises ``ValueError``."""
    if not re.fullmatch(SECRETS, value):
        raise ValueError("it must be a path that begins with a slash, or the ARN of a secret")
    return value


def bucket_name(value: str) -> str:
    """A bucket's name alone. Raises ``ValueError``."""
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value, re.ASCII):
        raise ValueError("it must be a bucket's name")
    return value


def otlp(value: str | None) -> str | None:
    """Where traces go, without a slash at the end. Raises ``ValueError``."""
    if value is not None and not re.match(r"https?://[^/\s]", value):
        raise ValueError("it must begin with http:// or https:// and name a host")
    return value and value.rstrip("/")


def bot_token(value: SecretStr | None) -> SecretStr | None:
    """A Slack bot token. Raises ``ValueError``."""
    if value and not value.get_secret_value().startswith("xox"):
        raise ValueError("a bot token begins with xoxb-")
    return value


def app_token(value: SecretStr | None) -> SecretStr | None:
    """A Slack app-level token. Raises ``ValueError``."""
    if value and not value.get_secret_value().startswith("xapp"):
        raise ValueError("an app-level token begins with xapp-")
    return value


def topics(value: tuple[str, ...]) -> tuple[str, ...]:
    """ARNs of SNS topics. Raises ``ValueError``."""
    for each in value:
        if not re.fullmatch(TOPIC, each):
            raise ValueError("each must be the ARN of an SNS topic")
    return value


def people(value: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of people in Slack. Raises ``ValueError``."""
    for each in value:
        if not re.fullmatch(r"[UW][A-Z0-9]{3,}", each):
            raise ValueError("each must be the id of a person in Slack, not a name; see their profile, More")
    return value


def channel(value: str) -> str:
    """The id of a channel in Slack, or nothing. Raises ``ValueError``."""
    if value and not re.fullmatch(r"[CDG][A-Z0-9]{3,}", value):
        raise ValueError("it must be the id of a Slack channel, not its name; see About in the channel")
    return value


def drops(value: tuple[str, ...]) -> tuple[str, ...]:
    """Folders, ``s3://bucket/prefix``, or ``off`` alone. Raises ``ValueError``."""
    for each in value:
        if "\0" in each or ("://" in each and not re.fullmatch(BUCKET, each, re.DOTALL)):
            raise ValueError("each must be the path of a folder, or s3:// with a bucket and a prefix")
        if each == OFF and len(value) > 1:
            raise ValueError("`off` stands alone")
    return value


def zone(value: str) -> str:
    """A time zone's IANA name. Raises ``ValueError``."""
    if value not in available_timezones():
        raise ValueError("it must be a time zone of the IANA database")
    return value


def clock_time(value: str) -> str:
    """A time of day, or ``off``. Raises ``ValueError``."""
    if value != "off" and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError("it must be a time of day such as 09:00, or off")
    return value


def mail(value: SecretStr | None) -> SecretStr | None:
    """Where mail is handed in. Raises ``ValueError`` without a word of the value."""
    if value:
        _suitable(office, value.get_secret_value())
    return value


def mail_from(value: str) -> str:
    """A mailbox, with or without a name. Raises ``ValueError``."""
    _suitable(mailbox.sender, value)
    return value


def mail_to(value: tuple[str, ...]) -> tuple[str, ...]:
    """Mailboxes. Raises ``ValueError``."""
    for each in value:
        _suitable(mailbox.mailbox, each)
    return value


def domains(value: tuple[str, ...]) -> tuple[str, ...]:
    """Domains of mailboxes, as mailboxes have them. Raises ``ValueError``."""
    return tuple(map(_domain, value))


def _domain(value: str) -> str:
    star, name = ("*.", value[2:]) if value.startswith("*.") else ("", value)
    if value == "*":
        return value
    _suitable(mailbox.mailbox, f"somebody@{name}")
    return star + mailbox.mailbox(f"somebody@{name}").partition("@")[2]


def _suitable(read: Callable[[str], object], value: str) -> None:
    try:
        read(value)
    except Unsuitable as fault:
        raise ValueError(fault.words) from None
