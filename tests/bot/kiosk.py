"""Bulletins with a real outbox and a sandbox outside, and a sender that can be made to die at any effect.

Time is the sandbox's, and moved on instead of waited for.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from slack_sdk import WebClient

from bot.bulletins.carrier import Bulletins
from bot.bulletins.gear import Gear
from bot.bulletins.posts import Posts
from bot.bulletins.uploads import Uploads
from pipeline.adapters import upload
from pipeline.adapters.sqlite_cards import SqliteCards
from pipeline.adapters.sqlite_chart_ways import SqliteChartWays
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_facts import SCHEMA as FACTS
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.cards import Pace
from pipeline.errors import Transient, Undeliverable
from pipeline.news import SLACK, Address, Draft
from pipeline.outbox import Delivery, Missed, Outcome, Parked, Progress, Sent
from sandbox.config import SandboxConfig
from sandbox.testing import Control, running
from tests.bot.digests import CHANNEL, TEAM, told
from tests.bot.house import Book

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""One dot: charts themselves are looked at elsewhere."""


class Killed(BaseException):
    """The sender's process is no more."""


@dataclass
class Fate:
    """Counts effects: everything that leaves a trace outside of the process. Strikes at one of them."""

    at: int = -1
    after: bool = False
    seen: int = 0

    def meet(self, act: Callable[[], Any]) -> Any:
        """Do it, and die before or after where it is time to."""
        number, self.seen = self.seen, self.seen + 1
        if number == self.at and not self.after:
            raise Killed
        done = act()
        if number == self.at:
            raise Killed
        return done


class Mortal(WebClient):
    """A client whose calls are effects."""

    fate: Fate

    def api_call(self, api_method: str, **arguments: Any) -> Any:
        return self.fate.meet(lambda: super(Mortal, self).api_call(api_method, **arguments))


class Unhurried(SqliteCards):
    """Slack's paces, so quick that nobody waits; what Slack itself asked for holds."""

    def rest(self, team: str, channel: str, seconds: float) -> float:
        """See ``Cards.rest``."""
        return super().rest(team, channel, 0.0)

    def reserve(self, team: str, method: str, pace: Pace) -> float:
        """See ``Cards.reserve``."""
        return super().reserve(team, method, Pace(0.0001, 1000))


@dataclass
class Kiosk:
    """Writes news down and brings it to the sandbox."""

    slack: Control
    database: Database
    token: str
    book: Book = field(default_factory=Book)
    ahead: float = 0.0
    """Seconds by which our clock was moved on."""
    written: int = 0
    paced: bool = False
    """Channels rest between posts, in real time."""

    def write(
        self, kind: str = "digest", to: str = CHANNEL, data: Mapping[str, Any] | None = None
    ) -> Delivery:
        """A piece of news for a channel; claimed by nobody."""
        self.written += 1
        draft = Draft(f"test/{self.written}", kind, f"{self.written}", data or told(), team=TEAM, channel=to)  # type: ignore[arg-type]
        SqliteNewsroom(self.database).tell(draft, [Address(SLACK, to)])
        (delivery,) = self.claim()
        return delivery

    def claim(self, *outcomes: Outcome) -> list[Delivery]:
        """Record outcomes and claim what is due, as if the time until then had passed."""
        outbox = SqliteOutbox(self.database)
        outbox.turn(SLACK, "kiosk", outcomes, want=0, lease=60)
        with self.database.write() as connection:
            connection.execute("UPDATE deliveries SET due_at=0, attempts=0 WHERE state='due'")
            connection.execute("DELETE FROM breakers")
        return outbox.turn(SLACK, "kiosk", (), want=8, lease=60)

    def sender(self, fate: Fate | None = None) -> tuple[Bulletins, Fate]:
        """A new process, as it were: it knows nothing but what was noted."""
        fate = fate or Fate()
        web = Mortal(token=self.token, base_url=self.slack.api_url, timeout=5, retry_handlers=[])
        web.fate = fate
        uploads = Uploads(web, lambda url, data: fate.meet(lambda: upload.put(url, data)), self.sleep)
        cards = SqliteCards(self.database) if self.paced else Unhurried(self.database)
        ways = SqliteChartWays(self.database)
        gear = Gear(Posts(web), uploads, cards, ways, lambda _: PNG, self.clock, self.sleep)
        return Bulletins(gear, self.book), fate

    def carry(self, delivery: Delivery, fate: Fate | None = None) -> Outcome:
        """One try; ``Killed`` leaves the claim with the dead."""
        bulletins, fate = self.sender(fate)
        outbox = SqliteOutbox(self.database)

        def note(progress: Progress) -> None:
            fate.meet(lambda: outbox.note(delivery, progress))

        try:
            bulletins.carry(delivery, note)
        except Undeliverable as fault:
            return Parked(delivery, fault.words)
        except Transient as fault:
            self.ahead += (fault.retry_after or 1.0) + 0.1
            return Missed(delivery, fault.words)
        return Sent(delivery)

    def carry_until_dead(self, delivery: Delivery, fate: Fate) -> None:
        """One try that ends in death; what it had claimed is free again."""
        try:
            self.carry(delivery, fate)
        except Killed:
            SqliteOutbox(self.database).release("kiosk")
        else:
            raise AssertionError("it did not die")

    def bring(self, delivery: Delivery, *fates: Fate) -> Outcome:
        """Try until it is there or given up, each process dying as its fate has it."""
        coming, outcome = list(fates), Missed(delivery, "")
        for _ in range(40):
            try:
                tried = self.carry(delivery, coming.pop(0) if coming else None)
            except Killed:
                SqliteOutbox(self.database).release("kiosk")
                (delivery,) = self.claim()
                continue
            if not isinstance(tried, Missed):
                self.claim(tried)
                return tried
            outcome = tried
            (delivery,) = self.claim(outcome)
        raise AssertionError(f"it never got there: {outcome.fault}")

    def clock(self) -> float:
        """The time, moved on."""
        return time.time() + self.ahead

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += seconds
        time.sleep(min(seconds, 0.002))

    def bulletins(self, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """Our messages of a channel itself."""
        found = [m for m in self.slack.messages(channel) if m.get("bot_id")]
        return [m for m in found if m.get("thread_ts", m["ts"]) == m["ts"]]

    def thread(self, ts: str, channel: str = CHANNEL) -> list[dict[str, Any]]:
        """The replies to one of them."""
        return self.slack.thread(ts, channel)


@contextlib.contextmanager
def kiosk(folder: Path, **switches: Any) -> Iterator[Kiosk]:
    """A sandbox without limits, and an empty outbox."""
    config = SandboxConfig(enforce_rates=False)
    with running(config) as slack:
        slack.call("switches", **switches)
        database = Database(folder / "ledger.sqlite")
        database.define(FACTS)
        yield Kiosk(slack, database, config.bot_token)
        database.close()
