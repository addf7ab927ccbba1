"""The sender of bulletins dies before or after every effect, and again: each stands there once."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.outbox import Sent
from tests.bot.digests import CHANNEL
from tests.bot.kiosk import Fate, Kiosk, kiosk

PAIRS = 120
POSTING = 1
"""The effect of an alarm that is its post; before it comes a note."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Kiosk]:
    with kiosk(tmp_path) as found:
        yield found


def effects(here: Kiosk) -> int:
    """How many effects a digest has whose chart is tried in Slack's own form first, then as a picture."""
    fate = Fate()
    assert isinstance(here.bring(here.write(), fate), Sent)
    forget_ways(here)
    return fate.seen


def forget_ways(here: Kiosk) -> None:
    """The next digest tries every way anew."""
    with here.database.write() as connection:
        connection.execute("DELETE FROM slack_chart_ways")


def standing(here: Kiosk) -> Counter[int]:
    """How often each of our messages stands there: by its metadata, its thread's or its own."""
    return Counter(len(here.thread(message["ts"])) for message in here.bulletins())


def test_a_digest_stands_there_once_wherever_its_sender_dies(here: Kiosk) -> None:
    number = effects(here)
    assert number > 12
    for at in range(number):
        for after in (False, True):
            assert isinstance(here.bring(here.write(), Fate(at, after)), Sent)
            forget_ways(here)
            here.ahead = 0.0
    assert standing(here) == {1: 1 + 2 * number}  # each message has its details, once


def test_a_digest_stands_there_once_when_whoever_goes_on_dies_as_well(here: Kiosk) -> None:
    number, chance = effects(here), random.Random(11)
    for _ in range(PAIRS):
        fates = [Fate(chance.randrange(number), chance.random() < 0.5) for _ in range(3)]
        assert isinstance(here.bring(here.write(), *fates), Sent)
        if chance.random() < 0.5:
            forget_ways(here)
        here.ahead = 0.0
    assert standing(here) == {1: 1 + PAIRS}


@pytest.mark.parametrize("distributed", [False, True])
def test_what_was_posted_before_the_answer_was_lost_is_found_again(here: Kiosk, distributed: bool) -> None:
    """In a channel where many others write meanwhile, also for an app that sees 15 messages at a time."""
    here.carry_until_dead(here.write("alarm", data={"headline": "x"}), Fate(POSTING, after=True))
    for number in range(40):
        here.slack.post(text=str(number), channel=CHANNEL)
    here.slack.call("switches", distributed=distributed, enforce_rates=False)
    (again,) = here.claim()
    assert isinstance(here.bring(again), Sent)
    assert len(here.bulletins()) == 1


def test_a_post_without_an_answer_waits_until_it_can_no_longer_appear(here: Kiosk) -> None:
    here.slack.call("inject", method="chat.postMessage", status=500)
    delivery, began = here.write("alarm", data={"headline": "x"}), here.clock()
    here.bring(delivery)
    assert len(here.bulletins()) == 1
    assert here.clock() - began >= 4.0


def test_where_nothing_can_be_read_a_bulletin_is_posted_all_the_same(here: Kiosk) -> None:
    here.carry_until_dead(here.write("alarm", data={"headline": "x"}), Fate(POSTING))
    here.slack.call("inject", method="conversations.history", count=9, error="missing_scope")
    (again,) = here.claim()
    assert isinstance(here.bring(again), Sent)
    assert len(here.bulletins()) == 1
