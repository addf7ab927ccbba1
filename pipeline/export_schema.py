"""What an export contains: every table and column, once. Headers, types and docs/export.md come from here."""

from dataclasses import dataclass
from typing import Literal

SCHEMA = 1
"""Goes up when a column is renamed or removed or changes its meaning."""
Kind = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
"""integer: 64 bits; number: double precision; date: a calendar day; timestamp: UTC, to the millisecond."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    kind: Kind
    about: str
    unit: str = ""
    nullable: bool = False
    few: bool = False
    """Holds few different words, each many times over."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an export."""

    name: str
    about: str
    key: tuple[str, ...]
    """No two rows have the same values here (and the same ``part``)."""
    columns: tuple[Column, ...]
    parted: bool = False
    """An incremental export writes what changed; the other tables are always written whole."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(column.name for column in self.columns)


def _text(name: str, about: str, *, nullable: bool = False, few: bool = False) -> Column:
    return Column(name, "text", about, nullable=nullable, few=few)


def _count(name: str, about: str, unit: str = "", *, nullable: bool = False) -> Column:
    return Column(name, "integer", about, unit, nullable)


def _yes(name: str, about: str, *, nullable: bool = False) -> Column:
    return Column(name, "boolean", about, nullable=nullable)


def _number(name: str, about: str, unit: str, *, nullable: bool = False) -> Column:
    return Column(name, "number", about, unit, nullable)


def _time(name: str, about: str) -> Column:
    return Column(name, "timestamp", about, "UTC")


PART = _count("part", "Which part of an incremental export the row stands in; 0 in a whole one")
DAY = Column("day", "date", "Calendar day in the zone that `LOUPE_TIMEZONE` names")
ZONE = _text("zone", "That zone, an IANA name", few=True)

IMAGES = Table(
    "images",
    "One row per image.",
    ("id",),
    (
        _text("id", "GUID of the image; what `results.image` and `erased.id` refer to"),
        _text("short", "The id that people see, such as IMG-7F3K"),
        _text("source", "Where it came from: slack, file, upload, ...", few=True),
        _text("team", "Slack workspace; empty for what did not come from Slack", few=True),
        _text(
            "channel",
            "Slack channel; null for what came privately or not from Slack",
            nullable=True,
            few=True,
        ),
        _yes("private", "Came by a direct message or in a private channel"),
        _time("entered_at", "When it came in"),
        Column("day", "date", "The calendar day of `entered_at` in the zone that `LOUPE_TIMEZONE` names"),
        _text("state", "waiting, done, held, rejected or failed", few=True),
        _text("decision", "cleared, review or held; null until decided", nullable=True, few=True),
        _number("verdict_seconds", "From arrival until people were told", "s", nullable=True),
        _text("format", "JPEG, PNG, ...; read from the bytes", nullable=True, few=True),
        _count("width", "Of the upright picture", "pixels", nullable=True),
        _count("height", "Of the upright picture", "pixels", nullable=True),
        _count("bytes", "Size of the original", "bytes", nullable=True),
        _count("frames", "More than one: animated, or several pages", nullable=True),
        _number("nudity_score", "How likely it shows nudity", "0-100", nullable=True),
        _yes("contains_nudity", "The score is 50 or more", nullable=True),
        _count("faces", "Faces that were found", nullable=True),
        _yes("watermark_found", "It came with this Loupe's watermark", nullable=True),
        _text("place", "Town where it was taken; null unless cleared", nullable=True, few=True),
        _text("region", "Region of that town; null unless cleared", nullable=True, few=True),
        _text("country_code", "ISO 3166-1, two letters; null unless cleared", nullable=True, few=True),
        _text("taken_at", "ISO 8601 by the camera's clock, with an offset where known", nullable=True),
        _text("camera_make", "As the file says", nullable=True, few=True),
        _text("camera_model", "As the file says", nullable=True, few=True),
        _count("renditions", "Published copies"),
        _count("bytes_before", "Of the published copies, uncompressed", "bytes"),
        _count("bytes_after", "Of the published copies", "bytes"),
        _count("bytes_saved", "bytes_before less bytes_after", "bytes"),
        _count("parked", "Runs that failed for good"),
        PART,
    ),
    parted=True,
)
RESULTS = Table(
    "results",
    "One row per image and actor: how its last run ended.",
    ("image", "actor"),
    (
        _text("image", "`images.id`"),
        _text("actor", "Which step, such as detect_faces", few=True),
        _text("state", "done, failed or skipped", few=True),
        _yes("parked", "Failed for good, for a reason that is not the image's"),
        _count("attempts", "Runs that it took; 0 for one that was skipped unrun"),
        _number("ms", "How long the last run took", "ms"),
        _time("at", "When it ended"),
        _count("version", "Of the actor"),
        _count("revision", "1 for the first result, more after replays"),
        PART,
    ),
    parted=True,
)
DAYS = Table(
    "days",
    "Daily figures, the very ones of the digest: one row per day for everything, and one per channel.",
    ("day", "scope", "team", "channel"),
    (
        DAY,
        ZONE,
        _text("scope", "`everything` or `channel`: never add up both", few=True),
        _text("team", "Slack workspace of the channel; null for everything", nullable=True, few=True),
        _text("channel", "Slack channel; private ones have no rows of their own", nullable=True, few=True),
        _count("images", "That came in that day: the sum of the next five"),
        _count("done", "Settled well"),
        _count("held", "Not shown, at least until a person decides"),
        _count("rejected", "Could not be looked at"),
        _count("failed", "With a parked run"),
        _count("waiting", "Not settled yet"),
        _count("nude", "With a nudity score of 50 or more"),
        _count("with_faces", "With at least one face"),
        _count("published", "With published copies"),
        _number("median_seconds", "Until people were told", "s", nullable=True),
        _number("p95_seconds", "Until people were told, 95 of 100", "s", nullable=True),
        _count("bytes_in", "Of the originals", "bytes"),
        _count("bytes_before", "Of the published copies, uncompressed", "bytes"),
        _count("bytes_after", "Of the published copies", "bytes"),
        _count("bytes_saved", "bytes_before less bytes_after", "bytes"),
    ),
)
STEPS = Table(
    "steps",
    "How the actors did, per day and actor, by when their runs ended.",
    ("day", "actor"),
    (
        DAY,
        ZONE,
        _text("actor", "Which step, such as detect_faces", few=True),
        _count("runs", "That ended with a row"),
        _count("failed", "Of these, failed"),
        _count("skipped", "Of these, skipped"),
        _count("retried", "That ended without a row, to be tried again"),
        _number("p50_ms", "Duration, the median; at most 12 % above the true one", "ms"),
        _number("p95_ms", "Duration, 95 of 100", "ms"),
    ),
)
ERASED = Table(
    "erased",
    "Images that were erased; whoever keeps rows of them deletes these.",
    ("id",),
    (_text("id", "GUID that the image had"), _time("erased_at", "When its erasure began")),
)
TABLES = (IMAGES, RESULTS, DAYS, STEPS, ERASED)


def described(table: Table) -> str:
    """The table as docs/export.md shows it, in Markdown."""
    lines = [
        f"### {table.name}",
        "",
        f"{table.about} Key: {', '.join(f'`{name}`' for name in table.key)}.",
        "",
    ]
    lines += ["| column | type | unit | null | what |", "|---|---|---|---|---|"]
    lines += [
        f"| `{each.name}` | {each.kind} | {each.unit} | {'yes' if each.nullable else ''} | {each.about} |"
        for each in table.columns
    ]
    return "\n".join(lines)
