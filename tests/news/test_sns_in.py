"""POST /sns: known topics, signed just now; alarms are told, returned mail is passed on, nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from loupe.ground import ground
from loupe.newsroom import newsroom
from loupe.notices import Notices
from loupe.settings import load
from pipeline.adapters.sns_messages import SnsMessages
from pipeline.adapters.sqlite_notices import SqliteNotices
from pipeline.errors import Transient, Unsuitable
from pipeline.notices import alarm, bounces, envelope, is_own
from tests.news.signing import BOUNCE, CERTIFICATE, CLOUDWATCH, COMPLAINT, HOST, SUBSCRIBE, TOPIC, Signer
from web.sns import LARGEST, routes

HOOK = {"ops": {"kind": "webhook", "address": "https://hooks.example.org/x", "news": "alarm"}}


class Mailboxes:
    """Remembers what came back."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bool, str]] = []

    def bounced(self, mailbox: str, permanent: bool, words: str) -> None:
        self.heard.append((mailbox, permanent, words))

    def taken(self, mailbox: str) -> None:
        """Never said here."""


class House:
    """Loupe with the route for SNS."""

    def __init__(self, data: Path, signer: Signer, topics: tuple[str, ...] = (TOPIC,)) -> None:
        self.base = ground(load(data=data, sinks=HOOK, operators_channel="C0PERATORS"))
        newsroom(self.base)
        self.mail = Mailboxes()
        messages = SnsMessages(topics, signer.fetch)
        self.notices = Notices(self.base, messages, SqliteNotices(self.base.database), self.mail)
        self.web = TestClient(Starlette(routes=routes(self.notices.take)))

    def post(self, body: bytes) -> int:
        return self.web.post("/sns", content=body).status_code

    def told(self) -> list[dict[str, Any]]:
        """The data of every alarm, in order."""
        found = self.base.database.read("SELECT data FROM pieces WHERE kind='alarm' ORDER BY number")
        return [json.loads(row["data"]) for row in found]

    def hearers(self) -> set[tuple[str, str]]:
        found = self.base.database.read("SELECT sink, address FROM deliveries")
        return {(row["sink"], row["address"]) for row in found}


@pytest.fixture(scope="module")
def keys() -> Signer:
    return Signer()


@pytest.fixture
def signer(keys: Signer) -> Signer:
    keys.visited.clear()
    return keys


@pytest.fixture
def house(tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.chdir(tmp_path)
    return House(tmp_path / "data", signer)


@pytest.mark.parametrize("version", ["1", "2"])
def test_an_alarm_of_cloudwatch_is_an_alarm_of_ours(house: House, signer: Signer, version: str) -> None:
    assert house.post(signer.notification(CLOUDWATCH, version)) == 204
    (told,) = house.told()
    assert (told["rule"], told["subject"], told["state"]) == ("cloudwatch", "queue too long", "raised")
    assert told["headline"] == "Alarm: queue too long"
    assert told["lines"] == [CLOUDWATCH["NewStateReason"]]
    assert house.hearers() == {("ops", ""), ("slack", "C0PERATORS")}


def test_an_alarm_that_is_over_is_resolved(house: House, signer: Signer) -> None:
    assert house.post(signer.notification(CLOUDWATCH | {"NewStateValue": "OK"})) == 204
    (told,) = house.told()
    assert (told["state"], told["headline"]) == ("resolved", "Resolved: queue too long")
    assert told["resolved_at"]


@pytest.mark.parametrize(
    "message", ["hello", "[1]", "null", "[" * 100_000, {"NewStateValue": "ALARM"}, {"AlarmName": "x"},
                CLOUDWATCH | {"NewStateValue": "INSUFFICIENT_DATA"}, BOUNCE | {"bounce": 1},
                {"eventType": "Delivery"}],
)  # fmt: skip
def test_what_is_neither_is_taken_and_put_aside(house: House, signer: Signer, message: object) -> None:
    assert house.post(signer.notification(message)) == 204
    assert (house.told(), house.mail.heard) == ([], [])


def test_returned_mail_is_passed_on(house: House, signer: Signer) -> None:
    house.post(signer.notification(BOUNCE, MessageId="1"))
    house.post(signer.notification(COMPLAINT, MessageId="2"))
    assert house.mail.heard == [
        ("ada@example.org", True, "The mail came back: smtp; 550 5.1.1 user unknown"),
        ("bob@example.org", True, "The mail came back."),
        ("eve@example.org", True, "The reader complained."),
    ]


def test_mail_that_came_back_for_the_moment_is_told_apart(signer: Signer) -> None:
    soft = BOUNCE | {"bounce": BOUNCE["bounce"] | {"bounceType": "Transient"}}
    assert [each.permanent for each in bounces(envelope(signer.notification(soft)))] == [False, False]


def test_what_comes_twice_is_taken_once(house: House, signer: Signer) -> None:
    for body in [signer.notification(BOUNCE)] * 3:
        assert house.post(body) == 204
    assert len(house.mail.heard) == 2


def test_a_subscription_is_confirmed_for_a_known_topic_by_visiting_sns(house: House, signer: Signer) -> None:
    assert house.post(signer.confirmation()) == 204
    assert signer.visited == [CERTIFICATE, SUBSCRIBE]


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/?x", f"{HOST}.evil.example/", "https://sns.us-east-1.amazonaws.com/?x",
     HOST.replace("https", "http"), "https://ada@sns.eu-west-1.amazonaws.com/", f"{HOST}:8443/", "x", ""],
)  # fmt: skip
def test_a_subscription_is_never_confirmed_elsewhere(house: House, signer: Signer, where: str) -> None:
    assert house.post(signer.confirmation(SubscribeURL=where)) == 403
    assert signer.visited == [CERTIFICATE]


