"""The dashboard of an installation: wired to its ledger, its settings and its rule of access."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from loupe.commands.web import web
from loupe.settings import load

HERE = "http://127.0.0.1:8080"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_fresh_installation_has_one_for_this_machine(tmp_path: Path) -> None:
    with TestClient(web(load(data=tmp_path / "data", timezone="Europe/Sofia")), base_url=HERE) as asking:
        answer = asking.get("/dashboard")
        assert answer.status_code == 200
        assert "No picture yet" in answer.text
        told = asking.get("/dashboard.json").json()
        assert (told["zone"], told["images"], told["sinks"], told["alarms"]) == ("Europe/Sofia", 0, [], [])
        links = [part.split('"')[0] for part in answer.text.split('href="/')[1:]]
        assert all(asking.get(f"/{link}").status_code == 200 for link in links)


def test_a_public_site_shows_it_to_those_alone_who_know_the_token(tmp_path: Path) -> None:
    public = "https://pictures.example.org"
    with TestClient(web(load(data=tmp_path / "a", public_url=public)), base_url=public) as asking:
        assert asking.get("/dashboard").status_code == asking.get("/dashboard.json").status_code == 404
    told = load(data=tmp_path / "b", public_url=public, metrics_token="a long secret")
    with TestClient(web(told), base_url=public) as asking:
        assert asking.get("/dashboard").status_code == 401
        assert asking.get("/dashboard", auth=("me", "a long secret")).status_code == 200
        assert asking.get("/dashboard.json", auth=("me", "a long secret")).json()["site"] == public


def test_sinks_stand_there_by_name_and_never_by_address(tmp_path: Path) -> None:
    sinks = {
        "ops": {
            "kind": "webhook",
            "address": "https://example.org/unseen-path",
            "secret": "unspoken-unspoken-unspoken",
        }
    }
    config = load(data=tmp_path, sinks=sinks, mail="smtp://me:password@mail.example.org:587")
    with TestClient(web(config), base_url=HERE) as asking:
        told, html = asking.get("/dashboard.json"), asking.get("/dashboard").text
    assert {each["sink"]: each["kind"] for each in told.json()["sinks"]} == {"mail": "mail", "ops": "webhook"}
    for word in ("unseen-path", "unspoken", "password", "mail.example.org"):
        assert word not in html + told.text
