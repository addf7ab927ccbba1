"""Health over HTTP: alive, ready, and the reason when not."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from starlette.testclient import TestClient

from loupe import health
from loupe.commands.web import access
from loupe.ground import ground
from loupe.settings import load
from pipeline.catalog import Catalog
from pipeline.errors import Unavailable
from web.access import Access
from web.app import create_app


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return ground(load(data=tmp_path)).catalog


def test_healthz_says_that_the_process_lives(catalog: Catalog) -> None:
    app = create_app(catalog, lambda: "not ready")
    assert TestClient(app).get("/healthz").json() == {"ok": True}


def test_readyz_says_how_much_waits(catalog: Catalog) -> None:
    app = create_app(catalog, lambda: None)
    told = TestClient(app).get("/readyz").json()
    assert (told["ok"], told["waiting"], told["parked"]) == (True, 0, 0)


def test_readyz_is_503_with_the_reason_when_work_cannot_be_taken(catalog: Catalog) -> None:
    answer = TestClient(create_app(catalog, lambda: "The disk is full.")).get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "reason": "The disk is full."}


def test_a_check_that_raises_words_is_a_reason_too(catalog: Catalog) -> None:
    def ready() -> str | None:
        raise Unavailable("The folder is read-only.")

    answer = TestClient(create_app(catalog, ready)).get("/readyz")
    assert answer.json()["reason"] == "The folder is read-only."


def test_readyz_says_which_parts_were_heard_of_and_which_are_missed(catalog: Catalog) -> None:
    app = create_app(
        catalog, lambda: None, ages=lambda: {"web": 1.26, "bot": 300.0, "worker": 2.0, "clock": 3}
    )
    told = TestClient(app).get("/readyz").json()
    assert told["ok"]
    assert told["parts"] == {"bot": 300.0, "clock": 3, "web": 1.3, "worker": 2.0}
    assert told["silent"] == ["bot (silent for 5 min)", "news (never heard of)", "drop (never heard of)"]


def test_a_ledger_that_cannot_be_read_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    base = ground(load(data=tmp_path))
    app = create_app(base.catalog, lambda: None)
    base.database.close()
    (tmp_path / "ledger.sqlite").write_bytes(b"no ledger at all " * 500)
    answer = TestClient(app).get("/readyz")
    assert answer.status_code == 503
    assert "The ledger" in answer.json()["reason"]


def test_pictures_are_taken_while_the_ledger_can_be_written(tmp_path: Path) -> None:
    base = ground(load(data=tmp_path))
    assert health.reason(base) is None
    other = sqlite3.connect(tmp_path / "ledger.sqlite")
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(health, "PATIENCE", 0.05)
            assert "locked" in (health.reason(base) or "")
        other.execute("ROLLBACK")
    assert health.reason(base) is None


def test_a_ledger_that_is_gone_and_a_disk_that_is_full_are_told_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = ground(load(data=tmp_path))
    (tmp_path / "ledger.sqlite").unlink()
    monkeypatch.setattr(health, "FLOOR", 1 << 62)
    reason = health.reason(base) or ""
    assert "is gone" in reason
    assert "MB left. Free some space." in reason


def test_the_loop_that_answers_requests_gives_the_sign_of_life(catalog: Catalog) -> None:
    turned = Event()
    app = create_app(catalog, lambda: None, turned=turned.set)
    TestClient(app).get("/healthz")
    assert not turned.is_set()  # nobody serves it
    with TestClient(app):
        assert turned.wait(10)


@pytest.mark.parametrize(
    ("given", "own"),
    [
        ({}, True),
        ({"host": "0.0.0.0"}, False),
        ({"host": "::1"}, True),
        ({"public_url": "https://pictures.example.org"}, False),
    ],
)
def test_only_a_site_that_nobody_else_reaches_shows_its_figures_without_a_token(
    given: dict[str, str], own: bool, tmp_path: Path
) -> None:
    assert access(load(data=tmp_path, **given)) == Access("", own=own)
    told = access(load(data=tmp_path, metrics_token="secret", **given))
    assert told == Access("secret", own=own)
