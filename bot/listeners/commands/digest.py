"""``/imgstatus digest``: when this channel hears its digest, the figures so far, and to change or ask for it.

Everybody in a channel may change it, so everybody hears of a change: the answer to ``on`` and ``off`` is one
message for all, and only where something has changed. All else is for the person who asked.
"""

from collections.abc import Callable

from bot.cards import digest_habit as words
from bot.cards.message import saying
from bot.listeners.commands.asked import Answer, Asked
from bot.listeners.commands.digest_wish import DigestWish, wish
from bot.ports import Digests
from pipeline.errors import LoupeError, Unsuitable
from pipeline.habits import OFF, Habit

ZoneOf = Callable[[str], str | None]
"""The time zone of a person, where Slack tells it in time."""


class DigestBranch:
    """Answers ``/imgstatus digest``."""

    def __init__(self, digests: Digests, zone_of: ZoneOf) -> None:
        self._digests, self._zone_of = digests, zone_of

    def __call__(self, asked: Asked) -> Answer:
        """The answer to whatever follows."""
        if not asked.channel.startswith(("C", "G")):
            return Answer(saying(words.ONLY_CHANNELS))
        try:
            return self._done(asked, wish(asked.text.partition(" ")[2]))
        except LoupeError as fault:
            return Answer(saying(fault.words if isinstance(fault, Unsuitable) else words.BROKEN))

    def _done(self, asked: Asked, wanted: DigestWish) -> Answer:
        match wanted.deed:
            case "show":
                return Answer(saying(self._shown(asked)))
            case "now":
                return Answer(saying(words.now(self._digests.post_now(asked.team, asked.channel))))
            case "on":
                zone = wanted.zone or self._zone_of(asked.person) or self._usual_zone(asked)
                return self._changed(asked, Habit(asked.team, asked.channel, wanted.at, zone))
            case "off":
                return self._changed(asked, Habit(asked.team, asked.channel, OFF, self._usual_zone(asked)))

    def _shown(self, asked: Asked) -> str:
        place = asked.team, asked.channel
        return words.shown(
            self._digests.habit(*place), self._digests.next_at(*place), self._digests.headline(*place)
        )

    def _changed(self, asked: Asked, habit: Habit) -> Answer:
        before = self._digests.habit(asked.team, asked.channel)
        same = (before.at, before.zone if habit.at != OFF else habit.zone) == (habit.at, habit.zone)
        if same:
            return Answer(saying(words.already(self._shown(asked))))
        self._digests.choose(habit)
        next_at = self._digests.next_at(asked.team, asked.channel)
        return Answer(saying(words.changed(habit, next_at, asked.person)), for_all=True)

    def _usual_zone(self, asked: Asked) -> str:
        return self._digests.habit(asked.team, asked.channel).zone
