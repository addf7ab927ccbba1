"""What the doctor finds: each thing in words, and how to mend it; never a traceback."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from loupe import doctor
from loupe.finding import Finding
from loupe.settings import load
from pipeline.adapters.onnx_faces import YUNET
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_database import Database
from pipeline.errors import Unavailable
from tests.cli.running import lines, loupe

Set = Callable[..., None]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Set:
    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_all


def findings(data: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in doctor.examine(load(data=data))}


def test_on_a_sound_machine_all_is_well(tmp_path: Path) -> None:
    found = loupe("doctor", "--data", tmp_path / "data")
    assert found.exit_code == 0, found.output
    assert all(line.startswith("ok  ") for line in found.stdout.splitlines())
    assert [line.split()[1] for line in found.stdout.splitlines()] == [
        "data", "disk", "ledger", "model", "model", "actors", "parts", "slack", "geocoder",
        "tinypng", "mail", "drop", "visitors",
    ]  # fmt: skip


def test_as_json_it_is_one_finding_a_line(tmp_path: Path) -> None:
    found = lines(loupe("doctor", "--json", "--data", tmp_path / "data"))
    assert {tuple(finding) for finding in found} == {("name", "well", "words")}
    assert all(finding["well"] for finding in found)


@pytest.mark.parametrize("beneath", ["", "deeper", "deeper/still"])
def test_a_file_in_the_way_of_the_data_folder_is_found_and_nothing_breaks(
    tmp_path: Path, beneath: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    found = loupe("doctor", "--json", "--data", tmp_path / "file" / beneath) if beneath else None
    if found is None:
        found = loupe("doctor", "--json", "--data", tmp_path / "file" / "x")
    ill = {finding["name"] for finding in lines(found) if not finding["well"]}
    assert found.exit_code == 1
    assert {"data folder", "ledger"} <= ill


def test_a_folder_that_cannot_be_made_far_from_any_that_exists(tmp_path: Path) -> None:
    found = findings(Path("/proc/nowhere/deep/down"))
    assert not found["data folder"].well
    assert "free" in found["disk"].words


def test_little_space_is_told_with_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=300_000_000))
    disk = findings(tmp_path)["disk"]
    assert (disk.well, disk.words) == (False, "0.3 GB free: free some space")


@pytest.mark.parametrize(("free", "well"), [(doctor.LOW_DISK, False), (doctor.LOW_DISK + 1, True)])
def test_the_line_between_little_and_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, well: bool
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert findings(tmp_path)["disk"].well is well


def test_a_damaged_ledger_is_found(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"no ledger at all " * 500)
    ledger = findings(tmp_path)["ledger"]
    assert not ledger.well
    assert "damaged" in ledger.words


def test_a_missing_model_is_found_with_the_way_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(self: Any) -> Path:
        raise Unavailable("The model file is missing. Run: make install")

    monkeypatch.setattr(type(YUNET), "path", gone)
    models = [f for f in doctor.examine(load(data=tmp_path)) if f.name == "model"]
    assert [(f.well, f.words) for f in models] == [
        (False, "The model file is missing. Run: make install")
    ] * 2


def test_without_tokens_the_sandbox_is_announced(tmp_path: Path) -> None:
    assert "sandbox" in findings(tmp_path)["slack"].words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"SLACK_APP_TOKEN": "xapp-1"}, "Slack by Socket Mode"),
        ({"SLACK_SIGNING_SECRET": "s"}, "Slack by HTTP requests"),
        (
            {"SLACK_SIGNING_SECRET": "s", "SLACK_API_URL": "http://127.0.0.1:1/api/"},
            "http://127.0.0.1:1/api/ by HTTP requests",
        ),
    ],
)
def test_which_slack_and_which_way(tmp_path: Path, given: Set, values: dict[str, str], words: str) -> None:
    given(SLACK_BOT_TOKEN="xoxb-hush", **values)
    found = findings(tmp_path)
    assert found["slack"] == Finding("slack", True, words)
    assert "hush" not in json.dumps([finding.words for finding in found.values()])


def test_a_geocoder_that_was_opted_in_is_told_with_its_contact(tmp_path: Path, given: Set) -> None:
    assert "nothing leaves this machine" in findings(tmp_path)["geocoder"].words
    given(LOUPE_NOMINATIM="me@example.org")
    assert "contact me@example.org" in findings(tmp_path)["geocoder"].words


def test_whether_a_service_gets_pictures_to_compress_is_told_without_its_key(
    tmp_path: Path, given: Set
) -> None:
    assert findings(tmp_path)["tinypng"].words.startswith("off;")
    given(LOUPE_TINYPNG_KEY="hush", LOUPE_TINYPNG_MONTHLY="77")
    words = findings(tmp_path)["tinypng"].words
    assert "at most 77 a month" in words
    assert "leave this machine" in words
    assert "hush" not in words


@pytest.mark.parametrize("name", ["LOUPE_PROT", "LOUPE_DATA_DIR", "LOUPE_"])
def test_a_misspelt_setting_is_found(tmp_path: Path, given: Set, name: str) -> None:
    given(**{name: "1"})
    found = findings(tmp_path)["settings"]
    assert (found.well, found.words) == (False, f"{name} is not a setting of Loupe; see docs/settings.md")


@pytest.mark.parametrize("name", ["LOUPE_PORT", "LOUPE_ENVIRONMENT", "LOUPE_ZONE", "LOOP", "SLACK_OTHER"])
def test_what_is_a_setting_or_none_of_ours_is_left_alone(tmp_path: Path, given: Set, name: str) -> None:
    given(**{name: "8080"})
    assert "settings" not in findings(tmp_path)


def test_the_doctor_leaves_nothing_behind_but_the_ledger(tmp_path: Path) -> None:
    list(doctor.examine(load(data=tmp_path / "data")))
    assert {path.name.split("-")[0] for path in (tmp_path / "data").iterdir()} <= {"ledger.sqlite", "store"}


def test_a_part_is_missed_only_while_others_run(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert findings(data)["parts"].words == "Loupe does not run on this data folder at the moment"
    beats = SqliteBeats(Database(data / "ledger.sqlite"))
    for part in ("web", "bot", "worker", "clock", "drop"):
        beats.beat(part)
    missed = findings(data)["parts"]
    assert not missed.well
    assert "news (never heard of)" in missed.words
    beats.beat("news")
    assert findings(data)["parts"].words == "web, bot, worker, clock, news, drop are heard of"


def test_what_is_watched_is_told(tmp_path: Path, given: Set) -> None:
    def drops() -> list[tuple[bool, str]]:
        return [(f.well, f.words) for f in doctor.examine(load(data=tmp_path / "data")) if f.name == "drop"]

    assert drops() == [(True, f"{tmp_path}/data/drop is watched")]
    given(LOUPE_DROP="off")
    assert drops() == [(True, "off; no folder or bucket is watched")]
    given(LOUPE_DROP=f"{tmp_path},{tmp_path}/none,s3://pictures/in")
    assert drops() == [
        (True, f"{tmp_path} is watched"),
        (False, f"{tmp_path}/none is no folder: make it, or name another with LOUPE_DROP"),
        (True, "s3://pictures/in is watched"),
    ]
    given(LOUPE_DROP=f"{tmp_path}/data/store")
    ((well, words),) = drops()
    assert not well
    assert "keeps its own files" in words


@pytest.mark.parametrize(
    ("lacks", "words"), [(os.R_OK | os.X_OK, "cannot be read"), (os.W_OK, "no report can be put beside them")]
)
def test_a_watched_folder_without_rights_is_told(
    tmp_path: Path, given: Set, monkeypatch: pytest.MonkeyPatch, lacks: int, words: str
) -> None:
    given(LOUPE_DROP=str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: mode != lacks)
    found = findings(tmp_path / "data")["drop"]
    assert not found.well
    assert words in found.words


def test_a_bucket_is_asked_where_a_connection_is_wanted(
    tmp_path: Path, given: Set, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(LOUPE_DROP="s3://pictures/in", AWS_ENDPOINT_URL_S3="http://127.0.0.1:9")
    given(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
    (found,) = [each for each in doctor.reach(load(data=tmp_path)) if each.name == "drop"]
    assert not found.well
    assert found.words.startswith("The bucket pictures: ")
