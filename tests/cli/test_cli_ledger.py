"""check, status and replay on real ledgers: what they print, what they end with, what replays."""

import json
import shutil
from pathlib import Path

import pytest

from loupe.ground import ground
from loupe.settings import Settings, load, variable
from pipeline.catalog import Queue
from tests.cli.running import Json, bare, lines, loupe

DATA = Path(__file__).parents[1] / "data"
PHOTO, PALE = "exif-py--DSCN0010.jpg", "sharp--alpha-paper.png"
LIGHT = ("--only", "read_metadata")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Json]]:
    """A data folder in which two pictures and a text file were checked, and the reports of that."""
    folder = tmp_path_factory.mktemp("checked")
    (folder / "in").mkdir()
    for name in (PHOTO, PALE):
        shutil.copy(DATA / name, folder / "in" / name)
    (folder / "in" / "words.txt").write_text("no picture at all")
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, folder, [variable(name) for name in Settings.model_fields])
        patch.setenv("LOUPE_WORKERS", "1")
        ended = loupe("check", folder / "in", "--json", "--data", folder / "data", *LIGHT)
    assert ended.exit_code == 0, ended.output
    return folder / "data", lines(ended)


@pytest.fixture(scope="module")
def parked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Json]:
    """A data folder whose store is in the way of itself: one picture, its first run parked."""
    folder = tmp_path_factory.mktemp("parked")
    (folder / "data").mkdir()
    (folder / "data" / "store").write_text("not a folder")
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, folder, [variable(name) for name in Settings.model_fields])
        patch.setenv("LOUPE_WORKERS", "1")
        ended = loupe("check", DATA / PHOTO, "--json", "--data", folder / "data", *LIGHT)
    assert ended.exit_code == 1
    (report,) = lines(ended)
    return folder / "data", report


@pytest.fixture
def broken(parked: tuple[Path, Json], tmp_path: Path) -> tuple[Path, Json]:
    """The same, for one test to change."""
    shutil.copytree(parked[0], tmp_path / "copy")
    return tmp_path / "copy", parked[1]


def queue(data: Path) -> Queue:
    base = ground(load(data=data))
    try:
        return base.catalog.queue()
    finally:
        base.database.close()


def test_one_report_a_file_in_name_order(checked: tuple[Path, list[Json]]) -> None:
    _, reports = checked
    assert [report["source"]["name"] for report in reports] == [PHOTO, PALE, "words.txt"]
    assert [report["state"] for report in reports][2] == "rejected"


def test_only_the_actors_that_were_named_and_those_they_build_on_ran(
    checked: tuple[Path, list[Json]],
) -> None:
    for report in checked[1][:2]:
        assert {name for name, run in report["actors"].items() if run["state"] == "done"} == {
            "accept_image",
            "read_metadata",
        }
        assert report["faces"] is None


def test_what_was_read_stands_in_the_report(checked: tuple[Path, list[Json]]) -> None:
    photo = checked[1][0]
    assert (photo["format"], photo["width"], photo["height"]) == ("JPEG", 640, 480)
    assert photo["camera"] == {"make": "NIKON", "model": "COOLPIX P6000"}
    assert photo["location"]["latitude"] == pytest.approx(43.467, abs=0.01)
    assert photo["place"] is None


@pytest.mark.parametrize("form", ["id", "short", "lower"])
def test_an_image_is_found_by_each_of_its_names(checked: tuple[Path, list[Json]], form: str) -> None:
    data, (photo, *_) = checked
    name = {"id": photo["id"], "short": photo["short"], "lower": photo["short"].lower()}[form]
    (found,) = lines(loupe("status", name, "--json", "--data", data))
    told = set(photo) - {"state", "actors"}
    assert {key: found[key] for key in told} == {key: photo[key] for key in told}
    assert found["actors"].items() >= photo["actors"].items()


def test_the_timeline_has_a_line_for_every_actor(checked: tuple[Path, list[Json]]) -> None:
    data, (photo, *_) = checked
    shown = loupe("status", photo["short"], "--data", data).stdout
    assert shown.startswith(f"{photo['short']}  {PHOTO}")
    assert all(f"  {name}" in shown for name in photo["actors"])


@pytest.mark.parametrize("name", ["IMG-0000", "nonsense", "", "'; DROP TABLE row; --", "IMG-\N{SNOWMAN}"])
def test_an_image_that_is_not_there_is_wrong_usage(checked: tuple[Path, list[Json]], name: str) -> None:
    data, _ = checked
    ended = loupe("status", name or " ", "--data", data)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert ended.stderr.startswith("There is no image '")


def test_the_queue_of_a_ledger_at_rest(checked: tuple[Path, list[Json]]) -> None:
    data, _ = checked
    (found,) = lines(loupe("status", "--json", "--data", data))
    assert (found["waiting"], found["running"], found["parked"], found["parked_runs"]) == (0, 0, 0, [])
    assert sum(found["images"].values()) == 3
    told = loupe("status", "--data", data)
    assert (told.exit_code, told.stdout.count("\n")) == (0, 2)


