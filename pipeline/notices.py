"""What other systems tell Loupe by SNS: the envelope, and what follows from what is in it. Pure.

An alarm of CloudWatch becomes an alarm of ours; mail that came back (SES) is for whoever keeps the mailboxes.
Sources: AWS documentation, "Parsing Amazon SNS message formats", "Verifying the signatures of Amazon SNS
messages", "Amazon SNS notification contents for Amazon SES", CloudWatch's alarm notification.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pipeline.errors import Unsuitable
from pipeline.news import Draft
from pipeline.text import keepable

Type = Literal["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]
SIGNED: Mapping[str, tuple[str, ...]] = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
    "UnsubscribeConfirmation": (
        "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
    ),
}  # fmt: skip
"""Which fields are signed, in this order; ``Subject`` only where there is one."""
NEEDED = ("Message", "MessageId", "Timestamp", "TopicArn", "Type", "Signature", "SigningCertURL")
OWN_HOST = re.compile(r"sns\.[a-z0-9-]{3,40}\.amazonaws\.com(?:\.cn)?")
WORDS = 500
"""Characters that are kept of what others say."""
STATES: Mapping[str, Literal["raised", "resolved"]] = {"ALARM": "raised", "OK": "resolved"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message of SNS as it came."""

    fields: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """A field; empty where there is none."""
        return self.fields.get(name, "")

    @property
    def at(self) -> datetime:
        """When SNS wrote it. Raises ``Unsuitable``."""
        try:
            found = datetime.fromisoformat(self["Timestamp"])
        except ValueError:
            raise Unsuitable("The message has no time.") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def canonical(self) -> bytes:
        """The text that is signed: names and values, each on a line of its own."""
        names = [name for name in SIGNED[self["Type"]] if name in self.fields]
        return "".join(f"{name}\n{self[name]}\n" for name in names).encode()


@dataclass(frozen=True, slots=True)
class Bounce:
    """Mail that came back, or that somebody complained about."""

    mailbox: str
    permanent: bool
    words: str


def envelope(body: bytes) -> Envelope:
    """The message in the body of a request. Raises ``Unsuitable``."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Unsuitable("The body is no JSON.") from None
    if not isinstance(found, dict) or found.get("Type") not in SIGNED:
        raise Unsuitable("The body is no message of SNS.")
    fields = {name: value for name, value in found.items() if isinstance(value, str)}
    try:
        "".join(fields.values()).encode()
    except UnicodeEncodeError:
        raise Unsuitable("The message has characters that do not exist.") from None
    if missing := [name for name in NEEDED if not fields.get(name)]:
        raise Unsuitable(f"The message lacks {missing[0]}.")
    return Envelope(fields)


def is_own(url: str) -> bool:
    """Is this an https address of SNS itself, with no other port and nobody's name in it?"""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port in (None, 443) and parts.username is None
    return plain and OWN_HOST.fullmatch(parts.hostname or "") is not None


def region(url: str) -> str:
    """The region in an address of SNS itself."""
    return (urlsplit(url).hostname or "..").split(".")[1]


def alarm(found: Envelope) -> Draft | None:
    """The alarm that CloudWatch raised or resolved; None where the message is none."""
    told = _inside(found)
    state = STATES.get(str(told.get("NewStateValue")))
    if state is None or not isinstance(told.get("AlarmName"), str):
        return None
    name = keepable(told["AlarmName"], WORDS)
    subject = f"alarm/cloudwatch/{name}"
    return Draft(
        f"{subject}/{found['MessageId'][:100]}", "alarm", subject, _data(name, state, told, found.at)
    )


def bounces(found: Envelope) -> list[Bounce]:
    """Mail that came back, one for each mailbox; none where the message is about something else."""
    told = _inside(found)
    kind = told.get("notificationType") or told.get("eventType")
    if kind == "Bounce":
        about = _mapping(told.get("bounce"))
        permanent = about.get("bounceType") == "Permanent"
        return list(_returned(about.get("bouncedRecipients"), permanent, "The mail came back"))
    if kind == "Complaint":
        about = _mapping(told.get("complaint"))
        return list(_returned(about.get("complainedRecipients"), True, "The reader complained"))
    return []


def _data(name: str, state: str, told: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """As ``pipeline.alarms.data`` has it."""
    moment, over = at.isoformat(timespec="milliseconds"), state == "resolved"
    reason = keepable(str(told.get("NewStateReason") or ""), WORDS)
    return {
        "rule": "cloudwatch",
        "subject": name,
        "state": state,
        "headline": f"{'Resolved' if over else 'Alarm'}: {name}",
        "words": f"{name}\n{reason}",
        "raised_at": None if over else moment,
        "resolved_at": moment if over else None,
        "lines": [reason] if reason else [],
    }


def _returned(recipients: object, permanent: bool, what: str) -> Iterator[Bounce]:
    for each in recipients if isinstance(recipients, list) else ():
        about = _mapping(each)
        mailbox, why = about.get("emailAddress"), about.get("diagnosticCode")
        if isinstance(mailbox, str):
            yield Bounce(mailbox, permanent, keepable(f"{what}: {why}" if why else f"{what}.", WORDS))


def _inside(found: Envelope) -> Mapping[str, Any]:
    try:
        return _mapping(json.loads(found["Message"]))
    except (ValueError, RecursionError):
        return {}


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}
