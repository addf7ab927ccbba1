"""What a digest says of single images: enough to act on, and nothing of a private place outside of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.digest import NAMED, Cases, Shelved
from pipeline.figures import EVERYTHING, Scope
from tests.aws.tables import table
from tests.contract.day_book import CHANNEL, DAY, NOON, PRIVATE, TEAM, Book, CloudBook, DayBook

HERE, HIDDEN = Scope(TEAM, CHANNEL), Scope(TEAM, PRIVATE)


@pytest.fixture(params=["sqlite", "dynamo"])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Book:
    if request.param == "sqlite":
        return DayBook(tmp_path)
    return CloudBook(table(request.getfixturevalue("in_aws")))


def cases(book: Book, scope: Scope = EVERYTHING) -> Cases:
    return book.cases.of(scope, DAY)


def test_a_ledger_without_images_has_nothing_to_name(book: Book) -> None:
    assert cases(book) == Cases()


def test_a_parked_run_is_named_with_what_went_wrong(book: Book) -> None:
    book.park(book.image(state="failed"))
    run = Shelved("IMG-0001", "find_place", 1, "It broke.")
    assert cases(book).parked == cases(book, HERE).parked == (run,)
    assert cases(book, HIDDEN).parked == ()


def test_a_run_is_named_as_long_as_it_is_parked_however_old_its_image(book: Book) -> None:
    book.park(book.image(at=NOON - timedelta(days=90)))
    assert len(cases(book).parked) == 1


def test_what_is_private_is_counted_everywhere_and_named_only_at_home(book: Book) -> None:
    book.park(book.image(PRIVATE, state="failed"))
    book.image(PRIVATE, state="held")
    everywhere, at_home = cases(book), cases(book, HIDDEN)
    assert (everywhere.parked, everywhere.parked_in_all, everywhere.held) == ((), 1, ())
    assert [run.short for run in at_home.parked] == ["IMG-0001"]
    assert at_home.held == ("IMG-0002",)
    assert at_home.private
    assert not everywhere.private
    assert not cases(book, HERE).private


def test_towns_of_private_pictures_are_named_only_at_home(book: Book) -> None:
    book.image(PRIVATE, place="Samokov", country_code="BG")
    book.image(place="Sofia", country_code="BG")
    numbers = book.numbers
    assert [town.place for town in numbers.towns(EVERYTHING, DAY, 5)] == ["Sofia"]
    assert [town.place for town in numbers.towns(HIDDEN, DAY, 5)] == ["Samokov"]


def test_held_images_and_formats_are_those_of_the_day_alone(book: Book) -> None:
    book.image(state="held", format="PNG")
    book.image()
    book.image()
    book.image(at=NOON - timedelta(days=1), state="held", format="GIF")
    assert cases(book).held == ("IMG-0001",)
    assert cases(book).formats == (("JPEG", 2), ("PNG", 1))


def test_of_many_only_some_are_named_and_all_are_counted(book: Book) -> None:
    for _ in range(NAMED + 3):
        book.park(book.image(state="failed"))
    assert len(cases(book).parked) == NAMED
    assert cases(book).parked_in_all == NAMED + 3
