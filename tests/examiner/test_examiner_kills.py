"""kill -9 of any process during a burst of repeated, reordered deliveries: every picture gets one card."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import requests

from tests.examiner.examined import Examined, examined, picture, until
from tests.examiner.slack import Json

pytestmark = pytest.mark.xdist_group("examiner-kills")
PICTURES, CHANNELS, KILLS = 28, 10, 6
DELAYS = (0, 1, 3)
"""Seconds before each of an examiner's deliveries of one event."""


def deliver(home: Examined, message: Json) -> bool:
    """Until it is acknowledged, three times at most."""
    for attempt, delay in enumerate(DELAYS):
        time.sleep(delay)
        try:
            if home.event(message, attempt=attempt) == 200:
                return True
        except requests.RequestException:
            continue
    return False


def kill_one(home: Examined, chance: random.Random) -> None:
    try:
        chance.choice(home.parts()).kill()
    except (psutil.NoSuchProcess, IndexError):
        return


@pytest.mark.parametrize("forgetful", [False, True])
def test_every_picture_gets_one_card_whatever_is_killed(tmp_path: Path, forgetful: bool) -> None:
    chance = random.Random(20260612 + forgetful)
    with examined(tmp_path, LOUPE_WORKERS="2") as home, ThreadPoolExecutor(PICTURES) as pool:
        home.slack.forgetful = forgetful
        messages = [
            home.slack.message(f"C{n % CHANNELS:02d}", home.slack.file(picture(("kill", n))))
            for n in range(PICTURES)
        ]
        chance.shuffle(messages)
        again = chance.sample(messages, PICTURES // 4)
        sent = [pool.submit(deliver, home, message) for message in messages + again]
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.3, 1.2))
            kill_one(home, chance)
        taken = [future.result() for future in sent]
        assert all(taken), f"{taken.count(False)} deliveries were never acknowledged"
        for message in messages:
            home.says(message, "No nudity seen", seconds=100)
        until(lambda: all(m.get("reactions") == ["white_check_mark"] for m in messages), "ticks everywhere")
        assert [len(home.slack.replies(message)) for message in messages] == [1] * PICTURES
