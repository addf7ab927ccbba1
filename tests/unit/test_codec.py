"""Results as text and back: whatever a result holds, it comes back equal."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import codec, results
from pipeline.errors import Unknown
from pipeline.results import Failed, Nudity, Result

KINDS = [
    k for k in vars(results).values() if isinstance(k, type) and issubclass(k, Result) and k is not Result
]
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(exclude_categories=["Cs"])),
    float: st.floats(allow_nan=False, allow_infinity=False),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def of_kind(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type hint; hypothesis alone would also make numbers that are none."""
    if kind in VALUES:
        return VALUES[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{f.name: of_kind(hints[f.name]) for f in fields(kind)})
    if get_origin(kind) in (Union, UnionType):
        return st.one_of([of_kind(each) for each in get_args(kind)])
    if get_origin(kind) is tuple:
        return st.lists(of_kind(get_args(kind)[0]), max_size=3).map(tuple)
    found: st.SearchStrategy[Any] = st.from_type(kind)
    return found


@settings(deadline=None)
@given(st.sampled_from(KINDS).flatmap(of_kind))
def test_every_result_comes_back_as_it_went(result: Result) -> None:
    back = codec.load(codec.kind(result), codec.dump(result))
    assert back == result
    assert type(back) is type(result)


def test_every_kind_of_result_is_tried() -> None:
    assert {"Accepted", "Arrived", "Failed", "Faces", "Release", "Skipped"} <= {k.__name__ for k in KINDS}


def test_the_text_is_json_that_people_can_read() -> None:
    assert codec.dump(Failed("Nicht lesbar: ä.")) == '{"reason":"Nicht lesbar: ä.","rejected":false}'


def test_a_field_that_was_added_since_takes_its_default() -> None:
    assert codec.load("Failed", '{"reason":"Old."}') == Failed("Old.", rejected=False)


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("Gone", "{}", "a result of the kind 'Gone', which this version of Loupe does not know."),
        ("Result", "{}", "a result of the kind 'Result', which this version"),
        ("Nudity", '{"score":null,"model":"m"}', "a Nudity that this version of Loupe cannot read: score: "),
        ("Nudity", '{"score":1}', "a Nudity that this version of Loupe cannot read: model: "),
        ("Nudity", '{"score":', "a Nudity that this version of Loupe cannot read: "),
    ],
)
def test_what_this_version_cannot_read_is_told_in_one_line(name: str, body: str, words: str) -> None:
    with pytest.raises(Unknown) as fault:
        codec.load(name, body)
    assert words in fault.value.words
    assert "\n" not in fault.value.words


def test_a_number_that_is_none_does_not_come_back() -> None:
    with pytest.raises(Unknown):
        codec.load("Nudity", codec.dump(Nudity(float("nan"), "m")))
