"""What digests are made from and written into, whichever engine keeps it."""

from dataclasses import dataclass

from loupe.settings import Settings
from pipeline import digest
from pipeline.digest import Digest, Naming
from pipeline.figures import Day, Numbers, Scope
from pipeline.habits import Askings, Habits
from pipeline.news import SLACK, Address, Draft
from pipeline.outbox import Newsroom


@dataclass(frozen=True, slots=True)
class Books:
    """All that a digest touches."""

    settings: Settings
    numbers: Numbers
    cases: Naming
    habits: Habits
    askings: Askings
    newsroom: Newsroom

    def digest(self, scope: Scope, day: Day) -> Digest:
        """What happened on a day, as people are told."""
        cases, towns = self.cases.of(scope, day), self.settings.digest_places
        return digest.digest(self.numbers, scope, day, cases, with_towns=towns)

    def tell_now(self, told: Digest, last: float | None) -> bool:
        """Write a digest down that was asked for in its channel, once after the ``last`` one was."""
        scope = told.scope
        key = f"{digest.key(scope, told.figures.day)}/now/{last or 0:.3f}"
        piece = drafted(told, key, digest.asked_for(scope.team, scope.channel))
        return self.newsroom.tell(piece, [Address(SLACK, scope.channel)])


def draft(told: Digest, again: str = "") -> Draft:
    """A digest before it is written down; ``again`` tells one that was asked for from others."""
    key = digest.key(told.scope, told.figures.day) + (f"/{again}" if again else "")
    return drafted(told, key, key)


def drafted(told: Digest, key: str, subject: str) -> Draft:
    """A digest under a key of its own."""
    team, channel = told.scope.team, told.scope.channel
    data, private = digest.data(told), told.cases.private
    return Draft(key, "digest", subject, data, team=team, channel=channel, private=private)
