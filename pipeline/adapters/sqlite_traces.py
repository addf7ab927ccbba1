"""Where an image left traces in the SQLite ledger: what must be nowhere afterwards, and who speaks of it."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection, Row

from pipeline import codec
from pipeline.adapters.sqlite_tombstones import report_without_erased, without_erased
from pipeline.erasure import SHORTEST, Traces, answered, boxed
from pipeline.errors import Unknown
from pipeline.ledger import ARRIVAL
from pipeline.model import Location, Source
from pipeline.results import Arrived, Metadata

MENTIONS = (
    "SELECT * FROM results WHERE image=:other AND kind IN ('Accepted','WatermarkSeen')"
    " AND instr(body, :image)"
)
SPEAKERS = """
SELECT image FROM results WHERE image<>:image AND kind IN ('Accepted','WatermarkSeen') AND instr(body, :image)
UNION ALL SELECT image FROM card_reports WHERE image<>:image AND instr(report, :image)
"""
ELSEWHERE = """
SELECT 1 FROM results WHERE image<>:image AND instr(body, :word) AND NOT instr(body, :image)
UNION ALL SELECT 1 FROM card_reports
WHERE image<>:image AND instr(report, :word) AND NOT instr(report, :image)
UNION ALL SELECT 1 FROM notes WHERE image<>:image AND (instr(text, :word) OR instr(person, :word))
UNION ALL SELECT 1 FROM opinions
WHERE image<>:image AND (instr(comment, :word) OR instr(person, :word) OR instr(key, :word))
UNION ALL SELECT 1 FROM tickets WHERE image<>:image AND (instr(name, :word) OR person=:word)
UNION ALL SELECT 1 FROM visitors WHERE :word IN (id, account, mailbox) LIMIT 1
"""
"""Does another image have this word on its own account?"""
TWINS = """
SELECT DISTINCT image FROM uses WHERE image<>? AND sha256 IN (SELECT sha256 FROM uses WHERE image=?)
ORDER BY number
"""
OTHERS = """
SELECT 1 FROM results WHERE image<>:image AND actor='arrival' AND instr(body, :word)
UNION ALL SELECT 1 FROM images WHERE image<>:image AND instr(delivery, :word)
UNION ALL SELECT 1 FROM uses WHERE image<>:image AND sha256=:word
UNION ALL SELECT 1 FROM tickets WHERE image<>:image AND instr(name, :word) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Survey:
    """What only a look through the whole ledger tells; taken before anything is locked."""

    words: tuple[str, ...]
    """Names that stand for this image alone."""
    speakers: tuple[str, ...]
    """Images whose rows or announced reports speak of this one."""


def survey(connection: Connection, image: str) -> Survey:
    """Look through the ledger for an image. Raises ``Unknown``."""
    arrived = _result(connection, image, ARRIVAL)
    if not isinstance(arrived, Arrived):
        raise Unknown(f"There is no image '{image}'.")
    given = [arrived.source.name, arrived.source.person, arrived.source.locator]
    return Survey(tuple(_unmistakable(connection, image, given)), speakers(connection, image))


def speakers(connection: Connection, image: str) -> tuple[str, ...]:
    """Images whose rows or announced reports speak of this one."""
    found = connection.execute(SPEAKERS, {"image": image})
    return tuple(dict.fromkeys(row["image"] for row in found))


def collect(connection: Connection, record: Row, known: Survey) -> Traces:
    """The traces of an image that is still there; ``record``: its row of the table ``images``."""
    image = record["image"]
    arrived, metadata = _result(connection, image, ARRIVAL), _result(connection, image, "read_metadata")
    assert isinstance(arrived, Arrived)
    source = arrived.source
    originals = [r["sha256"] for r in connection.execute("SELECT sha256 FROM uses WHERE image=?", (image,))]
    message = answered(source)
    return Traces(
        image=image,
        short=record["short"],
        originals=tuple(originals),
        words=(record["delivery"], *originals, *known.words),
        message=message,
        alone=message is not None and not _company(connection, record),
        mentioned_by=known.speakers,
        twins=tuple(row["image"] for row in connection.execute(TWINS, (image, image))),
        location=_location(metadata),
        uploads=_uploads(connection, source, image),
    )


