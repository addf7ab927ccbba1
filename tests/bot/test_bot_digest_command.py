"""``/imgstatus digest``: what is shown, chosen and asked for."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.listeners.commands.digest_wish import DigestWish, wish
from loupe.digest_desk import PAUSE, DigestDesk
from loupe.digests import books, digest_of, today
from pipeline.adapters.sqlite_habits import SqliteHabits
from pipeline.errors import Unsuitable
from pipeline.figures import Scope
from pipeline.habits import Habit
from tests.bot.works import ADA, PICTURES, TEAM, Works, works


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Works]:
    with works(tmp_path) as found:
        yield found


def ask(here: Works, line: str, channel: str = PICTURES, user: str = ADA) -> dict[str, Any]:
    """What the app answered."""
    answer = here.slack.call("command", channel=channel, user=user, line=f"/imgstatus {line}")
    assert answer["ok"], answer
    found: dict[str, Any] = answer["body"]
    return found


def habit(here: Works) -> Habit | None:
    return SqliteHabits(here.base.database).get(TEAM, PICTURES)


def pieces(here: Works) -> list[str]:
    return [row["key"] for row in here.base.database.read("SELECT key FROM pieces WHERE kind='digest'")]


def test_without_a_choice_the_installations_time_is_told(here: Works) -> None:
    here.post()
    here.run()
    said = ask(here, "digest")
    assert said["response_type"] == "ephemeral"
    assert "every day at 09:00 (UTC), next <!date^" in said["text"]
    assert "Today so far: 1 image, 0 held" in said["text"]


def test_a_choice_is_kept_and_everybody_hears_who_made_it(here: Works) -> None:
    said = ask(here, "digest on 7:30 europe/sofia")
    assert habit(here) == Habit(TEAM, PICTURES, "07:30", "Europe/Sofia")
    assert said["response_type"] == "in_channel"
    assert f"<@{ADA}> has this channel's digest come every day at 07:30 (Europe/Sofia)" in said["text"]


def test_the_same_choice_again_is_told_to_nobody_else(here: Works) -> None:
    ask(here, "digest on 7:30 UTC")
    said = ask(here, "digest on 07:30 UTC")
    assert said["response_type"] == "ephemeral"
    assert said["text"].startswith("It is so already.")


def test_without_a_zone_it_is_that_of_the_person(here: Works) -> None:
    ask(here, "digest on 18:00")
    chosen = habit(here)
    assert chosen is not None
    assert chosen.zone == "Etc/UTC"
    assert here.slack.calls("users.info")


def test_where_slack_tells_no_zone_it_is_that_of_the_installation(here: Works) -> None:
    here.slack.call("inject", method="users.info", error="missing_scope")
    ask(here, "digest on 18:00")
    chosen = habit(here)
    assert chosen is not None
    assert chosen.zone == "UTC"


def test_off_stops_it_and_on_lets_it_come_again(here: Works) -> None:
    assert "stopped this channel's digest" in ask(here, "digest off")["text"]
    assert "This channel gets no digest" in ask(here, "digest")["text"]
    assert ask(here, "digest off")["response_type"] == "ephemeral"
    assert "next <!date^" in ask(here, "digest on 09:00 UTC")["text"]


def test_now_writes_one_digest_for_the_channel_and_the_next_only_after_a_while(here: Works) -> None:
    assert "on its way" in ask(here, "digest now")["text"]
    assert "may be asked for <!date^" in ask(here, "digest now")["text"]
    assert len(pieces(here)) == 1
    (delivery,) = here.base.database.read("SELECT sink, address FROM deliveries")
    assert (delivery["sink"], delivery["address"]) == ("slack", PICTURES)
    later = DigestDesk(books(here.base), lambda: time.time() + PAUSE + 1)
    assert later.post_now(TEAM, PICTURES) == 0
    assert len(pieces(here)) == 2


def test_who_asks_at_the_same_moment_gets_one_digest(here: Works) -> None:
    told = digest_of(here.base, Scope(TEAM, PICTURES), today(here.base))
    assert [books(here.base).tell_now(told, None) for _ in range(2)] == [True, False]
    assert len(pieces(here)) == 1


@pytest.mark.parametrize(
    "line", ["digest on 25:00", "digest on", "digest on 9:00 Atlantis", "digest at noon"]
)
def test_what_is_not_understood_gets_a_sentence_with_an_example(here: Works, line: str) -> None:
    said = ask(here, line)
    assert said["response_type"] == "ephemeral"
    assert "Europe/Sofia" in said["text"]
    assert habit(here) is None


def test_a_direct_message_has_no_digest(here: Works) -> None:
    assert "Digests are for channels" in ask(here, "digest on 09:00", channel="D0ADALOVE1")["text"]


def test_the_other_answers_of_the_command_are_as_before(here: Works) -> None:
    assert "digest" in ask(here, "help")["text"]
    assert "I do not know" in ask(here, "digestion")["text"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", DigestWish("show")),
        ("NOW", DigestWish("now")),
        ("Off", DigestWish("off")),
        ("on 9", DigestWish("on", "09:00")),
        ("on 9.30", DigestWish("on", "09:30")),
        ("on 12am", DigestWish("on", "00:00")),
        ("on 5:15 PM sofia", DigestWish("on", "17:15", "Europe/Sofia")),
        ("on 23:59 America/New York", DigestWish("on", "23:59", "America/New_York")),
    ],
)
def test_times_and_zones_as_people_write_them(text: str, wanted: DigestWish) -> None:
    assert wish(text) == wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("on 24:00", "no time of day"),
        ("on 13pm", "no time of day"),
        ("on 9:60", "no time of day"),
        ("on ９:00x", "no time of day"),
        ("on 09:00 Europe/Sofja", "Did you mean `Europe/Sofia`?"),
        ("on 09:00 <!channel>", "&lt;!channel&gt;"),
        ("tomorrow", "I do not know “tomorrow”"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(Unsuitable) as fault:
        wish(text)
    assert words in fault.value.words
