"""The gallery's answers: one's own pictures alone, whatever is looked for, page by page without a gap."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.sqlite_gallery import SqliteGallery
from pipeline.gallery import Owner, Query, Verdict, fits, owners, plain
from pipeline.model import Box, Face, Place, Source
from pipeline.results import Faces, Failed, Metadata, Nudity, Placed, Release
from pipeline.visitors import Visitor
from tests.mine.album import HELD, REJECTED, REVIEW, Album

COUNTRIES = {"FR": "France", "CH": "Switzerland", "US": "United States", "PL": "Poland"}
ZURICH = Placed(Place("Zürich", None, "Switzerland", "CH", 0.1, "Europe/Zurich", "geonames"), None, None)
LODZ = Placed(Place("Łódź", None, "Poland", "PL", 0.1, "Europe/Warsaw", "geonames"), None, None)
UNDATED = Metadata()


@pytest.fixture
def album(tmp_path: Path) -> Album:
    return Album(tmp_path)


def gallery(album: Album) -> SqliteGallery:
    return SqliteGallery(album.base.database, COUNTRIES)


def found(album: Album, visitor: Visitor, **asked: object) -> list[str]:
    page = gallery(album).page(owners(visitor), Query(**asked), "", 100)  # type: ignore[arg-type]
    return [tile.image for tile in page.tiles]


def faces(count: int) -> Faces:
    return Faces((Face(Box(0.1, 0.1, 0.1, 0.1), 90.0),) * count, "played")


def test_the_newest_come_first_and_nobody_elses_at_all(album: Album) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    one, theirs, two = album.picture(ana), album.picture(bob), album.enter(ana)
    assert found(album, ana) == [two, one]
    assert found(album, bob) == [theirs]


def test_who_came_from_slack_has_what_they_posted_there_between_what_they_uploaded(album: Album) -> None:
    eve = album.of_slack("T1", "U1")
    first = album.picture(eve)
    posted = album.picture(Source("slack", "a.jpg", "F1", team="T1", channel="C1", person="U1"))
    last = album.picture(eve)
    album.picture(Source("slack", "b.jpg", "F2", team="T2", channel="C1", person="U1"))
    album.picture(Source("slack", "c.jpg", "F3", team="T1", channel="C1", person="U2"))
    assert found(album, eve) == [last, posted, first]


def test_a_tile_says_what_is_known(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana, "hill.jpg")
    [tile] = gallery(album).page(owners(ana), Query(), "", 9).tiles
    assert (tile.image, tile.name, tile.state, tile.decision) == (image, "hill.jpg", "done", "cleared")
    assert (tile.nudity, tile.faces, tile.format, tile.archived) == (False, 1, "JPEG", False)
    assert (tile.day, tile.taken) == (date(2018, 7, 25), True)
    assert tile.town
    assert (tile.town.name, tile.town.country) == ("Embrun", "France")


def test_where_nobody_knows_when_it_was_taken_the_day_it_came_counts(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana, read_metadata=UNDATED, find_place=Placed(None, None, None))
    today = datetime.now(UTC).date()
    [tile] = gallery(album).page(owners(ana), Query(), "", 9).tiles
    assert tile.taken is False
    assert abs((tile.day - today).days) <= 1
    assert found(album, ana, since=tile.day, until=tile.day) == [image]


def test_days_are_both_within(album: Album) -> None:
    ana = album.visitor()
    image = album.picture(ana)
    day, before, after = date(2018, 7, 25), date(2018, 7, 24), date(2018, 7, 26)
    assert found(album, ana, since=day) == found(album, ana, until=day) == [image]
    assert found(album, ana, since=after) == found(album, ana, until=before) == []


@pytest.mark.parametrize(
    "words", ["Zürich", "zurich", "ZURI", "  zürich, ch ", "switz", "Zurich Switzerland", "ch"]
)
def test_places_are_found_by_the_beginnings_of_words_without_accents(album: Album, words: str) -> None:
    ana = album.visitor()
    there = album.picture(ana, find_place=ZURICH)
    album.picture(ana)
    assert found(album, ana, place=words) == [there]


@pytest.mark.parametrize("words", ["urich", "zurich france", "% %", "_", "zurich' OR 1=1 --"])
def test_places_are_not_found_by_what_they_are_not(album: Album, words: str) -> None:
    ana = album.visitor()
    album.picture(ana, find_place=ZURICH)
    assert found(album, ana, place=words) == ([] if plain(words) else found(album, ana))


def test_letters_that_nobody_has_on_the_keyboard_are_found_without(album: Album) -> None:
    ana = album.visitor()
    there = album.picture(ana, find_place=LODZ)
    assert found(album, ana, place="lodz") == [there]
    assert fits(plain("Łódź"), plain("lodz poland"))


def test_the_place_of_a_held_picture_is_not_looked_for(album: Album) -> None:
    ana = album.visitor()
    held = album.picture(ana, **HELD)
    assert found(album, ana, place="embrun") == []
    assert found(album, ana, verdict="held") == [held]


def test_faces_are_counted(album: Album) -> None:
    ana = album.visitor()
    many = [album.picture(ana, detect_faces=faces(n)) for n in range(5)]
    unknown = album.enter(ana)
    assert found(album, ana, faces="none") == [many[0]]
    assert found(album, ana, faces="1") == [many[1]]
    assert found(album, ana, faces="2") == [many[2]]
    assert found(album, ana, faces="3") == [many[4], many[3]]
    assert found(album, ana, faces="any") == many[:0:-1]
    assert unknown in found(album, ana)


def test_each_verdict_finds_its_own(album: Album) -> None:
    ana = album.visitor()
    released = {"decide_release": Release("cleared", "A moderator looked."), "detect_nudity": Nudity(90, "x")}
    made: dict[Verdict, str] = {
        "cleared": album.picture(ana),
        "held": album.picture(ana, **HELD),
        "review": album.picture(ana, **REVIEW),
        "rejected": album.picture(ana, **REJECTED),
        "failed": album.picture(ana, detect_faces=Failed("It broke.")),
        "waiting": album.enter(ana),
    }
    seen = album.picture(ana, **released)
    for verdict, image in made.items():
        assert image in found(album, ana, verdict=verdict), verdict
    assert found(album, ana, verdict="nudity") == [seen, made["review"], made["held"]]
    assert found(album, ana, verdict="rejected") == [made["rejected"]]
    assert found(album, ana, verdict="waiting") == [made["waiting"]]


def test_pages_have_no_gap_and_nothing_twice_while_pictures_come(album: Album) -> None:
    ana = album.visitor()
    there = [album.enter(ana) for _ in range(23)]
    shelf, before, walked = gallery(album), "", list[str]()
    while True:
        page = shelf.page(owners(ana), Query(), before, 5)
        walked += [tile.image for tile in page.tiles]
        album.enter(ana)
        if not page.older:
            break
        before = page.tiles[-1].image
    assert walked == there[::-1]


def test_pages_of_two_owners_are_one_order(album: Album) -> None:
    eve = album.of_slack("T1", "U1")
    source = [Source("slack", "a.jpg", f"F{n}", team="T1", channel="C1", person="U1") for n in range(9)]
    there = [album.enter(owner) for each in source for owner in (each, eve)]
    shelf, before, walked = gallery(album), "", list[str]()
    while page := shelf.page(owners(eve), Query(), before, 4):
        walked += [tile.image for tile in page.tiles]
        before = page.tiles[-1].image
        if not page.older:
            break
    assert walked == there[::-1]


def test_an_image_is_found_by_both_its_ids_by_its_owner_alone(album: Album) -> None:
    ana, bob = album.visitor("ana@example.org"), album.visitor("bob@example.org")
    image = album.picture(ana)
    known = album.base.catalog.find(image)
    assert known
    for name in (image, image.upper(), known.short, known.short.lower(), known.short.removeprefix("IMG-")):
        assert gallery(album).find(owners(ana), name) == image
        assert gallery(album).find(owners(bob), name) is None
    for name in ("", "IMG-", "' OR 1=1 --", "\0", "ü" * 500):
        assert gallery(album).find(owners(ana), name) is None


def test_what_an_earlier_version_knew_is_carried_over(album: Album) -> None:
    ana = album.visitor()
    gallery(album)
    image = album.picture(ana)
    with album.base.database.write() as connection:
        connection.execute("DROP TRIGGER shelved")
        connection.execute("DROP TABLE shelf")
    late = album.picture(ana)
    assert found(album, ana) == [late, image]
    assert found(album, ana, place="embrun") == [late, image]


def test_an_erased_image_is_in_no_gallery(album: Album) -> None:
    from loupe.mine import _erased

    ana = album.visitor()
    gallery(album)
    image, other = album.shown(ana), album.picture(ana)
    [done] = _erased(album.base, [image])
    assert done
    assert not done.left
    assert found(album, ana) == [other]


WORDS = st.text(max_size=30) | st.sampled_from(
    ["' OR '1'='1", '"; DROP TABLE shelf; --', "%", "\ud800", "\0"]
)


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Album, Visitor]:
    album = Album(tmp_path_factory.mktemp("album"))
    ana = album.visitor()
    gallery(album)
    for own in ({}, HELD, REJECTED, {"find_place": ZURICH}):
        album.picture(ana, **own)
    return album, ana


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS, since=st.none() | st.dates(), until=st.none() | st.dates(), before=WORDS)
def test_no_words_break_a_search_or_find_what_is_not_owned(
    shelved: tuple[Album, Visitor], words: str, since: date | None, until: date | None, before: str
) -> None:
    album, ana = shelved
    shelf = gallery(album)
    page = shelf.page(
        owners(ana),
        Query(place=words, since=since, until=until),
        before.encode("utf-8", "replace").decode(),
        9,
    )
    assert len(page.tiles) <= 4
    assert shelf.page((Owner("", "V0"),), Query(place=words), "", 9).tiles == ()
    assert len(shelf.page(owners(ana), Query(), "", 9).tiles) == 4
