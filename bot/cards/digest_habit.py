"""What is said about when a channel hears its digest. Pure."""

from datetime import UTC, datetime

from bot.cards.words import date, escape, person
from pipeline.habits import OFF, Habit

ONLY_CHANNELS = "Digests are for channels: type this in a channel that I am a member of."
BROKEN = "That could not be written down just now. Please try again in a minute."
NOW = "Today's digest so far is on its way into this channel."
CHANGE = "`/imgstatus digest on 09:00` changes when it comes, `/imgstatus digest off` stops it."
BEGIN = "`/imgstatus digest on 09:00` lets it come every day at that time, `/imgstatus digest now` just once."


def shown(habit: Habit, next_at: float | None, headline: str) -> str:
    """Answer to ``/imgstatus digest``."""
    so_far = f"Today so far: {escape(headline)}."
    if next_at is None:
        return f"This channel gets no digest. {BEGIN}\n{so_far}"
    empty = "" if habit.empty else " A day without pictures has none."
    return (
        f"This channel's digest comes every day at {habit.at} ({escape(habit.zone)}), next {_when(next_at)}."
        f"{empty}\n{so_far} `/imgstatus digest now` posts that here.\n{CHANGE}"
    )


def now(free_at: float) -> str:
    """Answer to ``digest now``; ``free_at``: when the next may be asked for, 0 when this one was taken."""
    if not free_at:
        return NOW
    return f"A digest was posted here just now. The next may be asked for {_when(free_at)}."


def changed(habit: Habit, next_at: float | None, by: str) -> str:
    """What everybody in the channel hears of a change."""
    who = person(by) or "Somebody"
    if habit.at == OFF or next_at is None:
        return f"{who} stopped this channel's digest. `/imgstatus digest on 09:00` lets it come again."
    return (
        f"{who} has this channel's digest come every day at {habit.at} ({escape(habit.zone)}), next"
        f" {_when(next_at)}. `/imgstatus digest off` stops it."
    )


def already(words: str) -> str:
    """For the one person who asked for what is so already."""
    return f"It is so already. {words}"


def _when(moment: float) -> str:
    return date(datetime.fromtimestamp(moment, UTC))
