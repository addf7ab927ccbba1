"""The file host is slow, moody or lost: every picture is looked at, or somebody is told why not."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.examiner.examined import Examined, examined, picture, until
from tests.examiner.slack import Json, Trick

pytestmark = pytest.mark.xdist_group("examiner-downloads")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examined]:
    with examined(tmp_path_factory.mktemp("downloads")) as found:
        yield found


@pytest.fixture(autouse=True)
def well_again(home: Examined) -> Iterator[None]:
    yield
    home.slack.tricks.clear()


@pytest.mark.parametrize(("way", "words"), [("404", "deleted"), ("403", "does not let Loupe see")])
def test_what_is_gone_or_closed_is_told_for_good(home: Examined, way: str, words: str) -> None:
    message = home.post(f"C4{way}", home.slack.file(picture(way), way))
    home.says(message, "Not looked at", words)
    home.reacts(message, "warning")


@pytest.mark.parametrize("error", ["file_not_found", "file_deleted"])
def test_a_file_that_is_gone_is_told_as_that(home: Examined, error: str) -> None:
    home.slack.tricks["files.info"].append(Trick(error=error))
    home.says(
        home.post(f"C6{error[-1].upper()}", home.slack.file(picture(error))), "Not looked at", "deleted"
    )


REFUSED = {"token_revoked": "token_revoked", "missing_scope": "files:read", "account_inactive": "token"}
PAGES = ("html", "disguised", "login", "login here", "nowhere")


@pytest.fixture(scope="module")
def mended(home: Examined) -> list[Json]:
    """Messages of which people were told what an admin has to mend; it was mended then."""
    hidden = {home.slack.file(picture(way), way)["id"]: "login page" for way in PAGES}
    denied = {home.slack.file(picture(error))["id"]: error for error in REFUSED}
    words = hidden | {id: REFUSED[error] for id, error in denied.items()}
    home.slack.denied = denied
    messages = {id: home.post(f"C3{n}", home.slack.files[id]) for n, id in enumerate(words)}
    for id, message in messages.items():
        home.says(message, "Not looked at yet", words[id], "An admin has to")
        home.reacts(message, "warning")
    home.slack.denied = {}
    for id in hidden:
        home.slack.served[id].append("well")
    return list(messages.values())


def test_what_an_admin_can_mend_is_told_at_once(mended: list[Json]) -> None:
    assert len(mended) == len(REFUSED) + len(PAGES)


def test_however_a_good_file_is_served_it_is_looked_at(home: Examined) -> None:
    ways = ["gzip", "chunked", "unmeasured", "untyped", "relative", "elsewhere", "slow"]
    messages = [home.post("C" + way.upper(), home.slack.file(picture(way), way)) for way in ways]
    for message in messages:
        home.says(message, "No nudity seen")


def test_files_may_lie_on_another_port_or_name_of_this_machine(home: Examined) -> None:
    hosts = [f"localhost:{home.slack.port}", f"127.0.0.1:{home.slack.files_port}"]
    for number, host in enumerate(hosts):
        home.says(home.post(f"C1{number}", home.slack.file(picture(host), host=host)), "No nudity seen")


def test_a_file_without_a_download_address_is_fetched_from_its_own(home: Examined) -> None:
    file = home.slack.file(picture("private"), url_private_download=None)
    home.says(home.post("C12", file), "No nudity seen")


def test_what_breaks_off_is_fetched_again(home: Examined) -> None:
    ways = [("short", "well"), ("500", "503", "well"), ("429", "well")]
    messages = [
        home.post(f"C2{number}", home.slack.file(picture(way), *way)) for number, way in enumerate(ways)
    ]
    for message in messages:
        home.says(message, "No nudity seen")


def test_a_file_elsewhere_is_not_fetched(home: Examined) -> None:
    for number, host in enumerate(
        ["files.slack.com", "evil.example", "192.0.2.7:80", "127.0.0.1@evil.example"]
    ):
        file = home.slack.file(picture(host), host=host)
        home.says(home.post(f"C7{number}", file), "Not looked at", "not one of Slack's")
    external: dict[str, Any] = {"is_external": True, "external_type": "gdrive", "mode": "external"}
    home.says(home.post("C78", home.slack.file(picture("drive"), **external)), "kept outside of Slack")


def test_once_it_is_mended_the_picture_is_looked_at(home: Examined, mended: list[Json]) -> None:
    """Last, because Loupe takes its time to ask again."""
    for message in mended:
        home.says(message, "No nudity seen")
    until(lambda: any(m["reactions"] == ["white_check_mark"] for m in mended), "a tick in place of a warning")
