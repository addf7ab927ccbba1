"""docs/news.md and docs/news.schema.json: every example is what is sent, and everything that is sent fits."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from standardwebhooks import Webhook

from pipeline.adapters.hook_forms import signed
from pipeline.events import event, flat, small, values
from pipeline.figures import Figures
from pipeline.news import KINDS, Kind, Sink
from pipeline.telling import told
from tests.flow.publishing import quickly
from tests.news.samples import DATA, SITE, delivery, piece
from tests.news.telling import newshouse

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "news.schema.json").read_text())
PAGE = (DOCS / "news.md").read_text()
EXAMPLES = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
ALL: tuple[Kind, ...] = (*KINDS, "test")
FORMS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "event": lambda found: event(found, SITE),
    "flat": flat,
    "values": values,
}
CHECK = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def faults(found: object, part: str = "event") -> list[str]:
    """What is wrong with it by the schema."""
    checked = CHECK.evolve(schema={"$ref": f"urn:loupe:news:v1#{part}"})
    return [f"{each.json_path}: {each.message}" for each in checked.iter_errors(found)]


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert {f"loupe.{kind}.v1" for kind in ALL} == {
        each["if"]["properties"]["type"]["const"] for each in SCHEMA["$defs"]["event"]["allOf"]
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ALL)
def test_every_form_of_every_kind_fits_the_schema(form: str, kind: Kind) -> None:
    assert faults(FORMS[form](piece(kind)), form) == []
    assert faults(FORMS[form](told(delivery(kind, redacted=True))), form) == []


@pytest.mark.parametrize("kind", ALL)
def test_an_event_that_had_to_be_small_fits_as_well(kind: Kind) -> None:
    many = {name: value * 400 for name, value in DATA[kind].items() if isinstance(value, list)}
    assert faults(json.loads(small(event(piece(kind, **many), SITE)))) == []


@pytest.mark.parametrize("kind", ALL)
def test_the_schema_refuses_what_nobody_sends(kind: Kind) -> None:
    found = event(piece(kind), SITE)
    assert faults(found | {"type": "loupe.other.v1", "id": 1}) != []
    assert faults({name: value for name, value in found.items() if name != "subject"}) != []
    name = next(iter(found["data"]))
    assert faults(found | {"data": {**found["data"], name: ["neither", "this"]}}) != []


def test_every_example_of_the_page_is_what_is_sent() -> None:
    sent = [event(piece(kind), SITE) for kind in ALL]
    sent += [flat(piece("verdict")), values(piece("published"))]
    sent.append(dict(told(delivery("published", redacted=True)).data))
    assert len(EXAMPLES) == len(sent)
    assert [each for each in EXAMPLES if each not in sent] == []


def test_the_schema_names_every_figure_of_a_digest() -> None:
    named = {field.name for field in fields(Figures)} - {"day"} | {"bytes_saved"}
    assert named <= set(SCHEMA["$defs"]["digest"]["required"])


@pytest.mark.parametrize("score", [5.0, 50.0, 95.0])
@pytest.mark.parametrize("location", ["none", "exact"])
def test_what_is_told_of_real_pictures_fits_the_schema(tmp_path: Path, score: float, location: str) -> None:
    house = newshouse(tmp_path, location=location)
    with quickly(house.taste):
        house.taste.score = score
        image = house.post()
        house.scored(image, 100 - score)
        for each in house.told() + house.sent():
            assert faults({n: v for n, v in each.items() if n != "kind"}, each["kind"]) == []


@pytest.mark.parametrize("secret", ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a-plain-secret"])
def test_a_signature_is_verified_as_the_page_says(secret: str) -> None:
    post = signed(Sink("ops", "webhook", "https://x.example", secret), SITE)(piece("held"))
    headers, raw = dict(post.headers), secret.encode()
    key: str | bytes = secret if secret.startswith("whsec_") else raw
    assert Webhook(key).verify(post.body, headers)["type"] == "loupe.held.v1"
    page = re.search(r"```python\n(import base64.*?)```", PAGE, re.DOTALL)
    assert page
    room: dict[str, Any] = {}
    exec(page[1], room)
    key = base64.b64decode(secret.removeprefix("whsec_")) if secret.startswith("whsec_") else raw
    assert room["from_loupe"](key, headers, post.body)
    assert not room["from_loupe"](key, headers, post.body + b" ")
    assert not room["from_loupe"](b"another", headers, post.body)


def test_a_secret_is_changed_without_a_gap() -> None:
    post = signed(Sink("ops", "webhook", "https://x.example", "new old"), SITE)(piece("held"))
    for secret in (b"new", b"old"):
        text = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode() + post.body
        mine = "v1," + base64.b64encode(hmac.digest(secret, text, hashlib.sha256)).decode()
        assert mine in post.headers["webhook-signature"].split()
    assert "webhook-signature" not in signed(Sink("o", "webhook", "x"), SITE)(piece("held")).headers
