"""A person has an end of files and bytes a day, and is told so in words; others are not held up by it."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.visits.house import House, house

FILE = {"name": "a.jpg", "type": "image/jpeg", "size": 1_000}


@pytest.fixture
def here(tmp_path: Path) -> House:
    return house(tmp_path, upload_files=3, upload_bytes=10_000)


def want(browser: TestClient, **more: Any) -> Any:
    return browser.post("/tickets", json=FILE | more, headers={"accept": "*/*"})


def signed_in(here: House, mailbox: str) -> TestClient:
    browser = here.browser()
    here.sign_in(browser, mailbox)
    return browser


def test_files_have_an_end(here: House) -> None:
    ana, bob = signed_in(here, "ana@example.org"), signed_in(here, "bob@example.org")
    assert [want(ana).status_code for _ in range(4)] == [201, 201, 201, 409]
    said = want(ana).json()["error"]
    assert "3 files" in said
    assert want(bob).status_code == 201


def test_bytes_have_an_end(here: House) -> None:
    ana = signed_in(here, "ana@example.org")
    assert want(ana, size=9_000).status_code == 201
    refused = want(ana, size=1_001)
    assert refused.status_code == 409
    assert "GB" in refused.json()["error"]
    assert want(ana, size=1_000).status_code == 201


def test_another_device_and_another_sign_in_are_the_same_person(here: House) -> None:
    phone, desk = signed_in(here, "ana@example.org"), signed_in(here, "Ana@Example.org")
    assert [want(each).status_code for each in (phone, desk, phone, desk)] == [201, 201, 201, 409]
    desk.post("/out", data={"where": "everywhere"})
    assert want(phone).status_code == 401
    assert want(signed_in(here, "ana@example.org")).status_code == 409


def test_a_day_later_there_is_room_again(here: House) -> None:
    ana = signed_in(here, "ana@example.org")
    assert [want(ana).status_code for _ in range(4)] == [201, 201, 201, 409]
    with here.base.database.write() as connection:
        connection.execute("UPDATE tickets SET at=at-86401")
    assert want(ana).status_code == 201
