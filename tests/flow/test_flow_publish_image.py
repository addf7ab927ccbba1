"""publish_image on the real ledger and stores: what it puts and takes away, and says when it cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import Transient
from pipeline.results import Failed, Published, Result, Skipped
from tests.flow.driving import work_off
from tests.flow.publishing import House, all_is_there, nothing_is_left, quickly, worker


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    with quickly(house.taste):
        yield house
    house.database.close()


@pytest.fixture
def image(house: House) -> str:
    """A picture that is cleared and public."""
    image = house.enter()
    work_off(house.engine())
    return image


def again(house: House, image: str, *actors: str) -> list[str]:
    """Ask for runs and work off what follows."""
    for actor in actors:
        house.engine().replay(image, actor)
    return work_off(house.engine())


def ended(house: House, image: str) -> Result:
    return house.ledger.rows(image)["publish_image"].result


def addresses(house: House, image: str) -> list[str]:
    return [f"/i/{key}" for key in house.public.keys(image)]


def test_what_is_cleared_is_public_and_nothing_waits_in_the_store(house: House, image: str) -> None:
    all_is_there(house, image)
    assert house.store.folders("renditions") == []


def test_publishing_again_changes_nothing(house: House, image: str) -> None:
    before, files = ended(house, image), house.files()
    again(house, image, "publish_image")
    assert (ended(house, image), house.files()) == (before, files)
    assert house.cdn.forgotten == 0


def test_the_public_files_are_listed_no_oftener_for_many_than_for_few(house: House) -> None:
    listed = []
    real = house.public.keys
    house.public.keys = lambda prefix: listed.append(prefix) or real(prefix)  # type: ignore
    image = house.enter()
    work_off(house.engine())
    all_is_there(house, image)
    assert len(listed) == 2


@pytest.mark.parametrize("score", [50.0, 95.0])
def test_what_is_no_longer_cleared_is_taken_down_and_the_cdn_told(
    house: House, image: str, score: float
) -> None:
    house.taste.score = score
    again(house, image, "detect_nudity")
    nothing_is_left(house, image)
    assert house.cdn.forgotten == 1
    assert isinstance(ended(house, image), Skipped)


def test_what_was_never_public_costs_the_cdn_nothing(house: House) -> None:
    house.taste.score = 95.0
    image = house.enter()
    work_off(house.engine())
    nothing_is_left(house, image)
    assert house.cdn.forgotten == 0


def test_a_cdn_that_cannot_be_told_is_told_later(house: House, image: str) -> None:
    house.taste.score, forget, calls = 95.0, house.cdn.forget, iter([1, 2])

    def busy(name: str) -> None:
        if next(calls, None):
            raise Transient("The CDN is busy.")
        forget(name)

    house.cdn.forget = busy  # type: ignore
    again(house, image, "detect_nudity")
    nothing_is_left(house, image)
    assert house.cdn.forgotten == 1


def test_older_files_stay_reachable_while_the_picture_is_public(house: House, image: str) -> None:
    older = addresses(house, image)
    house.taste.brew += 1
    again(house, image, "make_renditions", "make_copies")
    all_is_there(house, image)
    assert len(addresses(house, image)) == 2 * len(older)
    assert {house.get(path)[0] for path in older} == {200}
    house.notes.set(image, "withdraw")
    again(house, image, "make_renditions", "make_copies")
    nothing_is_left(house, image)
    assert {house.get(path)[0] for path in older} == {404}


@pytest.mark.parametrize("wish", ["withdraw", "hold"])
def test_a_wish_takes_it_out_of_sight_before_any_run_has_seen_it(house: House, image: str, wish: str) -> None:
    paths = [f"/i/{image}", *addresses(house, image)]
    assert {house.get(path)[0] for path in paths} == {200}
    house.notes.set(image, wish)  # type: ignore[arg-type]
    assert {house.get(path)[0] for path in paths} == {404}
    house.notes.clear(image, wish)  # type: ignore[arg-type]
    assert {house.get(path)[0] for path in paths} == {200}


def test_a_wish_that_came_while_renditions_were_made_is_heard_when_they_are_published(house: House) -> None:
    image = house.enter()
    ran = house.engine()
    outcomes = [ran.run(work) for work in ran.turn("w")]
    while not any(row.startswith("make_") for row in house.ledger.rows(image)):
        outcomes = [ran.run(work) for work in ran.turn("w", outcomes)]
        ran.turn("w", outcomes, want=0)
    house.notes.set(image, "withdraw")
    work_off(house.engine())
    nothing_is_left(house, image)


def test_without_copies_the_others_are_published_and_the_copies_join_them_later(house: House) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handlers.make_copies.made", _broken)
        image = house.enter()
        work_off(house.engine())
        assert isinstance(house.ledger.rows(image)["make_copies"].result, Failed)
        all_is_there(house, image, copies=False)
    assert again(house, image, "make_copies")[:2] == ["make_copies", "publish_image"]
    all_is_there(house, image)


def test_copies_outlive_renditions_that_fail_for_a_while(house: House, image: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handlers.make_renditions.made", _broken)
        again(house, image, "make_renditions")
        assert house.get(f"/i/{image}")[0] == 404
    again(house, image, "make_renditions")
    all_is_there(house, image)


def test_a_publication_leaves_alone_what_is_being_made_meanwhile(house: House) -> None:
    image = house.enter()
    publishing, making = worker(house, "publishing"), worker(house, "making")
    while publishing.wants != "ledger" or len(list(house.public.keys(image))) < 5:
        publishing.advance()
    house.taste.brew += 1
    house.engine().replay(image, "make_renditions")
    while len(list(house.store.keys("renditions"))) < 8:
        making.advance()
    publishing.advance()
    while house.database.read("SELECT 1 FROM tasks WHERE actor='publish_image' AND revision=1"):
        publishing.advance()
    assert len(list(house.store.keys("renditions"))) >= 3
    while house.database.read("SELECT 1 FROM tasks"):
        making.advance()
    for hand in (publishing, making):
        hand.kill()
    all_is_there(house, image)


def test_copies_wait_in_the_store_for_renditions_that_failed_at_first(house: House) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handlers.make_renditions.made", _broken)
        image = house.enter()
        work_off(house.engine())
        assert [file for file in house.files() if file.startswith("public/")] == []
    again(house, image, "make_renditions")
    all_is_there(house, image)


@pytest.mark.parametrize(("gone", "maker"), [("w150", "make_renditions"), ("webp", "make_copies")])
def test_a_file_that_is_gone_is_told_with_the_way_to_mend_it(
    house: House, image: str, gone: str, maker: str
) -> None:
    (key,) = [key for key in house.public.keys(image) if gone in key]
    house.public.delete(key)
    again(house, image, "publish_image")
    failed = ended(house, image)
    assert isinstance(failed, Failed)
    assert failed.reason.endswith(f"is gone. Make it again: loupe replay {image} --actor {maker}")
    assert house.get(f"/i/{image}")[0] == 404
    again(house, image, maker)
    all_is_there(house, image)


def test_a_staged_file_that_is_gone_but_public_does_no_harm(house: House, image: str) -> None:
    again(house, image, "make_renditions", "make_copies")
    for key in list(house.store.keys("renditions")):
        house.store.delete(key)
    again(house, image, "publish_image")
    all_is_there(house, image)


def test_what_a_person_said_is_the_alternative_text(house: House, image: str) -> None:
    house.notes.set(image, "alt", "Big Ben at noon")
    again(house, image, "publish_image")
    published = ended(house, image)
    assert isinstance(published, Published)
    assert (published.alt, published.alt_by) == ("Big Ben at noon", "person")


def _broken(*_: object) -> object:
    raise ZeroDivisionError("a bug")
