"""What must and must not be in the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REGISTRIES = re.compile(
    "|".join(["py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian\.org"])
)
LARGEST = 5_000_000


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", tracked(), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_file_names_a_package_registry_or_is_too_big(path: Path) -> None:
    assert path.stat().st_size < LARGEST
    assert not REGISTRIES.search(path.read_bytes().decode("utf-8", "replace"))


def test_every_locked_requirement_is_pinned_and_hashed() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    extra = (ROOT / "requirements-hyper.lock").read_text()
    entries = [e for e in re.split(r"\n(?=[a-z0-9])", lock.strip() + "\n" + extra.strip()) if e]
    assert len(entries) > 40
    for entry in entries:
        assert re.match(r"[a-z0-9._\[\]-]+==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry
    assert "--index-url" not in lock + extra


def test_every_requirement_of_the_project_is_locked() -> None:
    declared = re.findall(r'^    "([a-z0-9-]+)[><=]', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    lock = "".join(path.read_text() for path in sorted(ROOT.glob("requirements*.lock")))
    assert declared
    for name in declared:
        assert re.search(rf"^{name}==", lock, re.MULTILINE), name


def test_the_ledger_of_a_run_never_gets_into_the_repository() -> None:
    ignored = (ROOT / ".gitignore").read_text().split()
    assert {"/data/", ".env", ".venv/"} <= set(ignored)
