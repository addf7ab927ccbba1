"""`loupe alt` on a real ledger: a person's words reach the page's markup, and can be taken back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loupe import checking, factory
from loupe.ground import Ground, ground
from loupe.settings import Settings, load, variable
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.retry import Backoff
from tests.cli.running import Json, bare, lines, loupe

PHOTO = Path(__file__).parents[1] / "data" / "pigallery2--big_ben.jpg"
KNOWN = "Photo in London, United Kingdom"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    folder = tmp_path_factory.mktemp("alt")
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, folder, [variable(name) for name in Settings.model_fields])
        patch.setenv("LOUPE_WORKERS", "1")
        (report,) = lines(loupe("check", PHOTO, "--json", "--data", folder / "data"))
    assert report["state"] == "done", report["reason"]
    return folder / "data", report


@pytest.fixture
def house(
    checked: tuple[Path, Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Ground, Json]]:
    """A data folder of the test's own with the picture published in it."""
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])
    base = ground(load(data=shutil.copytree(checked[0], tmp_path / "data")))
    yield base, checked[1]
    base.database.close()


def say(base: Ground, *arguments: str) -> tuple[int, str]:
    answer = loupe("alt", *arguments, "--data", base.settings.data)
    return answer.exit_code, answer.output


def run(base: Ground, image: str) -> Json:
    """Do what is due; the report after it."""
    made = factory.passing(load(data=base.settings.data), (), Backoff())
    with checking.workers(base.engine(), made, 1):
        (report,) = checking.reports(base, [image])
    return dict(report)


def test_what_is_known_is_printed_until_a_person_writes(house: tuple[Ground, Json]) -> None:
    base, report = house
    answer = loupe("alt", report["short"], "--data", base.settings.data)
    assert (answer.exit_code, answer.stdout, answer.stderr) == (0, f"{KNOWN}\n", "Made of what is known.\n")


def test_words_reach_the_report_and_the_markup_and_can_be_taken_back(house: tuple[Ground, Json]) -> None:
    base, report = house
    image = report["id"]
    assert say(base, report["short"], '  The "clock"  of\nLondon ')[0] == 0
    after = run(base, image)
    assert after["alt"] == 'The "clock" of London'
    assert all("The &quot;clock&quot; of London" in html for html in after["html"].values())
    assert [each["url"] for each in after["renditions"]] == [each["url"] for each in report["renditions"]]
    assert say(base, image)[1].splitlines() == ['The "clock" of London', "Written by a person."]
    assert say(base, image, "--clear")[1].startswith("Taken back.")
    assert run(base, image)["alt"] == KNOWN


def test_where_pages_tell_no_place_the_words_do_not_either(
    house: tuple[Ground, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    base, report = house
    monkeypatch.setenv("LOUPE_PAGE_LOCATION", "none")
    loupe("replay", report["id"], "--actor", "publish_image", "--data", base.settings.data)
    after = run(base, report["id"])
    assert after["alt"] == "Photo"
    assert "London" not in str(after["html"])


def test_the_last_words_count(house: tuple[Ground, Json]) -> None:
    base, report = house
    for words in ("First", "Second", "Third"):
        assert say(base, report["id"], words)[0] == 0
    assert run(base, report["id"])["alt"] == "Third"


def test_words_that_wait_for_the_page_are_told_as_such(house: tuple[Ground, Json]) -> None:
    base, report = house
    say(base, report["id"], "A clock")
    assert say(base, report["id"])[1].splitlines() == ["A clock", "Not on a page yet."]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("a\x1b[2J", "control character"),
        ("x" * 501, "500 is the most"),
    ],
)
def test_refused_words_change_nothing_and_are_wrong_usage(
    house: tuple[Ground, Json], words: str, sentence: str
) -> None:
    base, report = house
    code, said = say(base, report["id"], words)
    assert code == 2
    assert sentence in said
    assert SqliteNotes(base.database).get(report["id"], "alt") is None
    assert base.catalog.queue().waiting == 0


def test_an_unknown_image_and_two_wishes_at_once_are_wrong_usage(house: tuple[Ground, Json]) -> None:
    base, report = house
    code, said = say(base, "IMG-0000", "A cat")
    assert code == 2
    assert "There is no image 'IMG-0000'" in said
    assert say(base, report["id"], "A cat", "--clear")[0] == 2


def test_a_picture_that_was_not_published_keeps_the_words_for_later(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no picture")
    (report,) = lines(loupe("check", tmp_path / "a.txt", "--json", "--data", tmp_path / "data"))
    base = ground(load(data=tmp_path / "data"))
    try:
        assert say(base, report["id"])[1].startswith("The image is not published")
        assert say(base, report["id"], "A cat")[0] == 0
        assert run(base, report["id"])["page"] is None
        note = SqliteNotes(base.database).get(report["id"], "alt")
        assert note is not None
        assert note.text == "A cat"
    finally:
        base.database.close()
