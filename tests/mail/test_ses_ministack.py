"""Amazon SES by MiniStack: a whole letter goes in by the second version of its API and is read back.

MiniStack keeps the parts of a raw message, not its bytes; ``test_ses`` compares those, with its own server.
"""

import json
from collections.abc import Iterator
from email.headerregistry import Address
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest

from pipeline.adapters.ses import Ses
from pipeline.letters.message import Cover, message
from pipeline.letters.writing import Reader, letter
from pipeline.posting import Answer, Never, Parcel, Taken
from tests.mail.pieces import AT, PNG, digest_data, piece
from tests.servers.ministack import ACCOUNT, KEYS, REGION, MiniStack, ministack

SENDER = Address("Loupe", addr_spec="loupe@example.org")


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    with ministack(tmp_path_factory.mktemp("ministack")) as found:
        found.client("sesv2").create_email_identity(EmailIdentity="example.org")
        yield found


@pytest.fixture(autouse=True)
def _led_there(amazon: MiniStack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEYS, "AWS_ENDPOINT_URL_SESV2": amazon.url}.items():
        monkeypatch.setenv(name, value)


def sent(sender: str = SENDER.addr_spec) -> Answer:
    news = piece()
    written = letter(news, Reader("ops@example.org", operator=True), PNG)
    whole = message(written, Cover(SENDER, "ops@example.org", news.id, AT))
    return Ses(REGION).hand_in(Parcel(sender, "ops@example.org", whole), lambda: None)


def kept(amazon: MiniStack) -> list[dict[str, Any]]:
    """The messages that it has."""
    with build_opener(ProxyHandler({})).open(f"{amazon.url}/_ministack/ses/messages", timeout=10) as answer:
        by_account: dict[str, list[dict[str, Any]]] = json.load(answer)["messages"]
        return by_account.get(ACCOUNT, [])


def test_a_letter_goes_in_whole(amazon: MiniStack) -> None:
    assert sent() == Taken()
    (found,) = kept(amazon)
    assert (found["Source"], found["To"]) == (SENDER.addr_spec, ["ops@example.org"])
    headline = digest_data()["headline"]
    assert headline in found["Subject"]
    assert headline in found["BodyText"]
    assert headline in found["BodyHtml"]


def test_the_doctors_look_needs_no_message(amazon: MiniStack) -> None:
    before = len(kept(amazon))
    assert Ses(REGION).look() is None
    assert len(kept(amazon)) == before


def test_what_it_rejects_is_parked(amazon: MiniStack) -> None:
    answer = sent("loupe")
    assert isinstance(answer, Never)
    assert answer.words.startswith("Amazon SES: MessageRejected: ")
