"""Publication on stage: the real ledger, stores and actors, with workers that halt before every effect.

What comes before the decision is played: the score of the nudity detector is whatever the test says. Making
renditions is played too, by ``quick``; a test holds it to what the real one does.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Semaphore, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import Headers

from pipeline import ports as port
from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.local_cdn import LocalCdn
from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_standings import SqliteStandings
from pipeline.chain import Chain, chain, discover
from pipeline.engine import Engine
from pipeline.ledger import Outcome
from pipeline.model import Rendition, RenditionFormat, Source
from pipeline.ports import Wish
from pipeline.publication import Standing, Standings, staged
from pipeline.rendering import SUFFIX
from pipeline.results import Accepted, Faces, Metadata, Nudity, Placed, Result, Skipped, WatermarkSeen
from pipeline.takedown import Sweep
from tests.flow.driving import AT_ONCE
from web.about import plain
from web.public import PublicFiles, nobody

REAL = {"decide_release", "make_renditions", "make_copies", "report_findings"}
REAL |= {"publish_image", "report_publication"}
PLAYED: dict[str, Result] = {
    "accept_image": Accepted("ab" * 32, "originals/ab", "JPEG", 4, 3, 99),
    "read_metadata": Metadata(),
    "find_place": Placed(None, None, None),
    "detect_faces": Faces((), "played"),
    "read_watermark": WatermarkSeen(found=False, confidence=0),
}
SITE = "http://127.0.0.1:8080"
FILES: dict[RenditionFormat, tuple[str, ...]] = {
    "JPEG": ("w150", "s320"), "PNG": ("app108",), "WEBP": ("s320",), "AVIF": ("s320",),
}  # fmt: skip


class Killed(BaseException):
    """The worker is no more. No actor and no engine survives it, as nothing survives SIGKILL."""


@dataclass
class Taste:
    """What the played actors are told."""

    score: float = 5.0
    brew: int = 0
    """Other renditions come out of another one."""


@dataclass(frozen=True)
class Bands:
    safe_below: float = 20.0
    nude_from: float = 80.0


@dataclass(frozen=True)
class Mark:
    key: bytes = b"key"


@dataclass(frozen=True)
class Pages:
    location: str = "place"


class Sinks:
    """Remembers what was announced last, in a file: a worker may be killed after it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "announced.json"

    def announce(self, image: str, source: Source, report: port.Report) -> tuple[str, ...]:
        self._file.write_text(json.dumps(dict(report), default=str))
        return ("test",)

    @property
    def last(self) -> dict[str, Any]:
        """The newest report."""
        return dict(json.loads(self._file.read_text()))


class Told:
    """A CDN that counts, in a file, how often it was told to forget."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "forgotten"
        self._file.touch()

    def address(self, path: str) -> str:
        return LocalCdn(SITE).address(path)

    def forget(self, image: str) -> None:
        with self._file.open("a") as file:
            file.write(f"{image}\n")

    @property
    def forgotten(self) -> int:
        return len(self._file.read_text().splitlines())


def quick(taste: Taste) -> Callable[..., Iterator[Rendition]]:
    """In place of ``pipeline.rendering.made``: files that say what they are, staged as the real ones are."""

    def made(
        image: str, _key: str, formats: set[RenditionFormat], _marker: object, store: port.Store, *_: object
    ) -> Iterator[Rendition]:
        for kind, name in [(one, name) for one in FILES if one in formats for name in FILES[one]]:
            data = f"{name} {kind} {taste.brew}".encode()
            digest = hashlib.sha256(data).hexdigest()[:16]
            found = Rendition(
                name, 320, 240, kind, len(data), 999, "Lanczos", "played", 80, 77.0, True,
                f"{image}/{name}-{digest}.{SUFFIX[kind]}",
            )  # fmt: skip
            store.put(staged(found.key), io.BytesIO(data))
            yield found

    return made


def played(taste: Taste) -> Chain:
    """The whole chain of this version; what the tests are not about gives the same result every time."""

    def stub(name: str) -> Callable[..., Result]:
        if name == "detect_nudity":
            return lambda **_: Nudity(taste.score, "played")
        return lambda **_: PLAYED.get(name, Skipped("Not played."))

    return chain(a if a.name in REAL else replace(a, function=stub(a.name)) for a in discover())


@contextmanager
def quickly(taste: Taste) -> Iterator[None]:
    """Renditions are made by ``quick`` meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        for actor in ("make_renditions", "make_copies"):
            patch.setattr(f"handlers.{actor}.made", quick(taste))
        yield


