"""Sinks as settings: one row for everybody who hears the news.

In the environment ``LOUPE_SINKS__OPS__KIND=webhook`` is the kind of the sink ``ops``, and so on for the other
fields; a single ``LOUPE_SINKS`` with JSON does as well.
"""

import base64
import re
from collections.abc import Collection, Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

from loupe.values import TOPIC
from pipeline.news import KINDS, MAIL, SLACK, Sink, SinkKind

Words = Annotated[str, BeforeValidator(lambda value: ",".join(value) if isinstance(value, list) else value)]
"""Several values with commas between them; in JSON a list will do."""
EVERY_IMAGE = "verdict,held,published,failed"
SHAPES: Mapping[SinkKind, tuple[str, str]] = {
    "sns": (
        TOPIC,
        "a topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:loupe",
    ),
    "ifttt": (r"[A-Za-z0-9_-]{1,100}", "the name of an IFTTT event, such as loupe_held"),
    "slack": (r"[CGD][A-Z0-9]{4,}", "the id of a Slack channel, such as C012AB3CD"),
    "email": (r"[^@\s]+@[^@\s]+", "a mail address"),
}
"""What addresses look like that are no URLs, and how to say it."""


def listed(value: object) -> object:
    """The values of a variable that names several, with commas between them."""
    return (
        tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
    )


Listed = Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)]


def _kinds(value: str) -> str:
    for kind in value.split(","):
        if kind.strip() not in KINDS:
            raise ValueError(f"'{kind.strip()}' is no news; there are {', '.join(KINDS)}")
    return value


class SinkSettings(BaseModel):
    """One sink."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: SinkKind
    address: SecretStr
    secret: SecretStr | None = None
    news: Annotated[Words, AfterValidator(_kinds)] = EVERY_IMAGE
    channels: Words = ""
    rate: float = Field(10.0, gt=0, le=1000)


def sinks(rows: dict[str, SinkSettings]) -> tuple[Sink, ...]:
    """The rows as the pipeline knows them, by name."""
    return tuple(
        Sink(
            name=name,
            kind=row.kind,
            address=row.address.get_secret_value(),
            secret=row.secret.get_secret_value() if row.secret else "",
            news=frozenset(kind for kind in KINDS if kind in _split(row.news)),
            channels=frozenset(_split(row.channels)),
            rate=row.rate,
        )
        for name, row in sorted(rows.items())
    )


def check(rows: Mapping[str, SinkSettings], hosts: Collection[str]) -> str | None:
    """What is wrong with a sink, in words without its secrets; None where all are sound."""
    named = {host.strip("[]").rstrip(".").lower() for host in hosts}
    for name, row in rows.items():
        if fault := _named(name) or _addressed(row, named) or _proven(row):
            return f"the sink '{name}': {fault}"
    return None


def _named(name: str) -> str | None:
    if name in (SLACK, MAIL):
        return f"'{name}' is built in; give it another name"
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        return "a name is made of small letters, digits, - and _"
    return None


def _addressed(row: SinkSettings, named: Collection[str]) -> str | None:
    address = row.address.get_secret_value()
    if row.kind in SHAPES and not ("://" in address and row.kind == "ifttt"):
        shape, words = SHAPES[row.kind]
        return None if re.fullmatch(shape, address) else f"its address must be {words}"
    try:
        parts = urlsplit(address)
        host, secure, _ = (parts.hostname or "").rstrip("."), parts.scheme == "https", parts.port
    except ValueError:
        return "its address cannot be read"
    if not host or parts.username is not None or parts.scheme not in ("https", "http"):
        return "its address must begin with https:// and a host, without a user's name"
    return None if secure or host in named else "its address must begin with https://"


def _proven(row: SinkSettings) -> str | None:
    given = row.secret.get_secret_value() if row.secret else ""
    if row.kind == "ifttt" and not given:
        return "its secret, the key of IFTTT's Webhooks service, is missing"
    for each in given.split() if row.kind == "webhook" else ():
        if each.startswith("whsec_") and not _is_base64(each.removeprefix("whsec_")):
            return "its secret begins with whsec_ and is not base64 after it"
    return None


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except ValueError:
        return False


def _split(words: str) -> list[str]:
    return [part.strip() for part in words.split(",") if part.strip()]
