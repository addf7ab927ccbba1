"""The events on the topic: small whatever is in them, as docs/events.md and its schema say, and read back."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pipeline.errors import Rejected
from pipeline.events import SMALL, packed
from pipeline.ledger import Row, Task
from pipeline.model import Box, Face
from pipeline.results import Accepted, Faces, Failed, Result, Skipped
from pipeline.topic import due, settled, source, wanted
from tests.unit.test_codec import KINDS, of_kind

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "events.schema.json").read_text())
PAGE = (DOCS / "events.md").read_text()
CHECK = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
AT = datetime(2026, 11, 22, 9, 30, 0, 250_000, UTC)
IMAGE, SOURCE = "019a9d3e-1f00-7000-8000-000000000001", source("loupe-pictures")
TASK = Task(IMAGE, "detect_faces", 2, 30, due_at=1.0)
ROW = Row(
    IMAGE,
    "accept_image",
    Accepted(
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        key="originals/9f/86/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        format="JPEG", width=4032, height=3024, bytes=3145728,
    ),
    AT, attempts=1, ms=81.5,
)  # fmt: skip
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True)
IMAGES = st.uuids(version=4).map(str) | st.from_regex(r"[0-9A-Za-z_-]{1,64}", fullmatch=True)


def faults(body: str) -> list[str]:
    return [f"{each.json_path}: {each.message}" for each in CHECK.iter_errors(json.loads(body))]


@st.composite
def rows(draw: st.DrawFn) -> Row:
    return Row(
        draw(IMAGES),
        draw(NAMES),
        draw(st.sampled_from(KINDS).flatmap(of_kind)),
        draw(st.datetimes(timezones=st.just(UTC))),
        revision=draw(st.integers(1, 999_999)),
        version=draw(st.integers(0, 999)),
        attempts=draw(st.integers(0, 99)),
        ms=draw(st.floats(0, 1e9)),
    )


@settings(deadline=None)
@given(rows(), st.text("abcXYZ019_.-", min_size=3, max_size=255).map(source))
def test_whatever_settles_makes_a_small_event_that_fits_the_schema(row: Row, where: str) -> None:
    message = settled(row, where)
    assert len(message.body.encode()) < SMALL
    assert faults(message.body) == []
    data = json.loads(message.body)["data"]
    assert data["truncated"] == (data["result"] is None)
    assert message.attributes == {"type": "settled", "actor": row.actor, "state": row.state}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=5)
@given(data=st.data())
def test_every_kind_of_result_can_be_told(kind: type[Result], data: st.DataObject) -> None:
    told = json.loads(settled(replace(ROW, result=data.draw(of_kind(kind))), SOURCE).body)["data"]
    assert told["kind"] == kind.__name__
    assert told["state"] == {Failed: "failed", Skipped: "skipped"}.get(kind, "done")


@given(IMAGES, NAMES, st.integers(1, 999_999), st.integers(-1_000_000, 1_000_000))
def test_a_due_event_is_read_back_by_the_queue_it_was_for(
    image: str, actor: str, revision: int, priority: int
) -> None:
    message = due(Task(image, actor, revision, priority, due_at=5.0, attempts=3, error="No."), SOURCE, AT)
    assert faults(message.body) == []
    assert len(message.body.encode()) < SMALL
    assert wanted(message.body) == Task(image, actor, revision, priority, due_at=0.0)
    assert message.attributes == {"type": "due", "actor": actor}


def test_the_same_again_is_the_same_event() -> None:
    assert due(TASK, SOURCE, AT).id == f"{IMAGE}/detect_faces/2/due"
    assert settled(ROW, SOURCE).id == f"{IMAGE}/accept_image/1/settled"
    assert settled(ROW, SOURCE) == settled(ROW, SOURCE)
    for message in (due(TASK, SOURCE, AT), settled(ROW, SOURCE)):
        assert json.loads(message.body)["id"] == message.id


def test_a_result_that_is_too_long_is_left_out_and_said_to_be() -> None:
    many = replace(ROW, result=Faces(tuple(Face(Box(0.1, 0.2, 0.3, 0.4), 99.5) for _ in range(80)), "yunet"))
    data = json.loads(settled(many, SOURCE).body)["data"]
    assert (data["kind"], data["result"], data["truncated"]) == ("Faces", None, True)
    few = replace(ROW, result=Faces((Face(Box(0.1, 0.2, 0.3, 0.4), 99.5),), "yunet"))
    data = json.loads(settled(few, SOURCE).body)["data"]
    assert (data["result"]["faces"][0]["score"], data["truncated"]) == (99.5, False)


def test_the_limit_is_met_to_the_byte() -> None:
    def told(length: int) -> dict[str, Any]:
        body = settled(replace(ROW, result=Failed("ä" * length)), SOURCE).body
        assert len(body.encode()) < SMALL
        return {"bytes": len(body.encode()), **json.loads(body)["data"]}

    longest = max(n for n in range(1500, 2048) if not told(n)["truncated"])
    assert told(longest)["bytes"] >= SMALL - 2
    assert told(longest + 1)["truncated"]


GOOD = json.loads(due(TASK, SOURCE, AT).body)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "This is not a due event: the message: Invalid JSON"),
        ("{", "This is not a due event: the message: Invalid JSON"),
        ("[" * 4000, "This is not a due event: the message: Invalid JSON"),
        ("[]", "This is not a due event: the message: "),
        ("{}", "This is not a due event: type: Field required."),
        (settled(ROW, SOURCE).body, "This is not a due event: type: Input should be 'loupe.due.v1'."),
        (packed({"type": "loupe.due.v1"}), "This is not a due event: data: Field required."),
        (packed(GOOD) + " " * SMALL, "shorter than 4096 bytes, and this message has 4"),
    ],
)
def test_anything_else_is_refused_in_words(body: str, words: str) -> None:
    with pytest.raises(Rejected) as fault:
        wanted(body)
    assert words in fault.value.words
    assert "\n" not in fault.value.words


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("image", ["", "a/b", "x" * 65, 7, None, "a\n"]),
        ("actor", ["", "Detect", "9lives", "x" * 65, "a#b", None]),
        ("revision", [0, -1, 1_000_000, "2", 1.5, True, None, 10**30]),
        ("priority", ["30", None, 10**30, 0.5]),
    ],
)
def test_a_field_that_is_missing_or_absurd_is_named(name: str, values: list[object]) -> None:
    for value in values:
        with pytest.raises(Rejected, match=rf"data\.{name}: "):
            wanted(packed(GOOD | {"data": GOOD["data"] | {name: value}}))
    with pytest.raises(Rejected, match=rf"data\.{name}: Field required"):
        wanted(packed(GOOD | {"data": {n: v for n, v in GOOD["data"].items() if n != name}}))


def test_the_schema_refuses_what_nobody_publishes() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    told = json.loads(settled(ROW, SOURCE).body)
    for found in (GOOD, told):
        assert faults(packed(found)) == []
        for name in found:
            assert faults(packed({n: v for n, v in found.items() if n != name})) != [], name
        for name in found["data"]:
            assert faults(packed(found | {"data": found["data"] | {name: ["neither"]}})) != [], name
    assert faults(packed(GOOD | {"type": told["type"]})) != []
    assert faults(packed(told | {"data": told["data"] | {"truncated": True}})) != []


def test_every_example_of_the_page_is_what_is_published() -> None:
    examples = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    published = [json.loads(due(TASK, SOURCE, AT).body), json.loads(settled(ROW, SOURCE).body)]
    assert examples[:2] == published