Step = Callable[[str], None]
"""Called before every effect with its kind: "ledger" waits while somebody holds it still."""


class Stepping:
    """A port whose every call is an effect to halt before."""

    def __init__(self, port: object, step: Step, kind: str = "files") -> None:
        self._port, self._step, self._kind = port, step, kind

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self._step(self._kind)
            found = getattr(self._port, name)(*given, **named)
            return iter(list(found)) if name == "keys" else found

        return call


class SteppingStandings:
    """While one holds the ledger still, who needs it waits."""

    def __init__(self, standings: Standings, step: Step, hold: Callable[[bool], None]) -> None:
        self._standings, self._step, self._hold = standings, step, hold

    def standing(self, image: str) -> Standing:
        self._step("files")
        return self._standings.standing(image)

    @contextmanager
    def still(self, image: str) -> Iterator[Standing]:
        self._step("ledger")
        with self._standings.still(image) as standing:
            self._hold(True)
            try:
                yield standing
                self._step("files")
            finally:
                self._hold(False)


@dataclass
class House:
    """One data folder, and everything in it."""

    folder: Path
    taste: Taste = field(default_factory=Taste)

    def __post_init__(self) -> None:
        self.database = Database(self.folder / "ledger.sqlite")
        self.ledger = SqliteLedger(self.database)
        self.notes = SqliteNotes(self.database)
        self.standings = SqliteStandings(self.database)
        self.store, self.public = DiskStore(self.folder / "store"), DiskStore(self.folder / "public")
        self.sinks, self.cdn, self.chain = Sinks(self.folder), Told(self.folder), played(self.taste)
        self.site = PublicFiles(self.standings, self.public, nobody, plain)

    def engine(
        self, step: Step = lambda _kind: None, hold: Callable[[bool], None] = lambda _: None
    ) -> Engine:
        """An engine whose actors halt before every effect."""
        ports: dict[type, object] = {
            port.Store: Stepping(self.store, step),
            port.Public: Stepping(self.public, step),
            port.Cdn: Stepping(self.cdn, step),
            port.Notes: Stepping(self.notes, step),
            port.News: Stepping(self.sinks, step, "news"),
            Standings: SteppingStandings(self.standings, step, hold),
            port.Publishing: Pages(),
            port.Marking: Mark(),
            port.ReleaseBands: Bands(),
        }
        asked = {kind for actor in self.chain for kind in actor.ports.values()}
        return Engine(self.chain, self.ledger, dict.fromkeys(asked) | ports, AT_ONCE)

    def sweep(self) -> Sweep:
        return Sweep(
            self.standings, self.store, self.public, self.cdn, self.store.folders, self.public.folders
        )

    def enter(self) -> str:
        source = Source(kind="slack", name="a.jpg", locator="F1")
        return self.engine().enter([("one", source)])[0].arrived.image

    def report(self, image: str) -> dict[str, Any]:
        return dict(SqliteCatalog(self.database, self.chain.names()).report(image))

    def wish(self, image: str, wish: Wish) -> None:
        """A person asks for it."""
        self.notes.set(image, wish)

    def spoil(self, image: str, actor: str) -> None:
        """A row of an actor becomes unreadable."""
        with self.database.write() as connection:
            connection.execute("UPDATE results SET body='{}' WHERE image=? AND actor=?", (image, actor))

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body."""
        answer = self.site.answer("GET", path, Headers())
        body = answer.stream.read(answer.length) if answer.stream else b""
        if answer.stream:
            answer.stream.close()
        return answer.status, body

    def cleared(self, image: str) -> bool:
        """By the ledger's own table, past every line of code that decides what is shown."""
        found = self.database.read(
            "SELECT json_extract(body, '$.decision') = 'cleared' AS yes FROM results WHERE image = ?1"
            " AND actor = 'decide_release' AND NOT EXISTS"
            " (SELECT 1 FROM tasks WHERE image = ?1 AND actor = 'decide_release')",
            (image,),
        )
        return bool(found and found[0]["yes"])

    def files(self) -> list[str]:
        """Every file that is public, staged, or kept in mind for a CDN."""
        found = [p for p in self.folder.rglob("*") if p.is_file() and p.parent != self.folder]
        return sorted(p.relative_to(self.folder).as_posix() for p in found)


