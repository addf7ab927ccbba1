"""A house for the bot: a ledger in memory, real outbox tables, a web server, and a sandbox outside."""

import contextlib
import io
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from PIL import Image
from starlette.applications import Starlette

from bot.api import client
from bot.app import create_app
from bot.calls import Calls
from bot.files import SlackFiles
from bot.http import routes
from bot.intake import Door
from bot.outbox import Outbox
from bot.reading import Reading
from bot.repair import Repair
from bot.socket import listen
from loupe.digest_desk import DigestDesk
from loupe.digests import books
from loupe.ground import ground
from loupe.settings import load
from pipeline.adapters.download import fetch
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_opinions import SqliteOpinions
from pipeline.adapters.sqlite_shares import SqliteShares
from pipeline.adapters.sqlite_subscribers import SqliteSubscribers
from pipeline.catalog import Erased, Listed, Queue
from pipeline.errors import Rejected, Transient, Unavailable, Unknown
from pipeline.ledger import Entry, Row
from pipeline.model import Source, Toponym
from pipeline.ports import Report
from pipeline.results import Arrived
from pipeline.subscribers import Tokens
from pipeline.subscribing import Desk
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.bot.reports import rejected, report

LIMIT = 50_000_000
TOWNS = (
    Toponym("Sofia", None, "Bulgaria", "BG", 42.69751, 23.32415, 1_152_556),
    Toponym("Springfield", "Missouri", "United States", "US", 37.21533, -93.29824, 166_810),
    Toponym("Springfield", "Illinois", "United States", "US", 39.80172, -89.64371, 0),
)
OPERATORS = ("U0GRACEH01",)


def picture(color: str = "red") -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Book:
    """Intake and catalog in memory: what was taken in, and the reports that exist."""

    keys: dict[str, Listed] = field(default_factory=dict)
    images: dict[str, Listed] = field(default_factory=dict)
    reports: dict[str, Report] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """Why pictures without a report could not be fetched, in words."""
    gone: dict[str, Erased] = field(default_factory=dict)
    """Erased pictures, by short id."""
    replayed: list[tuple[str, str | None]] = field(default_factory=list)
    """The runs that were asked for: image and actor, None for every parked one."""
    parked_runs: set[str] = field(default_factory=set)
    """Images with a parked run."""
    shelved: set[tuple[str, str, int]] = field(default_factory=set)
    """Parked runs: image, actor and revision."""
    broken: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, arrivals: Sequence[tuple[str, Source]]) -> list[Entry]:
        """See ``Intake.enter``."""
        if self.broken:
            raise OSError("the disk is full")
        with self.lock:
            return [self._enter(key, source) for key, source in arrivals]

    def _enter(self, key: str, source: Source) -> Entry:
        new = key not in self.keys
        if new:
            number = len(self.keys) + 1
            listed = Listed(f"image-{number}", f"IMG-{number:04d}", source, datetime.now(UTC), "waiting")
            self.keys[key] = self.images[listed.image] = listed
        found = self.keys[key]
        return Entry(Arrived(found.image, found.short, source, found.entered_at), new)

    def find(self, name: str) -> Listed | None:
        """See ``Catalog.find``."""
        return next((i for i in self.images.values() if name.upper() in (i.image.upper(), i.short)), None)

    def erased(self, name: str) -> Erased | None:
        """See ``Catalog.erased``."""
        return self.gone.get(name.upper())

    def of_channel(self, team: str, channel: str, limit: int) -> list[Listed]:
        """See ``Catalog.of_channel``."""
        return self._where(lambda s: (s.team, s.channel) == (team, channel))[::-1][:limit]

    def of_person(self, team: str, person: str, limit: int) -> list[Listed]:
        """See ``Catalog.of_person``."""
        return self._where(lambda s: (s.team, s.person) == (team, person))[::-1][:limit]

    def of_message(self, team: str, channel: str, message: str) -> list[Listed]:
        """See ``Catalog.of_message``."""
        return self._where(lambda s: (s.team, s.channel, s.message) == (team, channel, message))

    def newest(self, limit: int) -> list[Listed]:
        """See ``Catalog.newest``."""
        return self._where(lambda _: True)[::-1][:limit]

    def report(self, image: str) -> Report:
        """See ``Catalog.report``."""
        if image not in self.images:
            raise Unknown(image)
        fetching = {"accept_image": {"state": "waiting", "error": self.errors.get(image)}}
        waiting = report(state="waiting", short=self.images[image].short, actors=fetching)
        return self.reports.get(image) or waiting

    def parked(self, limit: int) -> list[Row]:
        """See ``Catalog.parked``."""
        return []

    def replay(self, image: str, actor: str | None = None) -> list[str]:
        """See ``Runs.replay``."""
        if self.broken:
            raise Unavailable("The disk is full.")
        if image not in self.images:
            raise Unknown(image)
        self.replayed.append((image, actor))
        return [actor] if actor else sorted(self.parked_runs & {image})

    def rerun(self, image: str, actor: str, revision: int) -> bool:
        """See ``Runs.rerun``."""
        if self.broken:
            raise Unavailable("The disk is full.")
        if (image, actor, revision) not in self.shelved:
            return False
        self.shelved.remove((image, actor, revision))
        self.replayed.append((image, actor))
        return True

    def queue(self) -> Queue:
        """See ``Catalog.queue``."""
        return Queue(2, 1, 0, 0, 3.0, {"done": len(self.reports)})

    def settle(self, image: str, found: Report) -> None:
        """The image has a report now."""
        with self.lock:
            self.reports[image] = found
            known = next(key for key, listed in self.keys.items() if listed.image == image)
            self.keys[known] = self.images[image] = replace(self.images[image], state=found["state"])

    def waiting(self) -> list[Listed]:
        """Pictures without a report."""
        with self.lock:
            return [i for i in self.images.values() if i.image not in self.reports]

    def _where(self, wanted: Callable[[Source], bool]) -> list[Listed]:
        with self.lock:
            return [image for image in self.images.values() if wanted(image.source)]


