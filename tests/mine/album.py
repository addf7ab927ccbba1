"""People's images on stage: a real data folder and the real chain, whose actors end as a test says."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from starlette.applications import Starlette
from starlette.testclient import TestClient

from loupe import mine, settings
from loupe import visits as people
from loupe.ground import Ground, ground
from pipeline.adapters.sqlite_twins import SqliteTwins
from pipeline.adapters.sqlite_watch import SqliteWatch
from pipeline.archiving import original_key
from pipeline.ledger import Row, Settled, Work
from pipeline.model import Box, Camera, Face, Location, Place, Rendition, Source, Toponym
from pipeline.results import (
    Accepted,
    Copies,
    Faces,
    Failed,
    Metadata,
    Nudity,
    Placed,
    PublicationReported,
    Published,
    Release,
    Renditions,
    Reported,
    Result,
    Skipped,
    WatermarkSeen,
)
from pipeline.tickets import new_id
from pipeline.visitors import Visitor
from web import live, public
from web import mine as pages
from web.assets import static_routes
from web.looker import Looker

EMBRUN = Place("Embrun", "Provence-Alpes-Côte d'Azur", "France", "FR", 0.4, "Europe/Paris", "geonames")
Played = Mapping[str, Result]


def drawing(width: int = 320, height: int = 240, kind: str = "JPEG", colour: str = "#2a6f97") -> bytes:
    """A picture of our own: a hill and a sun."""
    picture = Image.new("RGB", (width, height), colour)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((width * 0.65, height * 0.1, width * 0.85, height * 0.1 + width * 0.2), "#ffd166")
    pen.polygon([(0, height), (width * 0.4, height * 0.45), (width, height)], "#386641")
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def rendition(image: str, name: str, width: int, height: int, kind: str, data: bytes) -> Rendition:
    ending = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}[kind]
    key = f"{image}/{name}-{hashlib.sha256(data).hexdigest()[:16]}.{ending}"
    return Rendition(
        name, width, height, kind, len(data), 9 * len(data), "lanczos", "test", 80, 85.0, True, key,  # type: ignore[arg-type]
        url=f"https://pictures.example.org/i/{key}",
    )  # fmt: skip


class TwoTowns:
    """``pipeline.ports.Atlas`` with two real towns of one name."""

    def named(self, words: str, most: int) -> tuple[Toponym, ...]:
        there = (
            Toponym("Springfield", "Missouri", "United States", "US", 37.21533, -93.29824, 169_176),
            Toponym("Springfield", "Illinois", "United States", "US", 39.80172, -89.64371, 114_394),
        )
        return there[:most] if words and "springfield".startswith(words.lower()) else ()


@dataclass
class Album:
    """One data folder. ``clock`` tells nothing: ids rise with every image that enters."""

    folder: Path
    port: int = 8080
    entered: int = 0
    base: Ground = field(init=False)

    def __post_init__(self) -> None:
        self.base = ground(settings.load(data=self.folder, port=self.port))
        self.address = self.base.settings.site
        self.known = people.visitors(self.base)
        self.visits = people.visits(self.base)

    def visitor(self, mailbox: str = "ana@example.org") -> Visitor:
        found = self.known.by_link(self.known.ask(mailbox, mailbox).token)
        assert found
        return found

    def of_slack(self, team: str, user: str) -> Visitor:
        return people.invitations(self.base).of_slack(team, user)

    def cookie(self, visitor: Visitor) -> str:
        """As a browser sends it."""
        return f"{self.visits.cookie}={self.visits.cookie_for(visitor)}"

    def enter(self, owner: Visitor | Source, name: str = "hill.jpg", delivery: str = "") -> str:
        """An image comes in; nothing is known of it yet."""
        self.entered += 1
        brought = f"{new_id()}/{self.entered:064}"
        source = owner if isinstance(owner, Source) else Source("upload", name, brought, person=owner.id)
        found = self.base.engine().enter([(delivery or f"delivery-{self.entered}", source)])
        return found[0].arrived.image

    def settle(self, image: str, played: Played, only: str = "") -> None:
        """Let the runs of an image that are due end as they are played, those after them too."""
        engine = self.base.engine()
        while True:
            claimed = [w for w in engine.turn("w", want=200) if w.task.image == image]
            mine = [w for w in claimed if w.task.actor in played and only in ("", w.task.actor)]
            if mine:
                engine.turn("w", [Settled(self._row(work, played[work.task.actor])) for work in mine], want=0)
            engine.ledger.release("w")
            if not mine:
                return

    def picture(self, owner: Visitor | Source, name: str = "hill.jpg", /, **own: Result) -> str:
        """An image that all actors have looked at; what is played can be given by the actor's name."""
        image = self.enter(owner, name)
        self.settle(image, self.played(image) | own)
        return image

    def shown(self, owner: Visitor | Source, name: str = "hill.jpg", /, **own: Result) -> str:
        """An image with its files: original, and published copies."""
        image = self.enter(owner, name)
        data = drawing()
        accepted = self.keep(data, "JPEG", 320, 240)
        SqliteTwins(self.base.database).claim(accepted.sha256, image)
        self.settle(image, self.played(image) | {"accept_image": accepted} | self.files(image) | own)
        return image

    def keep(self, data: bytes, kind: str, width: int, height: int) -> Accepted:
        """An original in the store."""
        sha256 = hashlib.sha256(data).hexdigest()
        key = original_key(sha256)
        self.base.store.put(key, io.BytesIO(data))
        return Accepted(sha256, key, kind, width, height, len(data))

    def files(self, image: str) -> dict[str, Result]:
        """Copies that lie in the public store, and the results that name them."""
        made = []
        for name, width, height, kind in (
            ("h150", 200, 150, "JPEG"), ("w150", 150, 113, "JPEG"), ("s320", 320, 240, "JPEG"),
            ("s320", 320, 240, "WEBP"),
        ):  # fmt: skip
            data = drawing(width, height, kind)
            made.append(rendition(image, name, width, height, kind, data))
            self.base.public.put(made[-1].key, io.BytesIO(data))
        page = f"{self.address}/i/{image}"
        return {
            "make_renditions": Renditions(tuple(made[:3]), "0" * 16),
            "make_copies": Copies(tuple(made[3:])),
            "publish_image": Published(page, tuple(made), "A hill near Embrun", place="Embrun, France"),
        }

    def played(self, image: str) -> dict[str, Result]:
        """How all actors end for an ordinary picture."""
        box = Box(0.2, 0.25, 0.2, 0.3)
        where = Location(44.5641, 6.4961)
        return {
            "accept_image": Accepted("ab" * 32, original_key("ab" * 32), "JPEG", 320, 240, 90_000),
            "read_metadata": Metadata("2018-07-25T16:34:23", Camera("Google", "Pixel 2"), 1, where),
            "find_place": Placed(EMBRUN, None, "2018-07-25T16:34:23+02:00"),
            "detect_nudity": Nudity(2.5, "played"),
            "detect_faces": Faces((Face(box, 93.0),), "played"),
            "read_watermark": WatermarkSeen(found=False, confidence=0.0),
            "decide_release": Release("cleared", "Nothing speaks against it."),
            "report_findings": Reported(()),
            "make_renditions": Skipped("Not made in this test."),
            "make_copies": Skipped("Not made in this test."),
            "publish_image": Skipped("Not made in this test."),
            "report_publication": PublicationReported(()),
            "archive_original": Skipped("Not yet."),
            "restore_original": Skipped("Nobody asked for it."),
            "remove_original": Skipped("Not archived."),
        }

    def app(self) -> Starlette:
        """The pages, with an atlas of two towns, and the public files that they show."""
        files = public.routes(self.base.standings, self.base.public)
        doors = replace(mine.doors(self.base, self.visits), atlas=TwoTowns())
        looker = Looker(SqliteWatch(self.base.database, self.base.catalog), 0.02)
        own = [*pages.routes(doors), live.route(self.visits, looker)]
        return Starlette(routes=[*static_routes(), *files, *own])

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def client(self, visitor: Visitor | None = None, **more: Any) -> TestClient:
        """A browser, signed in as somebody."""
        client = TestClient(self.app(), base_url=self.address, **more)
        client.headers["origin"] = self.address
        if visitor:
            client.cookies.set(self.visits.cookie, self.visits.cookie_for(visitor))
        return client

    def _row(self, work: Work, result: Result) -> Row:
        task = work.task
        chain = self.base.chain
        inputs = {name: work.rows[name].revision for name in chain.awaited(chain.actor(task.actor))}
        return Row(task.image, task.actor, result, datetime.now(UTC), task.revision, 1, inputs, 1, 12.0)


HELD: dict[str, Result] = {
    "detect_nudity": Nudity(96.0, "played"),
    "decide_release": Release("held", "The score is 96."),
}
REVIEW: dict[str, Result] = {
    "detect_nudity": Nudity(55.0, "played"),
    "decide_release": Release("review", "The score is 55."),
}
REJECTED: dict[str, Result] = {"accept_image": Failed("This is not a picture.", rejected=True)}