def test_the_status_of_nothing_is_told_and_makes_an_empty_ledger(tmp_path: Path) -> None:
    told = loupe("status", "--data", tmp_path / "new")
    assert told.exit_code == 0
    assert told.stdout.endswith("Images: none yet\n")


def test_a_parked_run_is_told_with_its_actor_its_image_and_the_way_on(parked: tuple[Path, Json]) -> None:
    data, report = parked
    assert report["state"] == "failed"
    told = loupe("status", "--data", data).stdout
    assert f"  parked: accept_image on {report['id']}: " in told
    assert told.endswith("Run them again with: loupe replay --parked\n")
    (found,) = lines(loupe("status", "--json", "--data", data))
    (run,) = found["parked_runs"]
    assert (run["id"], run["actor"]) == (report["id"], "accept_image")
    assert run["attempts"] >= 1
    assert run["reason"]


@pytest.mark.parametrize("way", ["--parked", "id", "short", "actor"])
def test_each_way_to_replay_makes_the_run_due_again(broken: tuple[Path, Json], way: str) -> None:
    data, report = broken
    arguments = {
        "--parked": ["--parked"],
        "id": [report["id"]],
        "short": [report["short"]],
        "actor": [report["id"], "--actor", "accept_image"],
    }[way]
    ended = loupe("replay", *arguments, "--data", data)
    assert ended.exit_code == 0
    assert ended.stdout.endswith("accept_image\n1 runs are due again.\n")
    assert queue(data).waiting == 1


def test_replaying_twice_adds_nothing(broken: tuple[Path, Json]) -> None:
    data, _ = broken
    for _ in range(3):
        assert loupe("replay", "--parked", "--data", data).exit_code == 0
    assert queue(data).waiting == 1


def test_steps_that_an_image_lacks_are_made_due_once(
    checked: tuple[Path, list[Json]], tmp_path: Path
) -> None:
    """These were checked for some findings only, as by a version that knew no other."""
    made, reports = checked
    shutil.copytree(made, tmp_path / "data")
    first = loupe("replay", "--missing", "--data", tmp_path / "data").stdout.splitlines()
    assert {line.partition(":")[0] for line in first[:-1]} <= {report["id"] for report in reports}
    assert queue(tmp_path / "data").waiting == int(first[-1].split()[0]) > 0
    assert loupe("replay", "--missing", "--data", tmp_path / "data").stdout == "0 runs are due again.\n"


@pytest.mark.parametrize("wrong", [["--missing", "--parked"], ["--missing", "--actor", "find_place"], []])
def test_what_to_replay_is_said_in_one_way(wrong: list[str], tmp_path: Path) -> None:
    ended = loupe("replay", *wrong, "--data", tmp_path)
    assert ended.exit_code == 2
    assert "--missing" in ended.stderr


def test_only_the_parked_runs_of_an_actor_that_was_named_are_replayed(broken: tuple[Path, Json]) -> None:
    data, _ = broken
    other = loupe("replay", "--parked", "--actor", "detect_faces", "--data", data)
    assert other.stdout == "0 runs are due again.\n"
    assert queue(data).parked == 1


def test_an_image_without_parked_runs_says_what_to_name(checked: tuple[Path, list[Json]]) -> None:
    data, (photo, *_) = checked
    ended = loupe("replay", photo["short"], "--data", data)
    assert ended.exit_code == 0
    assert "nothing is parked; name an actor with --actor" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Name images, or say --parked, or --missing."),
        (["IMG-1", "--parked"], "Name images, or say --parked, or --missing."),
        (["IMG-0000"], "There is no image 'IMG-0000'"),
        (["PHOTO", "--actor", "paint_it_black"], "paint_it_black"),
        (["--parked", "--actor", "paint_it_black"], "paint_it_black"),
    ],
)
def test_a_replay_of_what_is_not_there_is_wrong_usage(
    checked: tuple[Path, list[Json]], arguments: list[str], words: str
) -> None:
    data, (photo, *_) = checked
    ended = loupe("replay", *[photo["id"] if a == "PHOTO" else a for a in arguments], "--data", data)
    assert ended.exit_code == 2, ended.output
    assert words in ended.stderr


@pytest.mark.parametrize("only", ["paint_it_black", "detect_faces,paint_it_black", ",", " "])
def test_actors_that_are_not_there_are_wrong_usage_before_a_file_is_taken(tmp_path: Path, only: str) -> None:
    ended = loupe("check", DATA / PHOTO, "--only", only, "--data", tmp_path / "data")
    assert ended.exit_code == 2, ended.output
    assert not (tmp_path / "data" / "ledger.sqlite").exists() or queue(tmp_path / "data").images == {}


def test_json_is_written_as_it_is_read(checked: tuple[Path, list[Json]]) -> None:
    assert json.loads(json.dumps(checked[1])) == checked[1]