class Towns:
    """An atlas of three towns."""

    def named(self, words: str, most: int) -> tuple[Toponym, ...]:
        """See ``Atlas.named``."""
        if words.startswith("broken"):
            raise Unavailable("The atlas is torn.")
        return tuple(town for town in TOWNS if town.name.lower().startswith(words.lower()))[:most]


@dataclass
class House:
    """The bot and everything around it."""

    slack: Control
    book: Book
    cards: SqliteCards
    shares: SqliteShares
    files: SlackFiles
    outbox: Outbox
    repair: Repair
    url: str
    notes: SqliteNotes
    opinions: SqliteOpinions
    people: SqliteSubscribers

    def look(self, **changes: Any) -> None:
        """Play the pipeline once: fetch every waiting picture and announce what it is."""
        for image in self.book.waiting():
            self.tell(image.image, self._examined(image, changes))

    def looked(self) -> bool:
        """Play the pipeline once; has everything a report now?"""
        self.look()
        return not self.book.waiting()

    def tell(self, image: str, found: Report | None) -> None:
        """Announce a report."""
        if found is not None:
            self.book.settle(image, found)
            self.cards.announce(image, self.book.images[image].source, found)

    def _examined(self, image: Listed, changes: dict[str, Any]) -> Report | None:
        known = {"id": image.image, "short": image.short, "source": {"name": image.source.name}}
        try:
            with self.files.open(image.source, LIMIT) as stream:
                size = len(stream.read())
        except Rejected as fault:
            return rejected(fault.words, **known)
        except Transient as fault:
            self.book.errors[image.image] = fault.words
            return None
        return report(**(known | {"bytes": size} | changes))

    def send(self) -> None:
        """Let the outbox do everything that is due now."""
        while self.outbox.send_next("test"):
            pass

    def reactions(self, posted: dict[str, Any]) -> list[str]:
        """The reactions on a posted message."""
        found = next(m for m in self.slack.messages(posted["channel"]) if m["ts"] == posted["ts"])
        return [reaction["name"] for reaction in found.get("reactions", [])]

    def post(self, *names: str, **where: Any) -> dict[str, Any]:
        """Post pictures with these names and wait until they were delivered."""
        files = [(name, picture()) for name in names or ("lake.jpg",)]
        posted = self.slack.post(*files, **where)
        self.slack.settled()
        return posted

    def sent(self, look: Callable[[Control], Any], seconds: float = 10.0) -> Any:
        """Send until there is something to see."""

        def step(control: Control) -> Any:
            self.send()
            return look(control)

        return self.slack.wait(step, seconds)

    def card(self, posted: dict[str, Any], seconds: float = 10.0) -> dict[str, Any]:
        """Send until our message stands in the thread of what was posted."""
        found: dict[str, Any] = self.sent(lambda c: c.thread(posted["ts"], posted["channel"]), seconds)[0]
        return found


@contextlib.contextmanager
def house(folder: Path, config: SandboxConfig | None = None, *, socket_mode: bool = False) -> Iterator[House]:
    """A sandbox, and the bot connected to it over HTTP or Socket Mode. Only listeners run by themselves."""
    config = config or SandboxConfig(retry_delays=(0.05, 0.1, 0.2))
    with running(config) as slack, contextlib.ExitStack() as stack:
        web = client(config.bot_token, slack.api_url)
        database = Database(folder / "ledger.db")
        cards, shares, book = SqliteCards(database), SqliteShares(database), Book()
        notes, opinions = SqliteNotes(database), SqliteOpinions(database)
        people = SqliteSubscribers(database, Tokens(b"a key of the tests"))
        desk = DigestDesk(books(ground(load(data=folder))))
        app = create_app(
            web,
            config.signing_secret,
            intake=book,
            catalog=book,
            cards=cards,
            shares=shares,
            health=lambda: [("Workers", "2 of 2 run")],
            runs=book,
            notes=notes,
            opinions=opinions,
            mail=Desk(people, SqliteNewsroom(database)),
            digests=desk,
            atlas=Towns(),
            personal_link=lambda team, user, image: f"https://pictures.example/join/{team}-{user}-{image}",
            operators=OPERATORS,
        )
        files = SlackFiles(web, cards, fetch)
        url = stack.enter_context(served(Starlette(routes=routes(app, config.signing_secret))))
        if socket_mode:
            stop = threading.Event()
            thread = threading.Thread(target=listen, args=(app, config.app_token, stop))
            thread.start()
            stack.callback(thread.join)
            stack.callback(stop.set)
            slack.wait(lambda control: control.state()["sockets"])
        else:
            slack.call("request_url", url=f"{url}/slack/events")
        yield House(
            slack=slack,
            book=book,
            cards=cards,
            shares=shares,
            files=files,
            outbox=Outbox(cards, book, Calls(web)),
            repair=Repair(shares, files, Door(book, cards, shares), Reading(web)),
            url=url,
            notes=notes,
            opinions=opinions,
            people=people,
        )
        slack.settled()


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[str]:
    """A web server on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()
