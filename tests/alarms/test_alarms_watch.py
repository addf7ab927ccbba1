"""The alarms on a ledger: what is read there, who hears, and that each is told once."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from loupe import slack
from loupe.alarming import Watch, failing
from loupe.ground import Ground, ground
from loupe.settings import load
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.adapters.sqlite_wakes import SqliteWakes
from pipeline.alarms import CALM
from pipeline.news import Address, Draft
from pipeline.outbox import Parked
from pipeline.wakes import Wake
from tests.cli.running import loupe
from tests.flow.dying import died_at

HOOK = {"kind": "webhook", "address": "https://example.org/hook", "secret": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0"}
SINKS = {"ops": {**HOOK, "news": "alarm"}, "zap": {**HOOK, "news": "verdict"}}


@pytest.fixture
def base(tmp_path: Path) -> Ground:
    return ground(settings_of(tmp_path / "data"))


def settings_of(data: Path, **given: Any) -> Any:
    mail = {"mail": "smtp://mail.example.org", "mail_to": ("ops@example.org",)}
    told = {"sinks": SINKS, "operators_channel": "C0OPS", "alarm_disk": -1, **mail}
    return load(data=data, **{**told, **given})


IMAGE = "INSERT INTO images VALUES (?,?,?,'file','','','','',?,'failed')"
RESULT = "INSERT INTO results VALUES (?,'find_place',1,1,'failed',1,'Failed',?,'{}',1,0,?)"
TALLY = "INSERT INTO tallies VALUES (?,'find_place','failed',3,1,1) ON CONFLICT DO UPDATE SET runs=runs+1"


def park(base: Ground, runs: int, at: float) -> None:
    """Parked runs, as they stand in the ledger."""
    why = json.dumps({"reason": "torn"})
    with base.database.write() as connection:
        for number in range(runs):
            connection.execute(IMAGE, (f"i{number}", f"IMG-{number}", f"d{number}", at))
            connection.execute(RESULT, (f"i{number}", why, at))
            connection.execute(TALLY, (int(at // 900) * 900,))


def mend(base: Ground) -> None:
    with base.database.write() as connection:
        connection.execute("UPDATE results SET parked=0")


def refuse(base: Ground, sink: str) -> None:
    """A piece of news that a sink will never take."""
    address = Address(sink, "x")
    SqliteNewsroom(base.database).tell(Draft(f"k/{sink}", "test", f"k/{sink}", {}), [address])
    outbox = SqliteOutbox(base.database)
    (delivery,) = outbox.turn(sink, "me", [], want=1, lease=60)
    outbox.turn(sink, "me", [Parked(delivery, "No.")], want=0, lease=60)


def heard(base: Ground) -> dict[str, list[str]]:
    """Who hears each piece of news about alarms."""
    rows = base.database.read(
        "SELECT p.key, d.sink FROM pieces p LEFT JOIN deliveries d ON d.piece=p.number WHERE p.kind='alarm'"
        " ORDER BY d.number"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["key"], []).append(row["sink"])
    return found


def standing(base: Ground) -> list[str]:
    return [each.rule for each in SqliteAlarms(base.database).standing()]


class Simulated:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 22, 9, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.at


def test_parked_runs_call_out_once_and_once_more_when_they_ran_again(base: Ground) -> None:
    clock = Simulated()
    watch = Watch(base, (), clock)
    park(base, 3, clock.at)
    for _ in range(10):
        watch.look()
        clock.at += 30
    assert heard(base) == {"alarm/parked//1/raised": ["ops", "slack", "mail"]}
    mend(base)
    for _ in range(int(CALM / 30) + 2):
        watch.look()
        clock.at += 30
    assert heard(base) == {
        "alarm/parked//1/raised": ["ops", "slack", "mail"],
        "alarm/parked//1/resolved": ["ops", "slack", "mail"],
    }
    assert standing(base) == []


def test_many_failures_among_the_runs_of_an_hour_call_out_and_later_ones_alone_count(base: Ground) -> None:
    clock = Simulated()
    park(base, 12, clock.at)
    watch = Watch(base, (), clock)
    assert (watch.readings().runs, watch.readings().failed) == (12, 12)
    clock.at += 2 * 3600
    assert (watch.readings().runs, watch.readings().failed) == (0, 0)


def test_an_alarm_about_a_sink_does_not_go_to_that_sink(base: Ground) -> None:
    refuse(base, "ops")
    refuse(base, "mail")
    Watch(base, ()).look()
    assert heard(base) == {
        "alarm/sink/mail/1/raised": ["ops", "slack"], "alarm/sink/ops/2/raised": ["slack", "mail"],
    }  # fmt: skip


def test_a_sink_that_is_no_longer_set_up_is_let_be(base: Ground) -> None:
    refuse(base, "gone")
    Watch(base, ()).look()
    assert heard(base) == {}


def test_a_part_that_fell_silent_is_missed_once_somebody_has_watched_for_a_while(base: Ground) -> None:
    beats = SqliteBeats(base.database)
    for part in ("web", "sandbox", "news"):
        beats.beat(part)
    with base.database.write() as connection:
        connection.execute("UPDATE beats SET at=at-3600 WHERE part<>'news'")
    fresh = Watch(base, ())
    fresh.look()
    assert heard(base) == {}  # Loupe has just been started
    Watch(base, (), begun=time.monotonic() - 61).look()
    assert list(heard(base)) == ["alarm/part/web/1/raised"]  # nobody needs a sandbox, nor what never ran


def test_rows_of_the_clock_that_fail_again_and_again_call_out_by_their_name() -> None:
    noted = [Wake("sweep", 900, 3), Wake("digest/T/C1", 900, 4), Wake("digest/T/C2", 900, 1)]
    noted += [Wake("gone", 900, 9), Wake("tidy store", -7200, 9)]
    wakes = {wake.row: wake for wake in noted}
    assert failing(wakes, ("sweep", "digest", "tidy store"), 1000) == {"sweep": 3, "digest": 4}


def test_what_a_row_of_the_clock_failed_at_is_read_from_the_ledger(base: Ground) -> None:
    SqliteWakes(base.database).note(Wake("sweep", time.time(), 3))
    Watch(base, ("sweep",)).look()
    assert list(heard(base)) == ["alarm/clock/sweep/1/raised"]


def test_an_image_that_came_is_the_last_one_and_where_none_ever_came_nobody_is_missed(base: Ground) -> None:
    watch = Watch(base, ())
    assert watch.readings().quiet_hours == 0
    with base.database.write() as connection:
        connection.execute(
            "INSERT INTO facts (image,short,source,team,channel,private,entered_at,state,renditions,"
            "bytes_before,bytes_after,parked) VALUES ('i','IMG-1','slack','T','C',0,?,'done',0,0,0,0)",
            (time.time() - 7200,),
        )
    assert watch.readings().quiet_hours == pytest.approx(2, abs=0.01)


def test_a_full_disk_calls_out(tmp_path: Path) -> None:
    base = ground(settings_of(tmp_path / "data", alarm_disk=1e9))
    Watch(base, ()).look()
    assert standing(base) == ["disk"]


def test_a_disk_that_cannot_be_asked_leaves_its_alarm_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, clock = ground(settings_of(tmp_path / "data", alarm_disk=1e9)), Simulated()
    watch = Watch(base, (), clock)
    watch.look()

    def broken(_: Path) -> object:
        raise OSError

    monkeypatch.setattr("shutil.disk_usage", broken)
    for _ in range(30):
        clock.at += 60
        watch.look()
    assert standing(base) == ["disk"]


@pytest.mark.parametrize("ended", [False, True], ids=["raised", "resolved"])
def test_killed_at_any_statement_each_alarm_is_told_once(tmp_path: Path, ended: bool) -> None:
    moment, died = 0, True
    while died:
        base, clock = ground(settings_of(tmp_path / str(moment))), Simulated()
        park(base, 2, clock.at)
        watch = Watch(base, (), clock)
        if ended:
            watch.look()
            mend(base)
            clock.at += 30
            watch.look()
            clock.at += CALM
        died = died_at(base.database, watch.look, moment)
        base.database.close()
        watch.look()
        watch.look()
        expected = ["alarm/parked//1/raised", "alarm/parked//1/resolved"][: 1 + ended]
        assert heard(base) == {key: ["ops", "slack", "mail"] for key in expected}
        assert standing(base) == ([] if ended else ["parked"])
        base.database.close()
        moment += 1
    assert moment > 20


def told(base: Ground, *arguments: str) -> str:
    return loupe(*arguments, "--data", base.settings.data).stdout


@pytest.fixture
def alarmed(base: Ground) -> Ground:
    park(base, 2, time.time())
    Watch(base, ()).look()
    return base


def test_status_says_what_stands(alarmed: Ground) -> None:
    said: Sequence[str] = told(alarmed, "status").splitlines()
    assert said[0].startswith("ALARM since ")
    assert said[0].endswith(": 2 runs failed for good and are parked.")
    assert said[1].strip().startswith("See why with: loupe status.")
    (alarm,) = json.loads(told(alarmed, "status", "--json"))["alarms"]
    assert (alarm["rule"], alarm["state"]) == ("parked", "raised")


def test_the_doctor_says_what_stands(alarmed: Ground) -> None:
    assert "MEND  alarm        2 runs failed for good and are parked. See why" in told(alarmed, "doctor")


def test_imgstatus_health_says_what_stands(alarmed: Ground) -> None:
    label, words = slack.health(alarmed)[-1]
    assert (label, words.splitlines()[0]) == ("Alarm", "2 runs failed for good and are parked.")


def test_what_was_well_for_a_moment_is_told_as_such(alarmed: Ground) -> None:
    mend(alarmed)
    Watch(alarmed, ()).look()
    assert ", well since " in told(alarmed, "status")


def test_nobody_is_written_to_who_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")  # the sandbox has a channel of its own for operators
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    base = ground(settings_of(tmp_path, sinks={}, operators_channel="", mail_to=()))
    park(base, 1, time.time())
    Watch(base, ()).look()
    assert heard(base) == {"alarm/parked//1/raised": [None]}
