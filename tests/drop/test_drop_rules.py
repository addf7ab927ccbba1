"""What a file in a drop is called, when it is complete, where its report goes."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.drops import (
    CALM,
    LONGEST,
    REPORT,
    SETTLED,
    box_id,
    complete,
    delivery,
    passed_over,
    report_path,
)  # fmt: skip
from pipeline.tickets import ID

NAMES = st.binary(min_size=1, max_size=LONGEST).filter(lambda raw: not set(raw) & {0, 47}).map(os.fsdecode)


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.jpg", ".a.jpg.Xy12Zq", "a.jpg.part", "a.jpg.PART", "a.jpg.crdownload", "a.tmp", "a.jpg~",
        "#a.jpg#", "~$a.jpg", "a.jpg.filepart", "a.swp", "a.jpg.report.json", "Thumbs.db", "desktop.ini",
        ".DS_Store", "a.partial", "x.download", "a.aria2",
    ],
)  # fmt: skip
def test_what_is_not_finished_or_is_a_report_is_passed_over(name: str) -> None:
    assert passed_over(name)


@pytest.mark.parametrize(
    "name",
    ["a.jpg", "part.jpg", "a.part.jpg", "tmp", "report.json", "a.json", "a~b.jpg", "\udcff.jpg"],
)
def test_all_else_may_be_a_picture(name: str) -> None:
    assert not passed_over(name)


def test_a_file_that_somebody_has_open_for_writing_is_never_complete() -> None:
    assert not complete(10, 1e9, True)


def test_a_file_that_nobody_writes_has_to_be_calm_for_a_moment() -> None:
    assert not complete(10, CALM - 0.01, False)
    assert complete(10, CALM, False)


@pytest.mark.parametrize(("size", "writers"), [(10, None), (0, False), (0, None)])
def test_where_it_is_not_known_or_nothing_is_in_it_it_takes_longer(size: int, writers: bool | None) -> None:
    assert not complete(size, SETTLED - 0.01, writers)
    assert complete(size, SETTLED, writers)


@pytest.mark.parametrize("path", ["a.jpg", "deep/er/a.jpg", "\udcff\udcfe.jpg"])
def test_a_report_lies_beside_its_file(path: str) -> None:
    assert report_path(path) == f"{path}{REPORT}"


@given(NAMES)
def test_a_report_can_always_be_put_down_and_is_never_taken_for_a_picture(name: str) -> None:
    found = report_path(f"deep/{name}").removeprefix("deep/")
    assert len(os.fsencode(found)) <= LONGEST
    assert passed_over(found)
    assert "/" not in found


def test_two_names_that_begin_alike_have_two_reports() -> None:
    assert report_path("a" * 254 + "b") != report_path("a" * 254 + "c")


def test_the_same_bytes_at_the_same_place_are_one_delivery_and_nothing_else_is() -> None:
    one = delivery("folder", "/srv/a.jpg", "ab12")
    assert one == delivery("folder", "/srv/a.jpg", "ab12")
    others = [
        delivery("folder", "/srv/b.jpg", "ab12"), delivery("folder", "/srv/a.jpg", "ab13"),
        delivery("s3", "/srv/a.jpg", "ab12"),
    ]  # fmt: skip
    assert len({one, *others}) == 4
    assert "srv" not in one
    assert ID.fullmatch(box_id(one))
    assert len({box_id(each) for each in (one, *others)}) == 4


def test_a_path_that_is_not_utf_8_has_a_key_too() -> None:
    assert delivery("folder", "/srv/\udcff.jpg", "1") != delivery("folder", "/srv/\udcfe.jpg", "1")
