"""Where the site runs at a terminal, whoever sits there sees the link as a sentence and can follow it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode

from tests.mail.office import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def read(terminal: int, wanted: str) -> str:
    """What the terminal shows until something is there."""
    shown, until = "", time.monotonic() + PATIENCE
    while not re.search(wanted, shown) and time.monotonic() < until:
        if select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 4096).decode()
    return shown


def ask(url: str) -> None:
    """As a browser does, once the site is there."""
    body = urlencode({"mailbox": "ana@example.org"}).encode()
    request = urllib.request.Request(f"{url}/in", body, {"Origin": url})
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):
                return
        except (URLError, HTTPException, ConnectionError):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_the_link_is_shown_at_the_terminal(tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    terminal, there = pty.openpty()
    known = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "loupe", "web", "--data", str(tmp_path), "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=known, stdout=there, stderr=there) as web:
        try:
            ask(url)
            shown = read(terminal, r"the code \d{6}\r\n")
        finally:
            web.terminate()
    os.close(terminal)
    os.close(there)
    sentence = rf"To sign in as ana@example\.org: {url}/in/[0-9a-f]{{48}} or the code \d{{6}}\r\n"
    assert re.search(sentence, shown), shown
    assert '"message"' not in shown, "a sentence, no line of a log"
