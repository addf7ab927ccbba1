"""/metrics as Prometheus reads it: the same numbers as everywhere, and counters that never go down."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from prometheus_client.samples import Sample
from starlette.applications import Starlette
from starlette.testclient import TestClient

from loupe.ground import Ground, ground
from loupe.metering import meters
from loupe.settings import load
from pipeline import digest
from pipeline.adapters import sqlite_tallies
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_numbers import SqliteNumbers
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.alarms import Trouble
from pipeline.durations import bound, class_of
from pipeline.erasing import erase
from pipeline.errors import Unavailable
from pipeline.figures import EVERYTHING, day_of
from pipeline.news import Address, Draft
from pipeline.outbox import Parked, Sent
from tests.contract.day_book import NOON, DayBook
from tests.flow.driving import work_off
from tests.flow.publishing import House, quickly
from tests.flow.test_flow_facts import places
from web.access import Access
from web.metrics import BUCKETS, DAY, STATES, Meters, Scrape, encoder, route

OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"
NOW = NOON.timestamp() + 3600


@pytest.fixture
def base(tmp_path: Path) -> Iterator[Ground]:
    DayBook(tmp_path)
    found = ground(load(data=tmp_path, timezone="Pacific/Kiritimati"))
    yield found
    found.database.close()


def at(base: Ground, now: float = NOW) -> Meters:
    return replace(meters(base), clock=lambda: now)


def site(found: Meters) -> TestClient:
    return TestClient(Starlette(routes=[route(found, Access(own=True).guard)]), "http://127.0.0.1")


def samples(found: Meters, accept: str = "") -> dict[str, float]:
    """Every sample, by its name and labels, through the parser of its format."""
    answer = site(found).get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    parse = openmetrics if "openmetrics" in answer.headers["content-type"] else plain
    return {key(sample): sample.value for family in parse(answer.text) for sample in family.samples}


def key(sample: Sample) -> str:
    labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
    return f"{sample.name}{{{labels}}}" if labels else sample.name


def test_todays_figures_are_those_of_the_digest_by_the_installations_clock(base: Ground) -> None:
    book = DayBook(base.settings.data)
    for hours in range(-30, 30):
        book.image(
            at=NOON + timedelta(hours=hours), state=STATES[hours % 5], verdict_seconds=hours + 40.0, bytes=7,
            faces=hours % 2, contains_nudity=not hours % 3, renditions=3, bytes_before=900, bytes_after=90,
        )  # fmt: skip
    today = day_of(NOW, "Pacific/Kiritimati")
    told = digest.data(digest.digest(SqliteNumbers(base.database), EVERYTHING, today))
    assert told["images"] == 24
    found = samples(at(base))
    assert {name: found[f"loupe_day_{name}"] for name in DAY} == {name: told[name] for name in DAY}


def test_every_number_of_a_digest_is_a_metric(base: Ground) -> None:
    told = digest.named(SqliteNumbers(base.database).days(EVERYTHING, [day_of(NOW, "UTC")])[0])
    assert told.keys() == DAY.keys()


def test_a_figure_that_is_not_known_has_no_sample(base: Ground) -> None:
    found = samples(at(base))
    assert found["loupe_day_images"] == 0
    assert "loupe_day_median_seconds" not in found


def test_runs_are_counted_by_outcome_and_their_time_by_class(base: Ground) -> None:
    with base.database.write() as connection:
        for outcome, ms in (("done", 1.5), ("done", 150), ("failed", 90_000), ("skipped", 0), ("again", 0)):
            sqlite_tallies.count(connection, "look", outcome, NOW - 60, ms)
    found = samples(at(base))
    assert found["loupe_actor_runs_total{actor=look,outcome=done}"] == 2
    assert {
        found[f"loupe_actor_runs_total{{actor=look,outcome={o}}}"] for o in ("failed", "skipped", "again")
    } == {1}
    assert found["loupe_actor_run_seconds_count{actor=look}"] == 3
    assert found["loupe_actor_run_seconds_sum{actor=look}"] == pytest.approx(90.1515, abs=1e-5)
    upto = {
        k.rpartition("le=")[2][:-1]: v for k, v in found.items() if k.startswith("loupe_actor_run_seconds_b")
    }
    assert upto["0.001"] == 0
    assert upto["0.001995"] == 1
    assert upto["0.1995"] == 2
    assert upto["50.12"] == 2
    assert upto["+Inf"] == 3


def test_sinks_parts_and_alarms_are_told_by_name(base: Ground) -> None:
    room, outbox = SqliteNewsroom(base.database), SqliteOutbox(base.database)
    for number in range(3):
        room.tell(Draft(f"k{number}", "digest", f"s{number}", {}), [Address("ops")])
    first, second = outbox.turn("ops", "me", [], want=2, lease=60)
    outbox.turn("ops", "me", [Sent(first), Parked(second, "No.")], want=0, lease=60)
    SqliteBeats(base.database).beat("web")
    troubles = [
        Trouble("sink", "ops", "It fails.\nMend it."),
        Trouble("sink", "hook", "So does this.\nMend it."),
    ]
    SqliteAlarms(base.database).follow(troubles, (), datetime.now(UTC), lambda *_: [])
    found = samples(at(base))
    assert found["loupe_sink_deliveries_total{sink=ops}"] == 1
    assert found["loupe_sink_due{sink=ops}"] == 1
    assert found["loupe_sink_parked{sink=ops}"] == 1
    assert 0 <= found["loupe_sink_oldest_seconds{sink=ops}"] < 60
    assert found["loupe_alarms{rule=sink}"] == 2
    assert 0 <= found["loupe_part_age_seconds{part=web}"] < 60
    assert found["loupe_disk_free_bytes"] > 0


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "text/plain; version=0.0.4"),
        ("*/*", "text/plain; version=0.0.4"),
        (OPEN, "application/openmetrics-text; version=1.0.0"),
        (f"{OPEN};q=0.75,text/plain;version=0.0.4;q=0.5", "application/openmetrics-text; version=1.0.0"),
        ("application/openmetrics-text; version=nonsense", "text/plain; version=0.0.4"),
    ],
)
def test_the_form_is_the_one_that_is_asked_for(base: Ground, accept: str, form: str) -> None:
    answer = site(at(base)).get("/metrics", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(form)
    assert (answer.text.endswith("# EOF\n")) == ("openmetrics" in form)


@given(st.text("aoplictn/xemrsv=01.;, q*-", max_size=60))
def test_no_wish_for_a_form_breaks_it(accept: str) -> None:
    encode, form = encoder(accept)
    assert encode(CollectorRegistry()) in (b"", b"# EOF\n")
    assert form.startswith(("text/plain", "application/openmetrics-text"))


def test_both_forms_tell_the_same(base: Ground) -> None:
    found = replace(at(base), free_bytes=lambda: 1_000)
    assert samples(found, OPEN) == samples(found)


def test_names_follow_the_conventions_and_every_metric_has_help(base: Ground) -> None:
    for family in Scrape(at(base)).collect():
        assert re.fullmatch(r"loupe(_[a-z0-9]+)+", family.name)
        assert family.documentation.endswith(tuple("abcdefghijklmnopqrstuvwxyz"))
        assert (family.type == "counter") == any(s.name.endswith("_total") for s in family.samples) or (
            not family.samples
        )


def test_while_the_ledger_cannot_be_read_the_scrape_fails_with_words(base: Ground) -> None:
    def broken() -> int:
        raise Unavailable("The disk is gone.")

    answer = site(replace(at(base), free_bytes=broken)).get("/metrics")
    assert (answer.status_code, answer.text) == (503, "The disk is gone.\n")


def test_who_may_not_see_it_gets_404(base: Ground) -> None:
    found = site(at(base))
    assert found.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404
    assert found.get("/metrics").status_code == 200


def test_counters_never_go_down_whatever_is_erased_or_done_again(tmp_path: Path) -> None:
    house = House(tmp_path)
    base = ground(load(data=tmp_path), house.chain)
    found = meters(base)
    before: dict[str, float] = {}

    def grown() -> dict[str, float]:
        now = {k: v for k, v in samples(found).items() if re.search(r"_(total|count|sum|bucket)(\{|$)", k)}
        assert {k: v for k, v in before.items() if now.get(k, -1) < v} == {}
        before.update(now)
        return now

    def settle() -> None:
        with quickly(house.taste):
            work_off(house.engine())

    image = house.enter()
    settle()
    assert grown()["loupe_arrivals_total"] == 1
    steps: list[Callable[[], object]] = [
        lambda: house.engine().replay(image, "detect_nudity"),
        settle,
        lambda: house.engine().replay(image, "report_findings"),
        settle,
        lambda: erase(places(house), image, 5),
        lambda: sqlite_tallies.compact(house.database, datetime.now(UTC).timestamp()),
    ]
    for step in steps:
        step()
        grown()
    assert before["loupe_arrivals_total"] == 1
    assert before["loupe_actor_runs_total{actor=detect_nudity,outcome=done}"] == 2
    assert samples(found)["loupe_images{state=done}"] == 0
    found = meters(base)  # as after a restart
    grown()


def test_bounds_of_buckets_are_bounds_of_classes() -> None:
    """Else a run would be counted in a bucket that it does not fit in."""
    assert all(class_of(bound(number) * 0.9999) == number for number in BUCKETS if number)
