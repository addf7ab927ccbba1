"""With no network but loopback Loupe does everything it does, and does not even try to call anybody."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.running import HOME, environment
from tests.whole.house import called

pytestmark = pytest.mark.xdist_group("whole-alone")


def test_pictures_get_their_cards_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    unshare = ["unshare", "--net"]
    if subprocess.run([*unshare, "true"], capture_output=True).returncode != 0:
        assert os.environ.get("CI") != "true", "CI must be able to make a network namespace"
        pytest.skip("this machine cannot make a network namespace")
    command = [*unshare, sys.executable, "-m", "tests.whole.alone", str(tmp_path)]
    ended = subprocess.run(
        command, cwd=HOME, env=environment({}), capture_output=True, text=True, timeout=100
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert (found["sent"], found["missing"], found["doubled"]) == (3, 0, 0)
    assert called(tmp_path) == []


def test_the_watch_that_says_so_sees_a_call_to_another_host(tmp_path: Path) -> None:
    code = "import socket; s = socket.socket(); s.settimeout(0.01); s.connect_ex(('192.0.2.1', 9))"
    watch = {
        "PYTHONPATH": str(HOME / "tests" / "whole" / "watch"),
        "WATCHED_HOSTS": str(tmp_path / "hosts.txt"),
    }
    subprocess.run([sys.executable, "-c", code], env=environment(watch), check=True)
    assert called(tmp_path) == ["192.0.2.1"]
