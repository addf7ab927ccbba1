"""`loupe sinks`: who hears the news, tried out, sent again, forgotten; wrong rows stop the start in words."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from loupe.settings import load
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_outbox import SqliteOutbox
from pipeline.errors import Misconfigured
from pipeline.news import Address, Draft
from pipeline.outbox import Gone, Missed, Outcome, Parked
from tests.cli.running import lines, loupe
from tests.news.hooks import Reply, hook

WEBHOOK = {"kind": "webhook", "address": "https://hooks.example.org/hush", "secret": "hush"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    found.mkdir()
    return found


def named(monkeypatch: pytest.MonkeyPatch, **rows: dict[str, Any]) -> None:
    """Settings with these sinks."""
    monkeypatch.setenv("LOUPE_SINKS", json.dumps(rows))
    monkeypatch.setenv("LOUPE_NEWS_HOSTS", "localhost")


def delivered(data: Path, sink: str, *what: type[Outcome]) -> SqliteOutbox:
    """Deliveries of a sink that ended like this; one more is due."""
    database = Database(data / "ledger.sqlite")
    outbox, newsroom = SqliteOutbox(database), SqliteNewsroom(database)
    for number in range(len(what)):
        newsroom.tell(Draft(f"{sink}{number}", "alarm", f"{number}", {"words": "x"}), [Address(sink)])
    claimed = outbox.turn(sink, "me", [], want=len(what), lease=60)
    ended = [each(one, "It was hopeless.") for each, one in zip(what, claimed, strict=True)]  # type: ignore[call-arg]
    outbox.turn(sink, "me", ended, want=0, lease=60)
    newsroom.tell(Draft(f"{sink} due", "alarm", "due", {"words": "x"}), [Address(sink)])
    return outbox


def test_without_sinks_it_says_how_to_have_some(data: Path) -> None:
    found = loupe("sinks", "list", "--data", data)
    assert (found.exit_code, found.stdout) == (0, "")
    assert "docs/news.md" in found.stderr


def test_the_list_says_how_each_is_doing_and_nothing_secret(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(
        monkeypatch,
        ops=WEBHOOK | {"news": "held,alarm", "channels": "C012AB3CD"},
        topic={"kind": "sns", "address": "arn:aws:sns:eu-west-1:123456789012:hush"},
        room={"kind": "slack", "address": "C0GENERAL1"},
        post={"kind": "email", "address": "hush@example.org"},
        ifttt={"kind": "ifttt", "address": "hush", "secret": "hush"},
    )
    delivered(data, "ops", Parked, *[Missed] * 5)
    delivered(data, "gone", Gone)
    delivered(data, "slack", Parked)
    found = {row["name"]: row for row in lines(loupe("sinks", "list", "--json", "--data", data))}
    assert list(found) == ["ifttt", "ops", "post", "room", "topic", "gone", "slack"]
    ops = found["ops"]
    assert (ops["host"], ops["news"], ops["channels"]) == (
        "hooks.example.org",
        ["alarm", "held"],
        ["C012AB3CD"],
    )
    assert (ops["state"], ops["due"], ops["parked"]) == ("open", 6, 1)
    assert ops["open_until"]
    assert ops["fault"] == "It was hopeless."
    assert (found["gone"]["orphaned"], found["gone"]["state"]) == (True, "paused")
    assert (found["slack"]["orphaned"], found["slack"]["kind"]) == (False, "slack")
    assert found["topic"]["host"] == "SNS eu-west-1"
    said = loupe("sinks", "list", "--data", data).stdout
    assert "hush" not in said + json.dumps(found)
    rows = {cells[0]: cells for cells in (re.split(r"  +", line) for line in said.splitlines())}
    assert rows["gone"][:4] == ["gone", "-", "-", "orphaned"]
    assert rows["ops"][1:3] == ["webhook hooks.example.org", "alarm,held of C012AB3CD"]
    assert rows["ops"][3].startswith("open, next probe ")
    places = {seen.start() for line in said.splitlines() if (seen := re.search(r"\d+ due, ", line))}
    assert len(places) == 1


def test_a_sink_is_tried_out_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hook() as there:
        named(monkeypatch, ops=WEBHOOK | {"address": there.url})
        found = loupe("sinks", "test", "ops", "--data", data)
        assert found.exit_code == 0, found.output
        assert found.stdout.startswith("ops took it (localhost:")
        assert json.loads(there.heard[0].body)["type"] == "loupe.test.v1"
        there.answer = lambda _: Reply(500)
        found = loupe("sinks", "test", "ops", "--data", data)
        assert found.exit_code == 1
        assert (
            found.stdout
            == f"ops did not take it: {there.url.removesuffix('/hook/secret-part')} answered 500.\n"
        )
        there.answer = lambda _: Reply(410)
        assert "wants no more news" in loupe("sinks", "test", "ops", "--data", data).stdout
    assert len({each.id for each in there.heard}) == 3


def test_what_is_parked_is_sent_again(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ops=WEBHOOK, new=WEBHOOK)
    outbox = delivered(data, "ops", Parked, Gone)
    found = loupe("sinks", "replay", "ops", "--data", data)
    assert found.stdout == "ops: 1 parked deliveries are due again.\n"
    assert [(each.due, each.parked, each.state) for each in outbox.standings()] == [(3, 0, "closed")]
    assert loupe("sinks", "replay", "--all", "--data", data).exit_code == 0
    assert loupe("sinks", "replay", "new", "--data", data).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replay"], "Name a sink, or say --all."),
        (["replay", "ops", "--all"], "Name a sink, or say --all."),
        (["replay", "nobody"], "There is no sink 'nobody'."),
        (["test", "nobody"], "There is no sink 'nobody' in LOUPE_SINKS."),
        (["drop", "nobody"], "There is no sink 'nobody'."),
        (["drop", "ops"], "The sink 'ops' is in use."),
        (["drop", "slack"], "The sink 'slack' is in use."),
    ],
)
def test_what_cannot_be_done_is_told(
    data: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    named(monkeypatch, ops=WEBHOOK)
    found = loupe("sinks", *arguments, "--data", data)
    assert found.exit_code == 2
    assert words in found.stderr


def test_a_sink_that_is_gone_from_the_settings_is_dropped(data: Path) -> None:
    outbox = delivered(data, "old", Parked)
    found = loupe("sinks", "--data", data, "drop", "old")
    assert found.stdout == "old is forgotten, with 2 deliveries.\n"
    assert outbox.standings() == []


def test_the_doctor_looks_at_sinks_without_sending(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hook() as there:
        named(
            monkeypatch,
            ops=WEBHOOK | {"address": there.url},
            inside=WEBHOOK | {"address": "https://127.0.0.1/hush"},
            topic={"kind": "sns", "address": "arn:aws:sns:eu-west-1:123456789012:news"},
        )
        monkeypatch.setenv("LOUPE_SINKS__MORE__KIND", "slack")
        monkeypatch.setenv("LOUPE_SINKS__MORE__ADDRESS", "C012AB3CD")
        found = [row for row in lines(loupe("doctor", "--json", "--data", data)) if row["name"] == "sink"]
        assert there.connections == 0
    assert [row["words"].split(":")[0] for row in found if row["well"]] == ["more", "ops", "topic"]
    (wrong,) = [row["words"] for row in found if not row["well"]]
    assert wrong.startswith("https://127.0.0.1 is not a public address")


@pytest.mark.parametrize(
    ("name", "row", "words"),
    [
        ("ops", {"kind": "webhook", "address": "http://hush.example/x"}, "must begin with https://"),
        ("ops", {"kind": "zapier", "address": "hush"}, "must begin with https:// and a host"),
        ("ops", {"kind": "webhook", "address": "https://a:hush@x.example/"}, "without a user's name"),
        ("ops", {"kind": "webhook", "address": "https://x.example:hush/"}, "cannot be read"),
        ("ops", {"kind": "ifttt", "address": "loupe"}, "the key of IFTTT's Webhooks service, is missing"),
        ("ops", {"kind": "ifttt", "address": "a b", "secret": "hush"}, "the name of an IFTTT event"),
        ("ops", {"kind": "ifttt", "address": "http://x/y", "secret": "hush"}, "must begin with https://"),
        ("ops", {"kind": "sns", "address": "arn:aws:sqs:eu-west-1:123456789012:x"}, "a topic's ARN"),
        ("ops", {"kind": "slack", "address": "#general"}, "the id of a Slack channel"),
        ("ops", {"kind": "email", "address": "hush"}, "a mail address"),
        ("ops", WEBHOOK | {"secret": "whsec_%%%"}, "is not base64 after it"),
        ("slack", WEBHOOK, "'slack' is built in"),
        ("mail", WEBHOOK, "'mail' is built in"),
        ("A b", WEBHOOK, "a name is made of small letters"),
        ("ops", WEBHOOK | {"news": "gossip"}, "is no news"),
        ("ops", WEBHOOK | {"kind": "pigeon"}, "LOUPE_SINKS"),
        ("ops", WEBHOOK | {"rate": 0}, "greater than 0"),
        ("ops", {"kind": "webhook"}, "LOUPE_SINKS"),
    ],
)
def test_a_wrong_row_stops_the_start_in_one_line_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, name: str, row: dict[str, Any], words: str
) -> None:
    named(monkeypatch, **{name: row})
    with pytest.raises(Misconfigured) as fault:
        load()
    assert words in fault.value.words
    assert fault.value.words.startswith("LOUPE_SINKS")
    assert " Example: LOUPE_SINKS=" in fault.value.words
    assert "\n" not in fault.value.words
    assert "hush" not in fault.value.words


@pytest.mark.parametrize(
    "topics", ["loupe", "arn:aws:sns:eu-west-1:1:x", "arn:aws:sqs:eu-west-1:123456789012:x"]
)
def test_topics_that_may_speak_to_us_are_arns(monkeypatch: pytest.MonkeyPatch, topics: str) -> None:
    monkeypatch.setenv("LOUPE_SNS_TOPICS", topics)
    with pytest.raises(Misconfigured, match=r"^LOUPE_SNS_TOPICS: .* each must be the ARN of an SNS topic"):
        load()
