"""Programs that live in an environment of their own: without it tests are skipped, but never in CI."""

import os
from pathlib import Path

import pytest

BIN = Path(__file__).parent / ".venv" / "bin"


def need(program: Path) -> None:
    """Skip where a program or package is not installed; fail where CI=true."""
    if program.exists():
        return
    words = f"{program.name} is missing below tests/servers: run .ci/tools"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)
