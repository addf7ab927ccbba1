"""Ranges and conditions against a model of what RFC 9110 says."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from web.conditions import same, stamp, verdict
from web.ranges import Unsatisfiable, chosen

NUMBERS = st.integers(0, 30)
AT = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
TAG = '"0123456789abcdef"'


@given(NUMBERS, st.one_of(st.none(), NUMBERS), st.integers(1, 20))
def test_a_range_from_a_byte_on(first: int, last: int | None, size: int) -> None:
    """Against slicing: the bytes that a list of them has there."""
    header = f"bytes={first}-{'' if last is None else last}"
    wanted = list(range(size))[first : None if last is None else last + 1]
    if last is not None and last < first:
        assert chosen(header, size) is None
    elif not wanted:
        with pytest.raises(Unsatisfiable):
            chosen(header, size)
    else:
        assert chosen(header, size) == (wanted[0], wanted[-1] + 1)


@given(NUMBERS, st.integers(1, 20))
def test_a_range_of_the_last_bytes(count: int, size: int) -> None:
    if not count:
        with pytest.raises(Unsatisfiable):
            chosen("bytes=-0", size)
    else:
        assert chosen(f"bytes=-{count}", size) == (max(0, size - count), size)


@given(st.text(), st.integers(1, 20))
def test_no_header_breaks_it(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        try:
            found = chosen(text, size)
        except Unsatisfiable:
            continue
        assert found is None or 0 <= found[0] < found[1] <= size


CONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"]


@given(st.dictionaries(st.sampled_from(CONDITIONS), st.text(st.characters(max_codepoint=255))))
def test_no_condition_breaks_it(headers: dict[str, str]) -> None:
    asked = Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()])
    assert verdict(asked, TAG, AT) in (200, 304, 412)
    assert same(asked, TAG, AT) in (True, False)


def test_a_time_is_written_as_http_writes_it() -> None:
    assert stamp(AT) == "Sun, 22 Nov 2026 09:00:00 GMT"


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("if-modified-since", "Sunday, 22-Nov-26 09:00:00 GMT", 304),
        ("if-modified-since", "Sun Nov 22 09:00:00 2026", 304),
        ("if-modified-since", "Sun, 22 Nov 2026 08:59:59 GMT", 200),
        ("if-modified-since", "Sun, 22 Nov 99999 09:00:00 GMT", 200),
        ("if-unmodified-since", "Sun, 22 Nov 2026 09:00:00 GMT", 200),
        ("if-unmodified-since", "Sun, 22 Nov 2026 08:59:59 GMT", 412),
        ("if-match", "nonsense", 200),
        ("if-none-match", "nonsense", 200),
        ("if-none-match", ", ".join(['"x"'] * 1000), 200),
    ],
)
def test_dates_of_every_form_and_nonsense(name: str, value: str, status: int) -> None:
    assert verdict(Headers({name: value}), TAG, AT) == status


def test_what_has_no_date_is_told_apart_by_its_tag_alone() -> None:
    assert verdict(Headers({"if-modified-since": stamp(AT)}), TAG, None) == 200
    assert verdict(Headers({"if-none-match": TAG}), TAG, None) == 304
    assert not same(Headers({"if-range": stamp(AT)}), TAG, None)
