"""The data folder: made when missing, refused with a sentence, held by one instance."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from loupe import preflight
from loupe.ground import folder, ground, only_instance
from loupe.settings import load
from pipeline.errors import Unavailable


def test_a_missing_data_folder_is_made(tmp_path: Path) -> None:
    base = ground(load(data=tmp_path / "a" / "b"))
    assert (tmp_path / "a" / "b" / "ledger.sqlite").exists()
    base.database.close()


def test_a_folder_that_is_a_file_is_refused_with_its_name_and_a_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"file cannot be written to: .*--data"):
        folder(tmp_path / "file")


def test_the_probe_for_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_second_instance_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    with (
        only_instance(tmp_path),
        pytest.raises(Unavailable, match=rf"already running on .*process {os.getpid()}"),
        only_instance(tmp_path),
    ):
        pass


def test_the_folder_is_free_again_when_the_first_instance_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from loupe.ground import only_instance\n"
        "with only_instance(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Unavailable), only_instance(tmp_path):
            pass
        holder.kill()
    with only_instance(tmp_path):
        pass


def test_a_damaged_ledger_stops_the_start_with_a_sentence_that_spares_the_originals(tmp_path: Path) -> None:
    base = ground(load(data=tmp_path))
    base.database.close()
    ledger = tmp_path / "ledger.sqlite"
    ledger.write_bytes(b"not a database, " * 1000)
    with pytest.raises(Unavailable, match=r"is damaged: .*originals are not touched"):
        preflight.check(load(data=tmp_path))


def test_a_ledger_with_a_damaged_page_is_noticed_before_anything_starts(tmp_path: Path) -> None:
    base = ground(load(data=tmp_path))
    base.database.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base.database.close()
    ledger = tmp_path / "ledger.sqlite"
    content = bytearray(ledger.read_bytes())
    content[4096:8192] = os.urandom(4096)
    ledger.write_bytes(content)
    with pytest.raises(Unavailable, match="damaged"):
        preflight.check(load(data=tmp_path))
