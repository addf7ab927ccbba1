"""Erasing one's own pictures: asked first, one or several, and told what went; others' stay."""

from pathlib import Path

import pytest

from loupe import mine
from loupe.places import places
from pipeline.erasing import resume
from pipeline.model import Source
from tests.mine.album import Album


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def short(album: Album, image: str) -> str:
    found = album.base.catalog.find(image)
    assert found
    return found.short


def test_a_picture_is_erased_after_a_question(album: Album) -> None:
    ana = album.visitor()
    image = album.shown(ana)
    name = short(album, image)
    client = album.client(ana)
    asked = client.get(f"/mine/{name}/erase")
    assert "Erase this picture for good?" in asked.text
    assert f'value="{name}"' in asked.text
    assert album.base.catalog.find(image)
    done = client.post("/mine/erase", data={"image": name})
    assert "The picture is erased" in done.text
    assert "nothing is left" in done.text
    assert album.base.catalog.find(image) is None
    for path in ("", "/original", "/findings", "/erase"):
        assert client.get(f"/mine/{name}{path}").status_code == 404
    assert list(album.base.public.keys(image)) == []
    assert client.get("/mine").text.count("<li data-image") == 0


def test_several_are_erased_with_one_answer_and_those_of_others_are_passed_over(album: Album) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    mine_, theirs, kept = [album.shown(ana) for _ in range(3)], album.shown(bob), album.shown(ana)
    names = [short(album, image) for image in (*mine_, theirs)]
    client = album.client(ana)
    asked = client.get("/mine/erase", params={"image": names})
    assert "Erase these 3 pictures for good?" in asked.text
    assert names[3] not in asked.text
    done = client.post("/mine/erase", data={"image": names})
    assert "3 pictures are erased" in done.text
    assert "another picture has the very same" in done.text
    assert [bool(album.base.catalog.find(image)) for image in (*mine_, theirs, kept)] == [False] * 3 + [
        True
    ] * 2


def test_the_path_of_one_picture_erases_that_one(album: Album) -> None:
    ana = album.visitor()
    image, other = album.shown(ana), album.shown(ana)
    assert album.client(ana).post(f"/mine/{image}/erase", data={"image": other}).status_code == 200
    assert (album.base.catalog.find(image), bool(album.base.catalog.find(other))) == (None, True)


def test_of_a_picture_from_slack_the_message_is_spoken_of(album: Album) -> None:
    eve = album.of_slack("T1", "U1")
    posted = album.picture(
        Source("slack", "a.jpg", "F1", team="T1", channel="C1", message="1.1", person="U1")
    )
    client = album.client(eve)
    assert "The message in Slack stays" in client.get(f"/mine/{posted}/erase").text
    assert client.post(f"/mine/{posted}/erase").status_code == 200
    assert album.base.catalog.find(posted) is None


def test_who_chose_nothing_is_told_so(album: Album) -> None:
    client = album.client(album.visitor())
    for answer in (client.get("/mine/erase"), client.post("/mine/erase")):
        assert answer.status_code == 409
        assert "No picture was chosen" in answer.text
    assert client.post("/mine/erase", data={"image": "IMG-0000"}).status_code == 404


def test_what_takes_long_is_out_of_sight_at_once_and_ended_by_the_clock(
    album: Album, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mine, "ENOUGH", 0.0)
    ana = album.visitor()
    image = album.shown(ana)
    told = album.client(ana).post(f"/mine/{image}/erase").text
    assert "goes on by itself" in told
    assert album.base.catalog.find(image) is None
    known = album.base.catalog.erased(image)
    assert known
    assert not known.done
    assert resume(places(album.base)) == 1
    known = album.base.catalog.erased(image)
    assert known
    assert known.done


def test_a_run_that_goes_on_is_not_waited_for_long(album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "PATIENCE", 0.05)
    ana = album.visitor()
    image = album.enter(ana)
    assert album.base.engine().turn("busy", want=1)
    assert "goes on by itself" in album.client(ana).post(f"/mine/{image}/erase").text
