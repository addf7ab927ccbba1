"""TinyPNG compresses where a key is given, within the month's count; otherwise the local encoder does."""

from collections.abc import Callable, Iterator

import pytest

from pipeline.adapters import tinypng
from pipeline.adapters.tinypng import BUSY, LARGEST, REFUSED, TinyPng
from pipeline.errors import Misconfigured
from tests.contract.tinypng_server import KEY, SMALLER, TinyPngServer, serving

PNG = b"\x89PNG large" * 100
NOVEMBER, DECEMBER = 1795348800.0, 1796083200.0


@pytest.fixture
def server() -> Iterator[TinyPngServer]:
    with serving() as state:
        yield state


class Clock:
    now = NOVEMBER

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Made = Callable[..., TinyPng]


@pytest.fixture
def made(server: TinyPngServer, clock: Clock) -> Made:
    return lambda key=KEY, **given: TinyPng(key, address=server.address, clock=clock, **given)


def test_a_png_comes_back_smaller_for_one_compression(made: Made, server: TinyPngServer) -> None:
    service = made()
    assert service(PNG, "PNG") == SMALLER
    assert server.count == 1
    assert [(method, path) for method, path, _ in server.asked] == [
        ("POST", "/shrink"),
        ("POST", "/shrink"),
        ("GET", "/output/1"),
    ]
    assert server.keys == {f"api:{KEY}"}
    assert service.trouble == ""


def test_other_formats_are_only_sent_where_asked_and_cost_two(made: Made, server: TinyPngServer) -> None:
    assert made()(PNG, "WEBP") is None
    assert server.asked == []
    assert made(formats=frozenset({"WEBP"}))(PNG, "WEBP") == b"converted to image/webp"
    assert server.count == 2


def test_the_month_is_not_overdrawn_not_even_by_what_others_spent(made: Made, server: TinyPngServer) -> None:
    server.count = 498
    service = made(monthly=500)
    assert [service(PNG, "PNG") for _ in range(4)] == [SMALLER, SMALLER, None, None]
    assert server.count == 500
    assert "used up" in service.trouble


def test_two_workers_do_not_overdraw_the_month_together(made: Made, server: TinyPngServer) -> None:
    server.count = 490
    one, other = made(monthly=500), made(monthly=500)
    answers = [service(PNG, "PNG") for _ in range(8) for service in (one, other)]
    assert answers.count(SMALLER) == 10
    assert server.count == 500


def test_a_month_that_is_used_up_is_not_asked_about_at_every_picture(
    made: Made, server: TinyPngServer
) -> None:
    server.count = 500
    service = made(monthly=500)
    assert [service(PNG, "PNG") for _ in range(5)] == [None] * 5
    assert len(server.asked) == 1


def test_a_format_that_costs_two_is_not_begun_with_one_left(made: Made, server: TinyPngServer) -> None:
    server.count = 499
    assert made(monthly=500, formats=frozenset({"AVIF"}))(PNG, "AVIF") is None
    assert server.count == 499


def test_a_new_month_begins_with_a_new_count(made: Made, server: TinyPngServer, clock: Clock) -> None:
    server.count = 500
    service = made(monthly=500)
    assert service(PNG, "PNG") is None
    clock.now, server.count = DECEMBER, 0
    assert service(PNG, "PNG") == SMALLER


def test_a_service_that_says_it_is_used_up_is_left_alone(
    made: Made, server: TinyPngServer, clock: Clock
) -> None:
    server.limit = 0
    service = made()
    assert service(PNG, "PNG") is None
    asked = len(server.asked)
    clock.now += REFUSED - 1
    assert service(PNG, "PNG") is None
    assert len(server.asked) == asked


def test_a_wrong_key_is_told_and_not_tried_at_every_picture(made: Made, server: TinyPngServer) -> None:
    service = made(key="wrong")
    assert [service(PNG, "PNG"), service(PNG, "PNG")] == [None, None]
    assert len(server.asked) == 1
    assert "key" in service.trouble
    assert "wrong" not in repr(service)


@pytest.mark.parametrize("status", [400, 415, 500, 503])
def test_a_failure_is_left_to_the_local_encoder_and_tried_again_later(
    status: int, made: Made, server: TinyPngServer, clock: Clock
) -> None:
    server.status = status
    service = made()
    assert service(PNG, "PNG") is None
    assert str(status) in service.trouble
    server.status = 0
    assert service(PNG, "PNG") is None
    clock.now += BUSY
    assert service(PNG, "PNG") == SMALLER


def test_nobody_there_is_left_to_the_local_encoder(clock: Clock) -> None:
    service = TinyPng(KEY, address="http://127.0.0.1:9", clock=clock)
    assert service(PNG, "PNG") is None
    assert "ConnectionError" in service.trouble


def test_the_key_goes_to_no_other_address(made: Made, server: TinyPngServer) -> None:
    with serving() as other:
        server.elsewhere = f"{other.address}/output/1"
        assert made()(PNG, "PNG") is None
        assert other.asked == []


@pytest.mark.parametrize("size", [0, LARGEST + 1])
def test_an_empty_or_endless_answer_is_not_taken(size: int, made: Made, server: TinyPngServer) -> None:
    server.body = bytes(size)
    assert made()(PNG, "PNG") is None


def test_what_is_too_large_is_not_sent(made: Made, server: TinyPngServer) -> None:
    assert made()(bytes(LARGEST + 1), "PNG") is None
    assert server.asked == []


def test_only_this_machine_may_be_asked_without_encryption() -> None:
    with pytest.raises(Misconfigured, match="https"):
        TinyPng(KEY, address="http://api.tinify.com")
    assert TinyPng(KEY).address == tinypng.PUBLIC == "https://api.tinify.com"
