"""What a card says of the web copies, of earlier marks and of the original; and of whom it says nothing."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import earlier, status
from bot.cards import published as lines
from bot.cards.message import Content, card
from bot.cards.words import link
from tests.bot.reports import PAGE, held, marked, published, rejected, renditions, report, review

AT, UNTIL = "2026-11-29T09:00:00+00:00", "2026-12-02T09:00:00+00:00"
ARCHIVES = [
    None,
    {"state": "copied", "at": AT, "bytes": 1, "until": None},
    {"state": "archived", "at": AT, "bytes": 1, "until": None},
    {"state": "restored", "at": AT, "bytes": 1, "until": UNTIL},
]


def text(*reports: Mapping[str, Any], here: str = "C1") -> str:
    return card(list(reports), here, f"{here}:1.1").text


def test_what_was_saved_is_said_in_plain_words() -> None:
    assert "10 sizes in 18 files, 60 % smaller than ordinary JPEG and PNG: 5.9 MB → 2.4 MB" in text(
        published()
    )


@pytest.mark.parametrize(("before", "after"), [(100, 100), (100, 130), (0, 0), (1000, 999)])
def test_what_was_not_saved_is_not_claimed(before: int, after: int) -> None:
    said = text(published(bytes_before=before, bytes_after=after))
    assert "smaller" not in said
    assert f"10 sizes in 18 files, {after} bytes" in said


def test_a_percentage_is_never_rounded_up() -> None:
    assert "39 % smaller" in text(published(bytes_before=1000, bytes_after=601))


def test_the_links_lead_to_the_page_and_to_three_widths_of_the_whole_picture() -> None:
    found = re.findall(r"<(https://pictures[^|>]*)\|([^>]*)>", text(published()))
    urls = {each["name"]: each["url"] for each in renditions() if each["format"] == "JPEG"}
    assert found == [
        (PAGE, "page"),
        (urls["s320"], "small (320 px)"),
        (urls["s1280"], "medium (1280 px)"),
        (urls["s2560"], "large (2560 px)"),
    ]


@pytest.mark.parametrize(
    ("widths", "words"),
    [((64,), ["full (64 px)"]), ((320, 900), ["small (320 px)", "large (900 px)"]), ((), [])],
)
def test_a_small_picture_has_fewer_links(widths: tuple[int, ...], words: list[str]) -> None:
    files = [{**renditions()[6], "name": f"s{wide}", "width": wide} for wide in widths]
    found = re.findall(r"\|([^>]*px\))>", text(published(renditions=files)))
    assert found == words


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://x.example/a?b=1&c=<2>|3", "<https://x.example/a?b=1&amp;c=%3C2%3E%7C3|it>"),
        ("https://x.example/a b\nc", "<https://x.example/a%20b%0Ac|it>"),
        ("http://127.0.0.1:8080/i/1", "<http://127.0.0.1:8080/i/1|it>"),
        ("javascript:alert(1)", "it"),
        ("", "it"),
    ],
)
def test_an_address_stays_within_its_link(address: str, shown: str) -> None:
    assert link(address, "it") == shown


def test_a_mark_is_told_with_its_owner_and_doubt_only_where_there_is_any() -> None:
    said = earlier.mark(published(watermark=marked()), "C1")
    assert re.fullmatch(r"Already marked: IMG-AAAA, posted <!date\^.*> by <@U0GRACE> in <#C2>\.", said)
    assert "(91 % sure)" in earlier.mark(published(watermark=marked(confidence=91.9)), "C1")


@pytest.mark.parametrize("hidden", [{"private": True}, {"team": "T2"}])
def test_the_owner_of_a_mark_from_a_private_place_is_not_named(hidden: dict[str, Any]) -> None:
    seen = marked(earlier=marked()["earlier"] | hidden)
    said = text(published(watermark=seen))
    assert "Already marked: it was here before" in said
    assert not any(word in said for word in ("U0GRACE", "IMG-AAAA", "C2"))


def test_a_private_mark_is_named_in_its_own_channel() -> None:
    seen = marked(earlier=marked()["earlier"] | {"private": True})
    assert "<@U0GRACE> here" in text(published(watermark=seen), here="C2")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"earlier": None}, "a picture that is not known here"),
        ({"earlier": None, "payload": None, "confidence": 66.6}, "cannot be read any more (66 % sure)"),
        ({"found": False}, ""),
    ],
)
def test_marks_without_an_owner(changes: dict[str, Any], words: str) -> None:
    said = earlier.mark(published(watermark=marked(**changes)), "C1")
    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize("kept", ARCHIVES[:2])
def test_an_original_that_lies_in_the_store_is_nothing_to_tell(kept: dict[str, Any] | None) -> None:
    assert "Original" not in text(published(archive=kept))


def test_an_archived_and_a_restored_original_are_told_with_their_dates() -> None:
    assert "Original: archived <!date^1795942800^" in text(published(archive=ARCHIVES[2]))
    assert "at hand until <!date^1796202000^" in text(published(archive=ARCHIVES[3]))


def test_why_there_are_no_copies_is_said_once_that_is_settled() -> None:
    run = {"state": "skipped", "error": "Somebody asked for <no> web copies."}
    said = text(report(actors={"make_renditions": run}))
    assert "Web copies: none. Somebody asked for &lt;no&gt; web copies." in said
    assert "Web copies" not in text(report(actors={"make_renditions": {**run, "state": "waiting"}}))
    assert "Web copies" not in text(held(actors={"make_renditions": run}))


def test_of_many_pictures_each_published_one_has_its_link() -> None:
    many = [published(short=f"IMG-{n:04d}", page=f"{PAGE}{n}") for n in range(10)]
    content = card([*many, held(short="IMG-HELD", page=f"{PAGE}99")], "C1", "C1:1.1")
    for shown in (content.text, json.dumps(content.blocks)):
        assert all(f"{PAGE}{n}|" in shown for n in range(10))
        assert f"{PAGE}99" not in shown


def test_links_stay_while_a_step_is_repeated_and_the_findings_are_announced_alone() -> None:
    again = lines.as_published(report(), published(state="waiting"))
    assert text(again) == text(published())


@pytest.mark.parametrize(("announced", "kept"), [(held(), published()), (published(), held())])
def test_a_link_needs_the_word_of_both_the_announcement_and_the_ledger(
    announced: dict[str, Any], kept: dict[str, Any]
) -> None:
    ledger = {**kept, **({} if kept["page"] else {"page": None, "renditions": []})}
    assert PAGE not in text(lines.as_published(announced, ledger))


def test_while_somebody_decides_anew_nothing_is_shown() -> None:
    for state in ("waiting", "running"):
        said = text(published(actors={"decide_release": {"state": state}}))
        assert PAGE not in said
        assert "Interlaken" not in said


STATES = st.sampled_from(["done", "held", "rejected", "failed", "waiting", None])
RELEASES = st.sampled_from(
    [None, {}, *({"decision": each, "reason": "r"} for each in ("cleared", "review", "held", "odd"))]
)
RUNS = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from([{"state": s, "error": "e"} for s in ("waiting", "running", "skipped", "done")])
        for name in ("decide_release", "make_renditions", "publish_image", "restore_original")
    },
)
SHAPES = st.builds(
    lambda base, **changes: {**base, **changes},
    st.sampled_from([published(), held(), review(), rejected()]),
    state=STATES,
    release=RELEASES,
    actors=RUNS,
    archive=st.sampled_from(ARCHIVES),
    watermark=st.sampled_from([None, marked(), marked(earlier=None), marked(payload=None, earlier=None)]),
    page=st.just(PAGE),
    renditions=st.just(renditions()),
    html=st.just(published()["html"]),
    location=st.just(report()["location"]),
    place=st.just(report()["place"]),
    map_links=st.just(report()["map_links"]),
)
SECRETS = ("pictures.example", "Interlaken", "openstreetmap", "46.68", "Web copies", "Original:", "marked")


def cleared(shape: dict[str, Any]) -> bool:
    """Judged from the report alone, in other words than the card's."""
    deciding = shape["actors"].get("decide_release", {}).get("state") in ("waiting", "running")
    decided = (shape["release"] or {}).get("decision") == "cleared"
    return decided and not deciding and shape["state"] not in ("held", "rejected")


def everything(content: Content) -> str:
    return content.text + json.dumps(content.blocks, ensure_ascii=False)


@settings(max_examples=400, deadline=None)
@given(SHAPES)
def test_of_nothing_but_a_cleared_picture_any_address_or_place_is_told(shape: dict[str, Any]) -> None:
    told = everything(card([shape], "C1", "C1:1.1")) + everything(status.one(shape, "C1"))
    if not cleared(shape):
        assert [word for word in SECRETS if word in told] == []
        assert "Copy HTML" not in told
    else:
        assert PAGE in told


@settings(max_examples=100, deadline=None)
@given(st.lists(SHAPES, min_size=2, max_size=12))
def test_in_a_card_of_many_each_picture_keeps_its_own_secrets(shapes: list[dict[str, Any]]) -> None:
    named = [{**shape, "page": f"{PAGE}-{n:03d}"} for n, shape in enumerate(shapes)]
    told = everything(card(named, "C1", "C1:1.1"))
    for number, shape in enumerate(shapes):
        assert cleared(shape) or f"{PAGE}-{number:03d}" not in told
    assert any(map(cleared, shapes)) or [word for word in SECRETS if word in told] == []