def test_nobody_is_visited_for_a_topic_that_is_not_known(tmp_path: Path, signer: Signer) -> None:
    house = House(tmp_path / "data", signer, topics=("arn:aws:sns:eu-west-1:123456789012:others",))
    assert house.post(signer.confirmation()) == 403
    assert house.post(signer.notification(CLOUDWATCH)) == 403
    assert (signer.visited, house.told()) == ([], [])


@pytest.mark.parametrize(
    "where",
    ["https://evil.example/a.pem", "http://sns.eu-west-1.amazonaws.com/a.pem",
     "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem", "https://sns.us-east-1.amazonaws.com/a.pem",
     "https://s3.eu-west-1.amazonaws.com/a.pem", "https://sns.a.b.amazonaws.com/a.pem"],
)  # fmt: skip
def test_a_certificate_is_fetched_from_sns_alone(house: House, signer: Signer, where: str) -> None:
    assert house.post(signer.notification(CLOUDWATCH, SigningCertURL=where)) == 403
    assert signer.visited == []


@pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Signature"])
@pytest.mark.parametrize("version", ["1", "2"])
def test_nothing_of_a_message_can_be_changed(house: House, signer: Signer, field: str, version: str) -> None:
    found = json.loads(signer.notification(CLOUDWATCH, version))
    found[field] = found[field][:-2] + ("AA" if found[field][-2:] != "AA" else "BB")
    assert house.post(json.dumps(found).encode()) == 403
    assert house.told() == []


def test_the_signature_of_another_is_refused(house: House) -> None:
    assert house.post(Signer().notification(CLOUDWATCH)) == 403
    assert house.told() == []


@pytest.mark.parametrize("at", ["2020-01-01T00:00:00.000Z", "2099-01-01T00:00:00.000Z", "soon", "2026-11-22"])
def test_a_message_of_another_time_is_refused(house: House, signer: Signer, at: str) -> None:
    assert house.post(signer.notification(CLOUDWATCH, Timestamp=at)) == 403


def test_a_signature_of_an_unknown_version_is_refused(house: House, signer: Signer) -> None:
    assert house.post(signer.notification(CLOUDWATCH, SignatureVersion="3")) == 403


def test_a_certificate_is_fetched_once(house: House, signer: Signer) -> None:
    for number in range(5):
        house.post(signer.notification(CLOUDWATCH, MessageId=str(number)))
    assert signer.visited == [CERTIFICATE]
    assert len(house.told()) == 5


def failing(url: str) -> bytes:
    raise Transient("Not now.")


@pytest.mark.parametrize("fetch", [failing, lambda url: b"no certificate"])
def test_a_certificate_that_cannot_be_had_now_is_asked_for_later(
    tmp_path: Path, signer: Signer, fetch: Callable[[str], bytes]
) -> None:
    house = House(tmp_path / "data", signer)
    object.__setattr__(house.notices.messages, "fetch", fetch)
    assert house.post(signer.notification(CLOUDWATCH)) == 503


def test_a_certificate_whose_time_is_over_is_refused(signer: Signer) -> None:
    messages = SnsMessages([TOPIC], signer.fetch, clock=lambda: 4e9)
    with pytest.raises(Unsuitable, match="not valid at this time"):
        messages.check(envelope(signer.notification(CLOUDWATCH, Timestamp="2096-10-02T07:06:40Z")))


@given(st.binary(max_size=300) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=5),
    max_leaves=9,
).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_strangers_are_refused_in_words_whatever_they_send(body: bytes) -> None:
    with pytest.raises(Unsuitable):
        envelope(body)


@given(st.dictionaries(st.sampled_from([*CLOUDWATCH, "notificationType", "bounce", "complaint"]),
st.recursive(
    st.none() | st.text(max_size=9) | st.sampled_from(["ALARM", "OK", "Bounce", "Complaint"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["bouncedRecipients", "complainedRecipients", "emailAddress"]), inner),
    max_leaves=9,
)))  # fmt: skip
def test_whatever_sns_signed_is_understood_or_put_aside(message: dict[str, Any]) -> None:
    found = envelope(SIGNED.notification(message))
    told = alarm(found)
    assert told is None or told.data["state"] in ("raised", "resolved")
    assert all("@" in each.mailbox or each.mailbox is not None for each in bounces(found))


SIGNED = Signer()


def test_deep_and_large_bodies_are_refused(house: House) -> None:
    assert house.post(b"[" * 200_000) == 403
    assert house.post(b" " * (LARGEST + 1)) == 413
    assert house.web.get("/sns").status_code == 405


@pytest.mark.parametrize(
    ("url", "own"),
    [
        (CERTIFICATE, True),
        ("https://sns.cn-north-1.amazonaws.com.cn/a.pem", True),
        (f"{HOST}:443/a", True),
        ("https://sns.eu-west-1.amazonaws.com@evil.example/a.pem", False),
        ("https://sns.eu-west-1.amazonaws.com\\@evil.example/", False),
        ("https://sns.eu-west-1.amazonaws.com:x/", False),
        ("//sns.eu-west-1.amazonaws.com/", False),
    ],
)
def test_an_address_of_sns_itself_is_told_from_others(url: str, own: bool) -> None:
    assert is_own(url) is own
