"""Health over HTTP: alive, ready, and the reason when not."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

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
    assert TestClient(app).get("/readyz").json() == {"ok": True, "waiting": 0, "parked": 0}


def test_readyz_is_503_with_the_reason_when_work_cannot_be_taken(catalog: Catalog) -> None:
    answer = TestClient(create_app(catalog, lambda: "The disk is full.")).get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "reason": "The disk is full."}


def test_a_check_that_raises_words_is_a_reason_too(catalog: Catalog) -> None:
    def ready() -> str | None:
        raise Unavailable("The folder is read-only.")

    answer = TestClient(create_app(catalog, ready)).get("/readyz")
    assert answer.json()["reason"] == "The folder is read-only."


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
