"""What is noted of a bulletin on its way, so that whoever goes on with it posts nothing twice. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from pydantic import TypeAdapter

from bot.cards.charts import Way
from pipeline.outbox import Progress


@dataclass(frozen=True, slots=True)
class Doubt:
    """A post whose answer is not known: look before it is made again."""

    part: str
    since: float
    """When it was made, in seconds since the epoch."""
    until: float
    """Before this it may still appear."""
    text: str
    """Digest of its text, for a Slack that shows nothing else of its messages."""
    cursor: str = ""
    """Where to go on looking."""


@dataclass(frozen=True, slots=True)
class Noted:
    """How far a bulletin is."""

    posted: Mapping[str, str] = field(default_factory=dict)
    """The ts of every part that is there."""
    doubt: Doubt | None = None
    refused: tuple[Way, ...] = ()
    """Ways to show the chart that Slack refused this time."""
    plain: tuple[str, ...] = ()
    """Parts of which Slack refused every block; their text alone is sent."""
    file: str = ""
    """The uploaded chart."""

    @property
    def progress(self) -> Progress:
        """As plain JSON."""
        return asdict(self)


_noted = TypeAdapter(Noted)


def noted(progress: Progress) -> Noted:
    """What ``Noted.progress`` gave; an empty one for a delivery that has just begun."""
    return _noted.validate_python(progress)
