"""Sinks as settings: one row for everybody who hears the news.

In the environment ``LOUPE_SINKS__OPS__KIND=webhook`` is the kind of the sink ``ops``, and so on for the other
fields; a single ``LOUPE_SINKS`` with JSON does as well.
"""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import NoDecode

from pipeline.news import KINDS, Sink, SinkKind

Words = Annotated[str, BeforeValidator(lambda value: ",".join(value) if isinstance(value, list) else value)]
"""Several values with commas between them; in JSON a list will do."""
EVERY_IMAGE = "verdict,held,published,failed"


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


def _split(words: str) -> list[str]:
    return [part.strip() for part in words.split(",") if part.strip()]
