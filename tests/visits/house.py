"""The whole web part on a fresh data folder, and browsers that come to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from loupe import settings
from loupe import visits as people
from loupe.commands.web import web
from loupe.ground import Ground, ground
from pipeline.visitors import Asking, Visitor

ANA = "ana@example.org"
PUBLIC = "https://pictures.example.org"


@dataclass
class House:
    """One installation."""

    base: Ground
    app: Starlette

    @property
    def url(self) -> str:
        return self.base.settings.site

    def browser(self, url: str = "", **more: Any) -> TestClient:
        """Somebody with a browser, who sends what browsers send with a form of the page at ``url``."""
        client = TestClient(self.app, base_url=url or self.url, follow_redirects=False, **more)
        client.headers.update({"origin": url or self.url, "accept": "text/html,*/*;q=0.8"})
        return client

    def ask(self, browser: TestClient, mailbox: str = ANA, **more: str) -> Asking:
        """Fill in the form; the letter that is due."""
        answer = browser.post("/in", data={"mailbox": mailbox, **more})
        assert (answer.status_code, answer.headers.get("location")) == (303, "/in/code"), answer.text
        return self.pending()[0]

    def pending(self) -> list[Asking]:
        return people.visitors(self.base).pending()

    def sign_in(self, browser: TestClient, mailbox: str = ANA) -> Visitor:
        """By a link, whatever letters are about."""
        answer = browser.post(f"/in/{self.ask(browser, mailbox).token}")
        assert answer.status_code == 303
        found = self.who(browser)
        assert found
        return found

    def who(self, browser: TestClient) -> Visitor | None:
        """Who is signed in in this browser."""
        visits = people.visits(self.base)
        return visits.visitor(_request(browser, visits.cookie))

    def count(self, table: str) -> int:
        return int(self.base.database.read(f"SELECT COUNT(*) FROM {table}")[0][0])


def house(folder: Path, **given: Any) -> House:
    """With these settings."""
    config = settings.load(data=folder, **given)
    app = web(config)
    return House(ground(config), app)


def public(folder: Path, **given: Any) -> House:
    """Reached by TLS, with mail, and open for example.org."""
    known = {"public_url": PUBLIC, "mail": "smtp://localhost:25", "upload_domains": ("example.org",)}
    return house(folder, **(known | given))


def heading(answer: Any) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.text, re.DOTALL)
    return found[1] if found else ""


def _request(browser: TestClient, cookie: str) -> Any:
    from starlette.requests import Request

    value = browser.cookies.get(cookie, "")
    headers = [(b"host", browser.base_url.netloc), (b"cookie", f"{cookie}={value}".encode())]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": headers})
