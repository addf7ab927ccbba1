"""The dashboard's text: the same numbers everywhere, valid whatever happened, and no word of anybody's."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pipeline.errors import Unavailable
from pipeline.figures import EVERYTHING, Day
from pipeline.outbox import Standing
from tests.unit.test_page import HOSTILE, Tree
from tests.validators.checking import wrong_html
from tests.web.installation import NOW, STATES, Installation
from web import assets, dashboard
from web.access import Access
from web.board import Asked, asked, board, data
from web.dashboard import page

TODAY = Asked(Day(NOW.date()), 7)
WEIGHT = 100_000
"""Bytes of the page and all that it loads, uncompressed."""


@pytest.fixture(scope="module")
def installations(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Installation]:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in STATES.items()}


@pytest.fixture
def busy(installations: dict[str, Installation]) -> Installation:
    return installations["busy"]


def html_of(made: Installation, wanted: Asked = TODAY) -> str:
    return page(board(made.watched(), wanted, NOW.timestamp()))


def client(made: Installation, access: Access | None = None) -> TestClient:
    gate = access or Access(own=True)
    found = dashboard.routes(made.watched(), gate.invite, gate.guard, clock=NOW.timestamp)
    return TestClient(Starlette(routes=found), base_url="http://127.0.0.1:8080")


def figures(html: str) -> dict[str, float | None]:
    """The exact values on the page, by name; None where it says that there is none."""
    tags = [attributes for _, attributes in Tree(html).tags if attributes.get("data-figure")]
    return {str(a["data-figure"]): float(str(a["value"])) if "value" in a else None for a in tags}


def test_html_accepts_every_state(installations: dict[str, Installation]) -> None:
    pages = {name: html_of(made) for name, made in installations.items()}
    pages |= {f"{name}_month": html_of(made, Asked(TODAY.day, 30)) for name, made in installations.items()}
    pages["before"] = html_of(installations["busy"], Asked(Day(NOW.date() - timedelta(days=400)), 7))
    assert {name: wrong for name, wrong in wrong_html(pages).items() if wrong} == {}


@pytest.mark.parametrize("state", STATES)
def test_page_json_and_ledger_tell_the_same_numbers(
    installations: dict[str, Installation], state: str
) -> None:
    made = installations[state]
    [figures_of_day] = made.numbers.days(EVERYTHING, [TODAY.day])
    told = client(made).get("/dashboard.json").json()
    shown = figures(client(made).get("/dashboard").text)
    for name in ("images", "held", "rejected", "failed", "waiting", "published", "with_faces",
                 "median_seconds", "p95_seconds"):  # fmt: skip
        assert told[name] == getattr(figures_of_day, name)
        assert name not in shown or shown[name] == told[name]
    assert told["bytes_saved"] == figures_of_day.saved
    assert told["steps"] == [asdict(each) for each in made.numbers.steps(TODAY.day)]
    assert shown["queue.parked"] == told["queue"]["parked"] == made.watched().catalog.queue().parked
    assert shown["queue.images.held"] == told["queue"]["images"].get("held", 0)
    assert ("images" in shown) == (state != "empty")


def test_every_day_of_the_range_is_in_the_table_and_in_the_json(busy: Installation) -> None:
    told = client(busy).get("/dashboard.json?days=30").json()
    days = Asked(TODAY.day, 30).span
    known = busy.numbers.days(EVERYTHING, days)
    assert [each["date"] for each in told["days"]] == [str(day.date) for day in days]
    assert [each["images"] for each in told["days"]] == [each.images for each in known]
    text = Tree(html_of(busy, Asked(TODAY.day, 30))).text
    assert all(f"{each.day.date.day} {each.day.date:%b}{each.images}" in text for each in known)


def test_a_day_that_is_named_is_told_with_a_way_back(busy: Installation) -> None:
    html = client(busy).get("/dashboard?day=2026-11-20&days=30").text
    links = [attributes.get("href") for tag, attributes in Tree(html).tags if tag == "a"]
    assert "<h1>Friday 20 November</h1>" in html
    assert {"?day=2026-11-19&days=30", "?day=2026-11-21&days=30", "?days=30"} <= set(links)
    assert "<h1>Thursday 20 November 2025</h1>" in client(busy).get("/dashboard?day=2025-11-20").text


@pytest.mark.parametrize(
    "query",
    ["day=2026-11-23", "day=1999-12-31", "day=yesterday", "day=2026-02-30", "day=", "days=8", "days=",
     "day=%E0%A5%A6026-11-20", "day=20261122", "day=2026-W47-1", "days=7.0", "day=0001-01-01"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/dashboard", "/dashboard.json"])
def test_days_that_cannot_be_told_are_refused_in_words(busy: Installation, path: str, query: str) -> None:
    answer = client(busy).get(f"{path}?{query}")
    assert answer.status_code == 400
    assert answer.text.startswith(("day must", "days must", "day is"))
    assert answer.headers["content-type"].startswith("text/plain")


@given(st.dictionaries(st.sampled_from(["day", "days", "x"]), st.text()))
def test_no_query_breaks_it(query: dict[str, str]) -> None:
    try:
        found = asked(query, NOW.timestamp(), "Pacific/Kiritimati")
    except ValueError:
        return
    assert len(found.span) in (7, 30)
    assert found.span[-1] == found.day


def test_the_day_is_that_of_the_installations_zone(tmp_path: Path) -> None:
    made = Installation(tmp_path, zone="Pacific/Kiritimati")
    made.images(NOW, 2)
    told = client(made).get("/dashboard.json").json()
    assert (told["date"], told["images"], told["as_of"]) == ("2026-11-23", 2, "2026-11-23T04:03:10+14:00")


def test_a_fresh_installation_says_what_to_do_first(installations: dict[str, Installation]) -> None:
    text = Tree(html_of(installations["empty"])).text
    assert "No picture yet" in text
    assert "loupe check FILE" in text
    assert '<svg class="chart"' not in html_of(installations["empty"])


def test_parked_runs_come_with_the_command_that_runs_them_again(
    installations: dict[str, Installation],
) -> None:
    made = installations["parked"]
    text = Tree(html_of(made)).text
    known = made.watched().catalog.parked(50)
    assert len(known) == 24
    assert text.count("loupe replay IMG-") == 20
    assert "These are the newest 20 of 24." in text
    assert "No space left on device" in text
    assert not any(row.image in html_of(made) for row in known)


def test_alarms_stand_on_top_with_what_to_do(installations: dict[str, Installation]) -> None:
    html = html_of(installations["alarm"])
    above = Tree(html.partition("<h1>")[0]).text
    assert "2 alarms stand" in above
    assert "Make space, or move the folder." in above
    assert "Raised 45 min ago." in above
    assert "silent for" in Tree(html).text
    assert "alarm" not in Tree(html_of(installations["busy"]).partition("<h1>")[0]).text


def test_sinks_are_told_in_words_and_those_that_failed_with_their_fault(
    installations: dict[str, Installation],
) -> None:
    told = {
        each["sink"]: each for each in client(installations["fault"]).get("/dashboard.json").json()["sinks"]
    }
    assert {name: each["mood"] for name, each in told.items()} == {
        "gone": "wrong", "mail": "well", "ops": "busy", "slack": "well", "zap": "wrong",
    }  # fmt: skip
    assert (told["zap"]["due"], told["zap"]["sent"], told["zap"]["parked"]) == (17, 4, 3)
    assert told["gone"]["kind"] is None
    text = Tree(html_of(installations["fault"])).text
    assert "Last fault: The answer was 503." in text
    assert "not set up any more" in text
    assert "loupe sinks replay NAME" in text


def test_what_a_standing_says_more_one_day_is_shown_too(
    busy: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass(frozen=True, slots=True)
    class Wider(Standing):
        breaker_state: str = "open"
        idle: int = 0

    monkeypatch.setattr(busy.outbox, "standings", lambda: [Wider("ops", 1, 0, 0, 3.0, 1, "No.")])
    text = Tree(html_of(busy)).text
    assert "Breaker state: open" in text
    assert "Idle" not in text


def hostile_installation(folder: Path, words: str) -> Installation:
    made = Installation(folder, sinks={words: words})
    made.images(NOW, 1)
    made.park(words)
    made.news(words, due=1, fault=words)
    made.alarm(words, f"{words}\n{words}")
    made.beats.beat(words)
    made.runs(NOW, words, 3)
    return made


def test_hostile_words_stay_words_and_the_page_stays_valid(tmp_path: Path) -> None:
    html = html_of(hostile_installation(tmp_path, HOSTILE))
    tree = Tree(html)
    assert [a.get("src") for tag, a in tree.tags if tag == "script"] == [assets.address("dashboard.js")]
    assert "{{ 7 * 7 }}" in tree.text
    assert "\0" not in html
    assert "\u202e" not in html
    assert wrong_html({"hostile": html})["hostile"] == []


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The tags of the page where all words are harmless."""
    return tags(html_of(hostile_installation(tmp_path_factory.mktemp("plain"), "word")))


