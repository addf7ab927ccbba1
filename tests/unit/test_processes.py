"""Which processes still run, and which only have a number left."""

import os
import subprocess
import sys

import pytest

from pipeline.processes import alive


def test_a_process_that_runs_is_alive_ours_and_others() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert alive(os.getpid())
        assert alive(other.pid)


def test_a_process_that_ended_is_not_alive() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not alive(ended.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_a_process_that_ended_and_that_nobody_asked_about_is_not_alive() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert ended.stdout
    ended.stdout.read()  # its end closes the pipe
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert not alive(ended.pid)
    ended.communicate()
