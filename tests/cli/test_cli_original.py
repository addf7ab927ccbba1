"""`loupe original`: the very file that was posted, on one machine."""

import errno
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from loupe.ground import Ground
from tests.cli import keeping
from tests.cli.running import loupe


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def hash_of(base: Ground, name: str) -> str:
    return str(base.catalog.report(keeping.image(base, name))["sha256"])


def test_it_says_where_the_file_lies(base: Ground) -> None:
    told = loupe("original", keeping.short(base, "one").lower(), "--data", base.settings.data)
    assert (told.exit_code, told.stderr) == (0, "")
    assert digest(Path(told.stdout.strip())) == hash_of(base, "one")


def test_it_copies_the_file_and_never_over_another(base: Ground, tmp_path: Path) -> None:
    one, to = keeping.short(base, "one"), tmp_path / "one.png"
    told = loupe("original", one, "--to", to, "--data", base.settings.data)
    assert (told.exit_code, told.stdout.startswith(f"{to}: ")) == (0, True)
    assert digest(to) == hash_of(base, "one")
    to.write_text("another")
    again = loupe("original", one, "--to", to, "--data", base.settings.data)
    assert (again.exit_code, again.stderr) == (2, f"{to} is there already; name a new file.\n")
    assert to.read_text() == "another"


def test_half_a_file_does_not_stay(base: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("loupe.commands.original.os.fsync", full)
    told = loupe("original", keeping.short(base, "one"), "--to", tmp_path / "a", "--data", base.settings.data)
    assert (told.exit_code, told.stderr) == (1, f"{tmp_path}/a cannot be written: No space left on device.\n")
    assert not (tmp_path / "a").exists()


def test_what_is_in_the_archive_has_to_be_brought_back(base: Ground) -> None:
    one, data = keeping.short(base, "one"), ("--data", base.settings.data)
    assert loupe("archive", one, *data).exit_code == 0
    away = loupe("original", one, *data)
    words = f"The original of {one} is in the archive: `loupe restore {one}` first.\n"
    assert (away.exit_code, away.stdout, away.stderr) == (2, "", words)
    assert loupe("restore", one, *data).exit_code == 0
    assert digest(Path(loupe("original", one, *data).stdout.strip())) == hash_of(base, "one")


def test_who_has_none_is_told_so(base: Ground, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    keeping.checked(base.settings.data, broken)
    short = keeping.short(base, "broken")
    told = loupe("original", short, "--data", base.settings.data)
    words = f"{short} has no original: `loupe status {short}` says why.\n"
    assert (told.exit_code, told.stderr) == (2, words)
    nobody = loupe("original", "IMG-NONE", "--data", base.settings.data)
    assert (nobody.exit_code, nobody.stderr) == (
        2,
        f"There is no image 'IMG-NONE' in {base.settings.data}.\n",
    )
