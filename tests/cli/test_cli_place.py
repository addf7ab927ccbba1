"""`loupe place` on a real ledger: a person's word about where a picture was taken, and back."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loupe import factory
from loupe.ground import Ground, ground
from loupe.settings import Settings, load, variable
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.retry import Backoff
from tests.cli.running import Json, bare, lines, loupe

PHOTO = Path(__file__).parents[1] / "data" / "face_recognition--two_people.jpg"
LIGHT = ("--only", "find_place")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    folder = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, folder, [variable(name) for name in Settings.model_fields])
        patch.setenv("LOUPE_WORKERS", "1")
        (report,) = lines(loupe("check", PHOTO, "--json", *LIGHT, "--data", folder / "data"))
    assert (report["state"], report["location"]) == ("done", None)
    return folder / "data", report


@pytest.fixture
def house(
    checked: tuple[Path, Json], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Ground, str]]:
    """A data folder of the test's own, and the image in it that says nothing of where it was taken."""
    bare(monkeypatch, tmp_path, [variable(name) for name in Settings.model_fields])
    base = ground(load(data=shutil.copytree(checked[0], tmp_path / "data")))
    yield base, checked[1]["short"]
    base.database.close()


def say(base: Ground, *arguments: str) -> tuple[int, str, str]:
    answer = loupe("place", *arguments, "--data", base.settings.data)
    return answer.exit_code, answer.stdout, answer.stderr


def run(base: Ground, short: str) -> Json:
    """Do what is due; the report after it."""
    found = base.catalog.find(short)
    assert found is not None
    engine = factory.passing(load(data=base.settings.data), (), Backoff())()
    while work := engine.turn("test", want=1):
        engine.turn("test", [engine.run(each) for each in work], want=0)
    return dict(base.catalog.report(found.image))


def test_a_place_by_name_reaches_the_report_and_can_be_taken_back(house: tuple[Ground, str]) -> None:
    base, short = house
    status, out, err = say(base, short, "sofia, bg")
    assert (status, out.splitlines(), err) == (
        0, ["Sofia, Bulgaria (42.69751,23.32415)", "Noted. The place is found anew."], "",
    )  # fmt: skip
    after = run(base, short)
    assert (after["location"]["source"], after["location"]["by"]) == ("person", None)
    assert after["place"]["name"] == "Sofia"
    assert say(base, short)[1] == "Sofia, Bulgaria (42.69751,23.32415), a person's word\n"
    assert say(base, short, "--remove")[1].startswith("Taken back.")
    assert run(base, short)["location"] is None
    assert say(base, short)[1].startswith("No location: ")


def test_a_position_is_taken_as_it_is_even_below_zero(house: tuple[Ground, str]) -> None:
    base, short = house
    assert say(base, short, "-33.8568,151.2153")[:2] == (0, "Noted. The place is found anew.\n")
    found = base.catalog.find(short)
    assert found is not None
    note = SqliteNotes(base.database).get(found.image, "place")
    assert note is not None
    assert note.text == "-33.85680,151.21530"


def test_other_places_of_the_name_are_mentioned(house: tuple[Ground, str]) -> None:
    base, short = house
    _, out, err = say(base, short, "Springfield")
    assert out.startswith("Springfield, ")
    assert err.count("Not ") == 5
    assert "Not Springfield, " in err


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ("Atlantis-under-Sea", "No place is called"),
        ("91,0", "not on Earth"),
        ("nan,1", "not on Earth"),
        ("", "No place"),
    ],
)
def test_what_is_no_place_changes_nothing(house: tuple[Ground, str], where: str, sentence: str) -> None:
    base, short = house
    status, _, err = say(base, short, where)
    assert status == 2
    assert sentence in err
    assert say(base, short)[1].startswith("No location")


def test_a_place_together_with_remove_is_wrong_usage(house: tuple[Ground, str]) -> None:
    base, short = house
    assert say(base, short, "Sofia", "--remove")[0] == 2


def test_an_image_that_is_not_there_is_named(house: tuple[Ground, str]) -> None:
    assert "There is no image 'IMG-0000'" in say(house[0], "IMG-0000", "Sofia")[2]
