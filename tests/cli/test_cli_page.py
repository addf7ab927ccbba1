"""The page of a checked picture as `loupe web` serves it, and what it does without an index of places."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from loupe.commands.web import web
from loupe.settings import Settings, load, variable
from pipeline.adapters.geonames import GeoNames
from pipeline.errors import Unavailable
from pipeline.model import Spot, Town
from tests.cli.running import Json, bare, lines, loupe
from web import assets

PHOTO = Path(__file__).parents[1] / "data" / "pigallery2--big_ben.jpg"

ELSEWHERE = ("dashboard.css", "dashboard.js")
"""Files of other pages."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Json]]:
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, folder, [variable(name) for name in Settings.model_fields])
        patch.setenv("LOUPE_WORKERS", "1")
        (report,) = lines(loupe("check", PHOTO, "--json", "--data", folder / "data"))
        with TestClient(web(load(data=folder / "data"))) as client:
            yield client, report


def test_the_page_shows_picture_place_and_markup_under_its_policy(served: tuple[TestClient, Json]) -> None:
    client, report = served
    answer = client.get(f"/i/{report['id']}")
    assert answer.status_code == 200
    assert "Photo in London, United Kingdom" in answer.text
    assert 'class="locator"' in answer.text
    assert "Lambeth" in answer.text
    assert all(each["url"] in answer.text for each in report["renditions"])
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "style-src 'self'" in policy


def test_nothing_private_is_in_it(served: tuple[TestClient, Json]) -> None:
    client, report = served
    page = client.get(f"/i/{report['id']}").text
    at, camera = report["location"], report["camera"]
    secrets = [PHOTO.name, report["short"], report["sha256"], camera["model"], report["taken_at"][:10]]
    for private in (*secrets, str(at["latitude"]), str(at["longitude"])):
        assert private not in page


@pytest.mark.parametrize("name", [name for name in assets.ASSETS if name not in ELSEWHERE])
def test_its_files_are_served_beside_the_pictures(served: tuple[TestClient, Json], name: str) -> None:
    client, report = served
    assert assets.address(name) in client.get(f"/i/{report['id']}").text
    assert client.get(assets.address(name)).status_code == 200


def test_a_broken_index_of_places_costs_the_map_alone(
    served: tuple[TestClient, Json], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Spot | float) -> tuple[Town, ...]:
        raise Unavailable("The index of places cannot be read.")

    monkeypatch.setattr(GeoNames, "towns", broken)
    client, report = served
    answer = client.get(f"/i/{report['id']}")
    assert answer.status_code == 200
    assert "London, United Kingdom" in answer.text
    assert "<svg" not in answer.text
    assert "cannot be read" in caplog.text
