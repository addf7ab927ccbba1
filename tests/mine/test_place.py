"""A place that a person adds: looked up, noted, changed, taken back; never against the file's own word."""

from pathlib import Path

import pytest

from pipeline.model import Location
from pipeline.results import Metadata, Placed, Result
from tests.mine.album import HELD, Album
from web.mine_place import position

NOWHERE: dict[str, Result] = {
    "read_metadata": Metadata(no_location="None."),
    "find_place": Placed(None, None, None),
}
HERE = {"latitude": "37.21533", "longitude": "-93.29824"}


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def note(album: Album, image: str) -> str | None:
    from pipeline.adapters.sqlite_notes import SqliteNotes

    found = SqliteNotes(album.base.database).get(image, "place")
    return found.text if found else None


def test_places_are_looked_up_by_who_is_signed_in(album: Album) -> None:
    found = album.client(album.visitor()).get("/places?q=spring").json()["places"]
    assert [(each["name"], each["region"]) for each in found] == [
        ("Springfield", "Missouri"),
        ("Springfield", "Illinois"),
    ]
    assert album.client(album.visitor()).get("/places").json() == {"places": []}
    assert album.client().get("/places?q=spring").status_code == 401


def test_a_place_is_chosen_without_a_script_in_two_steps(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana, **NOWHERE)
    client = album.client(ana)
    assert 'action="/mine/' in client.get(f"/mine/{image}").text
    offered = client.get(f"/mine/{image}/place?q=Springf").text
    assert "It was taken in Springfield, Missouri, United States" in offered
    assert "No place begins like this" in client.get(f"/mine/{image}/place?q=xyz").text
    answer = client.post(f"/mine/{image}/place", data=HERE, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/mine/{image}#where")
    assert note(album, image) == "37.21533,-93.29824"
    assert "read_metadata" in album.base.ledger.open_tasks(image)


def test_a_place_that_a_person_added_is_changed_and_taken_back(album: Album) -> None:
    ana = album.visitor()
    added = Metadata(location=Location(37.2, -93.3, source="person"))
    image = album.picture(ana, read_metadata=added)
    client = album.client(ana)
    page = client.get(f"/mine/{image}").text
    assert "The place was added by a person." in page
    assert "Take the place back" in page
    assert client.post(f"/mine/{image}/place", data=HERE, follow_redirects=False).status_code == 303
    album.settle(image, album.played(image) | {"read_metadata": added})
    assert client.post(f"/mine/{image}/place", data={"back": "1"}, follow_redirects=False).status_code == 303
    assert note(album, image) is None
    assert "read_metadata" in album.base.ledger.open_tasks(image)


@pytest.mark.parametrize("what", ["own", "waiting"])
def test_the_files_own_word_goes_first(album: Album, what: str) -> None:
    ana = album.visitor()
    image = album.picture(ana) if what == "own" else album.enter(ana)
    answer = album.client(ana).post(f"/mine/{image}/place", data=HERE)
    assert answer.status_code == 409
    assert "No place can be added" in answer.text
    assert note(album, image) is None


def test_a_held_picture_may_have_one_too(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana, **HELD | NOWHERE)
    assert (
        album.client(ana).post(f"/mine/{image}/place", data=HERE, follow_redirects=False).status_code == 303
    )


@pytest.mark.parametrize(
    "data",
    [{}, {"latitude": "91", "longitude": "0"}, {"latitude": "nan", "longitude": "0"}, {"latitude": "1"},
     {"latitude": "1", "longitude": "180.1"}, {"latitude": "1e400", "longitude": "1"},
     {"latitude": "'", "longitude": "1"}],
)  # fmt: skip
def test_what_is_no_position_is_not_noted(album: Album, data: dict[str, str]) -> None:
    ana = album.visitor()
    image = album.picture(ana, **NOWHERE)
    answer = album.client(ana).post(f"/mine/{image}/place", data=data)
    assert answer.status_code == 409
    assert "no position on the earth" in answer.text
    assert note(album, image) is None


def test_a_position_is_noted_to_a_metre() -> None:
    assert position("44.5641", "6.49610001") == "44.56410,6.49610"
    assert position("-90", "180") == "-90.00000,180.00000"