def tags(html: str) -> list[str]:
    return [tag for tag, _ in Tree(html).tags if tag not in ("bdi", "br", "wbr")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(words=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_no_words_change_what_the_page_is_made_of(
    tmp_path_factory: pytest.TempPathFactory, skeleton: list[str], words: str
) -> None:
    made = hostile_installation(tmp_path_factory.mktemp("any"), words)
    told = board(made.watched(), TODAY, NOW.timestamp())
    assert tags(page(told)) == skeleton
    json.dumps(data(told), default=str)


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(installations: dict[str, Installation]) -> None:
    for made in installations.values():
        for tag, attributes in Tree(html_of(made)).tags:
            assert tag not in ("style", "iframe", "object", "embed", "form", "base")
            assert not [name for name in attributes if name == "style" or name.startswith("on")]
            loaded = [attributes.get("src"), attributes.get("href") if tag == "link" else None]
            assert all(each.startswith("/i/static/") for each in loaded if each)
            assert tag != "a" or str(attributes.get("href")).startswith(("?", "#", "dashboard.json"))


def test_page_style_script_and_drawings_weigh_no_more_than_they_may(
    installations: dict[str, Installation],
) -> None:
    made = installations["parked"]
    made.alarm("Words. " * 20 + "\n" + "What to do. " * 20)
    html = client(made).get("/dashboard?days=30").content
    loaded = sum(
        len(assets.ASSETS[name].content) for name in assets.ASSETS if assets.address(name) in html.decode()
    )
    assert len(html) + loaded <= WEIGHT
    assert loaded > 10_000


@pytest.fixture
def told(busy: Installation) -> Iterator[TestClient]:
    with client(busy) as found:
        yield found


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard.json", "/dashboard?day=x"])
def test_no_cache_keeps_it_and_no_other_site_frames_it(told: TestClient, path: str) -> None:
    headers = told.get(path).headers
    assert headers["cache-control"] == "no-store"
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_with_a_token_people_are_asked_for_it_and_programs_must_bring_it(busy: Installation) -> None:
    door = client(busy, Access("secret", own=True))
    assert door.get("/dashboard").status_code == 401
    assert "Basic" in door.get("/dashboard").headers["www-authenticate"]
    assert door.get("/dashboard.json").status_code == 404
    assert door.get("/dashboard", auth=("anybody", "secret")).status_code == 200
    assert door.get("/dashboard.json", headers={"Authorization": "Bearer secret"}).status_code == 200
    assert door.get("/dashboard", auth=("anybody", "wrong")).status_code == 401


def test_without_a_token_only_this_machine_sees_it(busy: Installation) -> None:
    assert client(busy).get("/dashboard").status_code == 200
    for path in ("/dashboard", "/dashboard.json"):
        assert client(busy, Access()).get(path).status_code == 404
        assert client(busy).get(path, headers={"X-Forwarded-For": "10.0.0.1"}).status_code == 404
        assert client(busy).get(path, headers={"Host": "rebound.example"}).status_code == 404


def test_a_ledger_that_cannot_be_read_is_said_in_words(
    busy: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> list[Standing]:
        raise Unavailable("The ledger cannot be used.")

    monkeypatch.setattr(busy.outbox, "standings", gone)
    answer = client(busy).get("/dashboard")
    assert (answer.status_code, answer.text) == (503, "The ledger cannot be used.\n")
    assert answer.headers["retry-after"] == "10"
