"""The folder of exports: complete files or what was there before, one at a time, nobody else's files."""

import fcntl
import multiprocessing
import random
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest

from pipeline.adapters import export_folder
from pipeline.adapters.csv_export import CsvFormat
from pipeline.adapters.parquet_export import ParquetFormat
from pipeline.errors import Unavailable, Unsuitable
from tests.contract.trouble import locked_folder, words_of
from tests.export.reading_back import from_csv, from_parquet
from tests.export.registry import Registry
from tests.flow.dying import died_at


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    made = Registry(tmp_path / "data")
    made.image(camera_make="first")
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


@pytest.mark.parametrize("parts", [False, True], ids=["whole", "parts"])
def test_killed_at_any_moment_it_leaves_whole_files_and_the_next_run_mends_the_set(
    registry: Registry, tmp_path: Path, parts: bool
) -> None:
    registry.export(tmp_path / "before", parts=parts)
    registry.image(camera_make="second")
    died = 0
    for moment in count():
        to = tmp_path / f"to{moment}"
        registry_of_before(tmp_path / "before", to)
        before = files(to)
        killed = died_at(registry.database, lambda to=to: registry.export(to, parts=parts), moment)  # type: ignore[misc]
        for name, found in files(to).items():
            assert found == before.get(name) or complete(found, name), (moment, name)
        registry.export(to, parts=parts)
        assert rows(to, parts) == 2, moment
        assert not list((to / export_folder.OWN).glob("*.new"))
        died += killed
        if not killed:
            break
    assert died > 30


def registry_of_before(made: Path, to: Path) -> None:
    """A copy of a folder of exports, as it is with its note."""
    (to / export_folder.OWN).mkdir(parents=True)
    for path in [*made.glob("*.csv"), *(made / export_folder.OWN).glob("*.json")]:
        (to / path.relative_to(made)).write_bytes(path.read_bytes())


def complete(found: bytes, name: str) -> bool:
    """Two images were there, each with three results; files end with a whole line."""
    lines = {"images": (2, 3), "results": (4, 7), "days": (3,), "steps": (4,), "erased": (1,)}
    return found.endswith(b"\r\n") and found.count(b"\r\n") in lines[name.partition(".")[0].partition("-")[0]]


def rows(folder: Path, parts: bool) -> int:
    if not parts:
        return len(from_csv(folder)["images"])
    numbers = sorted(int(path.stem[-6:]) for path in folder.glob("images-*.csv"))
    return len({image["id"] for number in numbers for image in from_csv(folder, number)["images"]})


def test_a_second_export_into_the_folder_says_that_another_is_under_way(
    registry: Registry, tmp_path: Path
) -> None:
    with export_folder.held(tmp_path / "to", "csv"), pytest.raises(Unavailable, match="under way"):
        registry.export(tmp_path / "to", ParquetFormat())
    registry.export(tmp_path / "to", ParquetFormat())
    assert len(from_parquet(tmp_path / "to")["images"]) == 1


def test_the_lock_of_an_export_that_was_killed_holds_nobody_up(registry: Registry, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    holds = context.Event()

    def hold() -> None:
        with export_folder.held(tmp_path / "to", "csv"):
            holds.set()
            Event().wait()

    holder = context.Process(target=hold)
    holder.start()
    assert holds.wait(20)
    with pytest.raises(Unavailable, match="under way"):
        registry.export(tmp_path / "to")
    holder.kill()
    holder.join()
    registry.export(tmp_path / "to")


def test_a_file_of_somebody_else_is_left_alone_and_named(registry: Registry, tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    (to / "results.csv").write_text("mine")
    with pytest.raises(Unsuitable, match=r"results\.csv was not written by an export"):
        registry.export(to)
    assert files(to) == {"results.csv": b"mine"}


def test_files_of_other_names_and_formats_stay(registry: Registry, tmp_path: Path) -> None:
    to = tmp_path / "to"
    registry.export(to, ParquetFormat())
    (to / "notes.txt").write_text("mine")
    registry.export(to)
    registry.export(to, parts=True)
    assert {"notes.txt", "images.parquet", "images-000001.csv"} <= files(to).keys()


@pytest.mark.parametrize(
    "note", [b"", b"{", b'{"exported": 1}', b'{"exported": {"shape": "", "mark": null}}']
)
def test_a_note_that_cannot_be_read_makes_it_ask_before_it_replaces_anything(
    registry: Registry, tmp_path: Path, note: bytes
) -> None:
    to = tmp_path / "to"
    registry.export(to)
    (to / export_folder.OWN / "csv.json").write_bytes(note)
    with pytest.raises(Unsuitable, match="Move it away"):
        registry.export(to)


def test_a_note_that_names_what_is_elsewhere_is_not_followed(registry: Registry, tmp_path: Path) -> None:
    to, victim = tmp_path / "to", tmp_path / "victim.csv"
    victim.write_text("mine")
    registry.export(to)
    note = to / export_folder.OWN / "csv.json"
    note.write_text(note.read_text().replace('"gone":[]', '"gone":["../victim.csv"]'))
    with pytest.raises(Unsuitable):
        registry.export(to)
    assert victim.read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_told_in_words(registry: Registry) -> None:
    with locked_folder() as folder:
        said = words_of(lambda: hold(folder / "to"))
    assert "cannot be written to: Permission denied" in said


def hold(folder: Path) -> None:
    with export_folder.held(folder, "csv"):
        pass


@pytest.mark.parametrize("format", [CsvFormat, ParquetFormat])
def test_where_there_is_no_room_the_last_export_stays_and_nothing_of_the_new_one(
    registry: Registry, tmp_path: Path, format: type[CsvFormat] | type[ParquetFormat]
) -> None:
    to = tmp_path / "to"
    registry.export(to, format())
    before = files(to)
    chance = random.Random(1)
    for _ in range(600):
        registry.image(camera_model=chance.randbytes(300).hex())
    registry.database.close()
    said = words_of(lambda: registry.export(to, format(), page=50), largest_file=200_000)
    assert "There is no room in" in said
    assert "What was exported before still stands" in said
    assert files(to) == before
    assert not list((to / export_folder.OWN).glob("*.new"))
    registry.export(to, format())
    assert files(to) != before


def test_a_file_in_the_place_of_the_folder_is_told_in_words(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "to").write_text("")
    with pytest.raises(Unavailable, match="cannot be written to"):
        registry.export(tmp_path / "to")


def test_exports_of_two_formats_at_once_do_not_mix(registry: Registry, tmp_path: Path) -> None:
    faults: list[Unavailable] = []

    def often(format: CsvFormat | ParquetFormat) -> None:
        done = 0
        while done < 10:
            try:
                registry.export(tmp_path / "to", format, full=True)
                done += 1
            except Unavailable as fault:
                faults.append(fault)
        registry.database.close()

    threads = [Thread(target=often, args=(format,)) for format in (CsvFormat(), ParquetFormat())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("under way" in str(fault) for fault in faults)
    assert len(from_csv(tmp_path / "to")["images"]) == len(from_parquet(tmp_path / "to")["images"]) == 1


def test_the_lock_is_a_lock_of_the_system(tmp_path: Path) -> None:
    with (
        export_folder.held(tmp_path, "csv"),
        (tmp_path / export_folder.OWN / "lock").open("a") as lock,
        pytest.raises(BlockingIOError),
    ):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
