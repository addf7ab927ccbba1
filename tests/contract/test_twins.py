"""Which image had the same bytes first."""

from threading import Barrier, Thread

import pytest

from pipeline.model import Earlier
from tests.contract.grounds import Ground
from tests.contract.ledgers import engine, enter
from tests.flow import toy


def test_the_first_has_no_earlier_one(ground: Ground) -> None:
    assert ground.twins.claim("ab", enter(ground.ledger)) is None


def test_the_second_is_told_of_the_first(ground: Ground) -> None:
    (first,) = engine(ground.ledger).enter([("d1", toy.parcel("first"))])
    ground.twins.claim("ab", first.arrived.image)
    arrived = first.arrived
    for delivery in ("d2", "d3"):
        found = ground.twins.claim("ab", enter(ground.ledger, delivery))
        assert found == Earlier(arrived.image, arrived.short, arrived.at, arrived.source)


def test_the_first_stays_the_first_when_it_asks_again(ground: Ground) -> None:
    first, second = enter(ground.ledger, "d1"), enter(ground.ledger, "d2")
    ground.twins.claim("ab", first)
    ground.twins.claim("ab", second)
    assert ground.twins.claim("ab", first) is None


def test_other_bytes_are_another_matter(ground: Ground) -> None:
    ground.twins.claim("ab", enter(ground.ledger, "d1"))
    assert ground.twins.claim("cd", enter(ground.ledger, "d2")) is None


def test_of_many_that_ask_at_once_one_is_the_first(ground: Ground) -> None:
    images = [enter(ground.ledger, f"d{n}") for n in range(6)]
    start, told = Barrier(len(images)), dict[str, Earlier | None]()

    def claim(image: str) -> None:
        start.wait()
        told[image] = ground.twins.claim("ab", image)

    threads = [Thread(target=claim, args=(image,)) for image in images]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = [image for image, earlier in told.items() if earlier is None]
    assert {earlier.image for earlier in told.values() if earlier} == {first}
    assert ground.twins.claim("ab", first) is None


def test_of_many_that_ask_when_the_first_is_gone_one_is_the_next(ground: Ground) -> None:
    images = [enter(ground.ledger, f"d{n}") for n in range(5)]
    for image in images[:3]:
        ground.twins.claim("ab", image)
    ground.forget(images[0], "ab")
    start, told = Barrier(4), dict[str, Earlier | None]()

    def claim(image: str) -> None:
        start.wait()
        told[image] = ground.twins.claim("ab", image)

    threads = [Thread(target=claim, args=(image,)) for image in images[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {image: earlier and earlier.image for image, earlier in told.items()} == {
        image: None if image == images[1] else images[1] for image in images[1:]
    }


@pytest.mark.parametrize("asks", [1, 2])
def test_when_the_first_is_gone_the_next_is_the_first(ground: Ground, asks: int) -> None:
    """Whether that one asks again first, or one that came after it."""
    images = [enter(ground.ledger, f"d{n}") for n in range(3)]
    for image in images:
        ground.twins.claim("ab", image)
    ground.forget(images[0], "ab")
    told = {image: ground.twins.claim("ab", image) for image in (images[asks], *images[1:])}
    assert told[images[1]] is None
    last = told[images[2]]
    assert last is not None
    assert last.image == images[1]