def redact(connection: Connection, image: str, others: Sequence[str]) -> None:
    """Let the rows and reports of these images speak of this one no more; its tombstone stands already."""
    for other in others:
        for row in connection.execute(MENTIONS, {"other": other, "image": image}).fetchall():
            body = codec.dump(without_erased(connection, codec.load(row["kind"], row["body"])))
            connection.execute(
                "UPDATE results SET body=? WHERE image=? AND actor=?", (body, row["image"], row["actor"])
            )
        for row in connection.execute("SELECT * FROM card_reports WHERE image=?", (other,)).fetchall():
            _redact_report(connection, row)


def _redact_report(connection: Connection, row: Row) -> None:
    report = report_without_erased(connection, json.loads(row["report"]))
    key = row["team"], row["channel"], row["ts"]
    connection.execute(
        "UPDATE card_reports SET report=? WHERE team=? AND channel=? AND ts=? AND image=?",
        (json.dumps(report, sort_keys=True, default=str), *key, row["image"]),
    )
    _look_again(connection, *key)


def reopen(connection: Connection, traces: Traces) -> None:
    """Have the card of its message looked at again, and forget what else speaks of the image."""
    # A cursor that stands on the image: right before it is as good, and says less.
    connection.execute("UPDATE policies SET reached=substr(reached, 1, 35) WHERE reached=?", (traces.image,))
    if traces.message:
        message = traces.message
        _look_again(connection, message.team, message.channel, message.ts)
        connection.executemany(
            "DELETE FROM slack_shares WHERE team=? AND channel=? AND file=?",
            [(message.team, message.channel, word) for word in traces.words],
        )


def own_words(connection: Connection, traces: Traces) -> tuple[str, ...]:
    """The words that no other image has by now."""
    asked = [{"image": traces.image, "word": word} for word in traces.words]
    return tuple(each["word"] for each in asked if not connection.execute(OTHERS, each).fetchone())


def with_late_originals(connection: Connection, traces: Traces) -> Traces:
    """The traces, and the originals that a run claimed which had begun before the erasure."""
    found = connection.execute("SELECT sha256 FROM uses WHERE image=?", (traces.image,)).fetchall()
    late = tuple(row["sha256"] for row in found if row["sha256"] not in traces.originals)
    return replace(traces, originals=(*traces.originals, *late), words=(*traces.words, *late))


def _unmistakable(connection: Connection, image: str, given: list[str]) -> list[str]:
    """Those of the words that stand for this image alone, in each form in which JSON writes them."""
    forms = [form for word in given for form in (word, json.dumps(word)[1:-1]) if len(word) >= SHORTEST]
    alone = [f for f in forms if not connection.execute(ELSEWHERE, {"image": image, "word": f}).fetchone()]
    return list(dict.fromkeys(alone))


def _company(connection: Connection, record: Row) -> bool:
    """Did other images come with the same message?"""
    return bool(
        connection.execute(
            "SELECT 1 FROM images WHERE team=? AND channel=? AND message=? AND image<>?",
            (record["team"], record["channel"], record["message"], record["image"]),
        ).fetchone()
    )


def _look_again(connection: Connection, team: str, channel: str, ts: str) -> None:
    connection.execute(
        "UPDATE cards SET wanted=wanted+1, due_at=? WHERE team=? AND channel=? AND ts=?",
        (time.time(), team, channel, ts),
    )


def _uploads(connection: Connection, source: Source, image: str) -> tuple[str, ...]:
    found = [row["id"] for row in connection.execute("SELECT id FROM tickets WHERE image=?", (image,))]
    return tuple(dict.fromkeys((*boxed(source), *found)))


def _result(connection: Connection, image: str, actor: str) -> object:
    row = connection.execute(
        "SELECT kind, body FROM results WHERE image=? AND actor=?", (image, actor)
    ).fetchone()
    return codec.load(row["kind"], row["body"]) if row else None


def _location(metadata: object) -> Location | None:
    return metadata.location if isinstance(metadata, Metadata) else None