def nothing_is_left(house: House, image: str) -> None:
    """Of a picture that nobody may see: no file, no page, no link."""
    assert house.files() == []
    assert house.get(f"/i/{image}")[0] == 404
    report = house.report(image)
    assert report["page"] is None
    assert "/i/" not in json.dumps(report)
    assert "/i/" not in json.dumps(house.sinks.last)


def all_is_there(house: House, image: str, *, copies: bool = True) -> None:
    """Of a picture that anybody may see: every address leads to its bytes, and no file waits."""
    report = house.report(image)
    assert len(report["renditions"]) == (5 if copies else 3)
    for each in report["renditions"]:
        status, body = house.get(urlsplit(each["url"]).path)
        assert status == 200
        assert hashlib.sha256(body).hexdigest()[:16] in each["url"]
    assert house.get(urlsplit(report["page"]).path)[0] == 200
    assert house.sinks.last["renditions"] == report["renditions"]
    assert [file for file in house.files() if file.startswith("store/")] == []


class Hand:
    """A thread that halts before every effect, until it is told to go on."""

    def __init__(self, work: Callable[["Hand"], None]) -> None:
        self.wants, self.killed, self.done, self.held = "files", False, False, False
        self.late = False
        """Given up by its pool: what it would say to the sinks is not said, all else it does goes on."""
        self.fault: BaseException | None = None
        self._go, self._back = Semaphore(0), Semaphore(0)
        self._thread = Thread(target=self._live, args=(work,), daemon=True)
        self._thread.start()

    def _live(self, work: Callable[["Hand"], None]) -> None:
        try:
            self._go.acquire()
            if not self.killed:
                work(self)
        except Killed:
            pass
        except BaseException as fault:  # told to the test's own thread
            self.fault = fault
        finally:
            self.done = True
            self._back.release()

    def step(self, kind: str) -> None:
        """Halt here."""
        self.wants = kind
        self._back.release()
        self._go.acquire()
        if self.killed or (self.late and kind == "news"):
            raise Killed

    def hold(self, held: bool) -> None:
        """The ledger stands still for this one."""
        self.held = held

    def advance(self) -> None:
        """Let it do one thing."""
        if not self.done:
            self._go.release()
            self._back.acquire()
        if self.fault:
            raise self.fault

    def kill(self) -> None:
        """End it where it halts."""
        self.killed = True
        self.advance()
        self._thread.join()


def worker(house: House, name: str) -> Hand:
    """A worker that takes runs as they come; ``wants`` is "nothing" while there is none."""

    def work(hand: Hand) -> None:
        engine, outcomes = house.engine(hand.step, hand.hold), list[Outcome]()
        while True:
            hand.step("ledger" if outcomes else "nothing")
            claimed = engine.turn(name, outcomes)
            outcomes = [engine.run(work) for work in claimed]

    return Hand(work)


def sweeper(house: House) -> Hand:
    """One pass of the sweep."""

    def work(hand: Hand) -> None:
        sweep = house.sweep()
        sweep.store, sweep.public = Stepping(house.store, hand.step), Stepping(house.public, hand.step)
        sweep.standings = SteppingStandings(house.standings, hand.step, hand.hold)
        sweep.run()

    return Hand(work)
