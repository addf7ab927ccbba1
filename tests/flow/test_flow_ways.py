"""The way of an image as a collector of OpenTelemetry gets it: a real one, over HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from pipeline import tracing
from pipeline.adapters import otlp_collector
from pipeline.adapters.otlp_collector import OtlpCollector
from pipeline.adapters.sqlite_ways import SqliteWays
from pipeline.engine import Engine
from pipeline.errors import Misconfigured, Unavailable
from pipeline.ledger import ARRIVAL
from tests.contract.otlp_receiver import Receiver, attributes, receiving
from tests.flow.driving import Shop, enter, work_off
from tests.flow.publishing import House, quickly


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "ledger.sqlite")


@pytest.fixture
def engine(shop: Shop) -> Engine:
    return shop.engine()


@pytest.fixture
def journal(engine: Engine, shop: Shop) -> SqliteWays:
    return SqliteWays(shop.database())


def send(engine: Engine, shop: Shop, receiver: Receiver) -> int:
    """One pass of a clock that has just started."""
    return tracing.send(engine.ledger, SqliteWays(shop.database()), OtlpCollector(receiver.url, "1.2.3"))


def named(receiver: Receiver) -> dict[str, Span]:
    return {span.name: span for span in receiver.spans}


def test_a_settled_image_is_a_trace_with_a_span_for_every_run(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver
) -> None:
    [image] = enter(engine, "nap@weigh")
    assert send(engine, shop, receiver) == 0  # not settled yet
    work_off(engine)
    assert send(engine, shop, receiver) == 1
    spans, rows = named(receiver), engine.ledger.rows(image)
    assert receiver.asked == ["/v1/traces"]
    assert receiver.resources == [{"service.name": "loupe", "service.version": "1.2.3"}]
    assert set(spans) == {"image", "weigh", "paint", "fold", "wrap", "ship"}
    assert {UUID(bytes=span.trace_id) for span in receiver.spans} == {UUID(image)}
    assert {span.parent_span_id for name, span in spans.items() if name != "image"} == {
        spans["image"].span_id
    }
    assert spans["image"].parent_span_id == b""
    for name, row in rows.items():
        if name != ARRIVAL:
            assert spans[name].end_time_unix_nano // 1000 == round(row.at.timestamp() * 1_000_000)
            took = spans[name].end_time_unix_nano - spans[name].start_time_unix_nano
            assert took == pytest.approx(row.ms * 1e6, abs=2000)
    assert spans["image"].start_time_unix_nano <= min(s.start_time_unix_nano for s in receiver.spans) + 10**6
    assert spans["image"].end_time_unix_nano == max(s.end_time_unix_nano for s in receiver.spans)
    assert attributes(spans["weigh"]) == {
        "loupe.state": "done", "loupe.attempts": 1, "loupe.version": 1, "loupe.revision": 1,
    }  # fmt: skip
    assert attributes(spans["image"]) == {"loupe.state": "done", "loupe.source": "slack"}


def test_what_failed_is_an_error_and_says_how_often_it_was_tried(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver
) -> None:
    enter(engine, "bug@fold")
    work_off(engine)
    send(engine, shop, receiver)
    spans = named(receiver)
    failed = {name for name, span in spans.items() if span.status.code == Status.STATUS_CODE_ERROR}
    assert failed == {"image", "fold"}
    assert attributes(spans["fold"])["loupe.attempts"] == 3


def test_no_name_and_no_reason_is_in_a_trace(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver
) -> None:
    enter(engine, "reject@weigh Zoë on the beach")
    work_off(engine)
    send(engine, shop, receiver)
    told = json.dumps([attributes(span) for span in receiver.spans]) + str(receiver.spans)
    assert "beach" not in told
    assert "parcel" not in told


def test_what_the_collector_did_not_take_is_sent_again_and_under_the_same_ids(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver
) -> None:
    enter(engine, "good", "better")
    work_off(engine)
    receiver.status = 400
    with pytest.raises(Unavailable, match="did not take the traces"):
        send(engine, shop, receiver)
    receiver.status = 200
    assert send(engine, shop, receiver) == 2
    first = [(span.trace_id, span.span_id) for span in receiver.spans]
    assert len(first) == len(set(first)) == 12
    assert send(engine, shop, receiver) == 0
    with shop.database().write() as connection:  # as if it had died before it noted what was taken
        connection.execute("UPDATE ways SET number=0")
    assert send(engine, shop, receiver) == 2
    assert [(span.trace_id, span.span_id) for span in receiver.spans[12:]] == first


def test_an_image_that_is_looked_at_anew_is_sent_anew(tmp_path: Path, receiver: Receiver) -> None:
    house = House(tmp_path)
    journal, collector = SqliteWays(house.database), OtlpCollector(receiver.url, "1")
    image = house.enter()
    for revision in (1, 2):
        with quickly(house.taste):
            work_off(house.engine())
        assert tracing.send(house.ledger, journal, collector) == 1
        assert attributes(named(receiver)["find_place"])["loupe.revision"] == revision
        house.engine().replay(image, "find_place")
    assert {UUID(bytes=span.trace_id) for span in receiver.spans} == {UUID(image)}


def test_what_settled_before_the_setting_was_made_is_not_sent(
    engine: Engine, shop: Shop, receiver: Receiver
) -> None:
    enter(engine, "before")
    work_off(engine)
    assert send(engine, shop, receiver) == 0
    enter(engine, "after")
    work_off(engine)
    assert send(engine, shop, receiver) == 1


def test_many_images_go_in_batches_and_a_pass_ends(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "MOST", 2)
    monkeypatch.setattr(tracing, "TURNS", 2)
    enter(engine, *(f"parcel {n}" for n in range(5)))
    work_off(engine)
    assert [send(engine, shop, receiver) for _ in range(3)] == [4, 1, 0]


def test_an_image_that_was_erased_in_between_is_left_out(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver
) -> None:
    [image, _] = enter(engine, "good", "better")
    work_off(engine)
    with shop.database().write() as connection:
        connection.execute("DELETE FROM results WHERE image=?", (image,))
    assert send(engine, shop, receiver) == 1


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp_collector, "NEEDED", ("opentelemetry.not_there",))
    with pytest.raises(Misconfigured, match=r"pip install 'loupe\[otel\]'"):
        OtlpCollector("http://127.0.0.1:4318", "1")


@pytest.mark.parametrize("ending", ["", "/v1/traces", "/collector"])
def test_the_address_may_end_as_collectors_are_named(
    engine: Engine, shop: Shop, journal: SqliteWays, receiver: Receiver, ending: str
) -> None:
    enter(engine, "good")
    work_off(engine)
    receiver.url += ending
    send(engine, shop, receiver)
    assert receiver.asked == ["/collector/v1/traces" if ending == "/collector" else "/v1/traces"]
