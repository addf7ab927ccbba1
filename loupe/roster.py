"""Who hears the news, and how things stand with each: the rows of settings, and what the outbox knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from pipeline.breaker import State
from pipeline.news import MAIL, SLACK, Sink
from pipeline.outbox import Standing

NOTHING = Standing("", due=0, sent=0, parked=0, oldest_seconds=0.0, failures=0)
BUILT_IN = {SLACK: "messages of the bot", MAIL: "to operators and subscribers"}
HOSTS = {"ifttt": "maker.ifttt.com", "slack": "Slack"}
COLUMNS = ("name", "where", "wants", "state", "deliveries", "fault")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of `loupe sinks list`."""

    name: str
    kind: str
    """Empty where no setting names the sink any more."""
    host: str
    """Where it goes, without what is secret about the address."""
    news: tuple[str, ...]
    channels: tuple[str, ...]
    state: State
    orphaned: bool
    """No setting names it: what is due will not be sent."""
    due: int
    sent: int
    parked: int
    oldest_seconds: float
    open_until: str | None
    """When an open breaker lets the next probe through."""
    fault: str


def roster(sinks: Sequence[Sink], standings: Sequence[Standing]) -> Iterator[Listed]:
    """The sinks of the settings, then what is built in, then what the outbox alone remembers."""
    known = {standing.sink: standing for standing in standings}
    for sink in sinks:
        yield _listed(sink, known.pop(sink.name, NOTHING))
    for name, standing in sorted(known.items()):
        yield _remembered(name, standing)


def host(sink: Sink) -> str:
    """Where a sink is, as it may be told."""
    if "://" in sink.address:
        parts = urlsplit(sink.address)
        return parts.netloc.rpartition("@")[2]
    if sink.kind == "sns":
        return f"SNS {sink.address.split(':')[3]}"
    if sink.kind == "email":
        return sink.address.rpartition("@")[2]
    return HOSTS.get(sink.kind, "")


def table(rows: Sequence[Listed]) -> list[str]:
    """The sinks for a person at a terminal, a line each, in columns."""
    cells = [_cells(row) for row in rows]
    widths = [max(len(each[column]) for each in cells) for column in range(len(COLUMNS))] if cells else []
    return ["  ".join(c.ljust(w) for c, w in zip(each, widths, strict=True)).rstrip() for each in cells]


def _cells(row: Listed) -> tuple[str, ...]:
    """A cell for each of ``COLUMNS``."""
    until = f", next probe {row.open_until}" if row.open_until else ""
    wants = ",".join(row.news) + (f" of {','.join(row.channels)}" if row.channels else "")
    return (
        row.name,
        f"{row.kind or '-'} {row.host}".strip(),
        wants or "-",
        f"{'orphaned' if row.orphaned else row.state}{until}",
        f"{row.due} due, {row.sent} sent, {row.parked} parked",
        row.fault,
    )


def _listed(sink: Sink, standing: Standing) -> Listed:
    found = _row(sink.name, sink.kind, host(sink), standing)
    return replace(found, news=tuple(sorted(sink.news)), channels=tuple(sorted(sink.channels)))


def _remembered(name: str, standing: Standing) -> Listed:
    words = BUILT_IN.get(name, "")
    return replace(_row(name, words and name, words, standing), orphaned=not words)


def _row(name: str, kind: str, host: str, found: Standing) -> Listed:
    until = datetime.fromtimestamp(found.open_until, UTC).isoformat(timespec="seconds")
    return Listed(
        name=name,
        kind=kind,
        host=host,
        news=(),
        channels=(),
        state=found.state,
        orphaned=False,
        due=found.due,
        sent=found.sent,
        parked=found.parked,
        oldest_seconds=round(found.oldest_seconds, 1),
        open_until=until if found.state == "open" else None,
        fault=found.fault,
    )
