"""What cards say, and that Slack would take every one of them."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards import status
from bot.cards.blocks import cut
from bot.cards.message import Content, card, looking, saying, summary
from bot.cards.words import date, name
from pipeline.catalog import Queue
from pipeline.text import size
from sandbox.blocks import problems, total_length
from tests.bot.reports import SLACK, held, rejected, report, review

SECRETS = ("Interlaken", "face", "Canon", "46.68", "openstreetmap", "udity", "97", "2024")


def said(content: Content) -> str:
    assert not problems(list(content.blocks))
    assert content.text
    assert len(content.text) <= 4000
    return content.text


def shown(content: Content) -> str:
    return "\n".join(
        text["text"]
        for block in content.blocks
        for text in [block.get("text"), *block.get("elements", [])]
        if text and isinstance(text.get("text"), str)
    )


def test_a_card_says_the_verdict_first_and_then_everything_it_knows() -> None:
    text = said(card([report()], "C1"))
    assert text.startswith("*No nudity seen.*")
    for words in (
        "2 faces",
        "Interlaken, Bern, Switzerland",
        "map on OpenStreetMap",
        "map on Google",
        "Canon EOS R5",
        "2024-05-01 12:03:00+02:00",
        "JPEG, 4000 × 3000 pixels, 3.2 MB",
        "IMG-7F3K",
        "lake.jpg",
        "GeoNames",
        "can be wrong",
    ):
        assert words in text


def test_text_and_blocks_say_the_same() -> None:
    content = card([report()], "C1")
    assert content.text == shown(content)


def test_the_maker_is_not_said_twice() -> None:
    assert "Canon Canon" not in said(card([report()], "C1"))


def test_a_photo_without_location_says_that_slack_removes_it() -> None:
    bare = report(location=None, place=None, map_links=None, no_location="The file has no EXIF data.")
    text = said(card([bare], "C1"))
    assert "No location: The file has no EXIF data. Slack removes the location" in text
    assert "GeoNames" not in text


def test_a_camera_clock_without_offset_is_called_that() -> None:
    assert "2024-05-01 12:03:00 by the camera's clock" in said(
        card([report(taken_at="2024-05-01T12:03:00")], "C1")
    )


@pytest.mark.parametrize("hidden", [held(), review()])
def test_a_held_picture_shows_nothing_of_itself(hidden: dict[str, Any]) -> None:
    content = card([hidden | {"duplicate_of": _twin()}], "C1")
    assert not [word for word in SECRETS if word in said(content) + shown(content)]
    assert "IMG-7F3K" in content.text


def test_a_picture_in_review_waits_for_a_person_and_a_held_one_for_a_moderator() -> None:
    assert "Waiting for a person" in said(card([review()], "C1"))
    assert "Held for a moderator" in said(card([held()], "C1"))


def test_a_refused_file_says_why_in_its_own_words() -> None:
    assert said(card([rejected("It is <too> big.")], "C1")).startswith(
        "*Not looked at.* It is &lt;too&gt; big."
    )


def test_a_failed_run_says_that_nothing_is_lost() -> None:
    text = said(card([report(state="failed", reason="The disk broke.", release=None)], "C1"))
    assert "nothing is lost" in text
    assert "Interlaken" not in text


def test_a_step_that_broke_hides_nothing_of_a_cleared_picture() -> None:
    text = said(card([report(state="failed", reason="The detector broke.", faces=None)], "C1"))
    assert text.startswith("*No nudity seen.*")
    assert "One step did not finish: The detector broke." in text
    assert "Interlaken" in text


def test_what_could_not_be_checked_is_not_called_clean() -> None:
    text = said(card([report(nudity_score=None, contains_nudity=None, faces=None)], "C1"))
    assert "Nudity could not be checked" in text
    assert "Faces could not be looked for" in text


def _twin(**changes: Any) -> dict[str, Any]:
    known = {"id": "x", "short": "IMG-AAAA", "at": "2026-11-01T08:00:00+00:00", "team": "T1"}
    return {**known, "person": "U0GRACE", "channel": "C2", "private": False} | changes


def test_a_duplicate_names_who_posted_it_and_when() -> None:
    text = said(card([report(duplicate_of=_twin())], "C1"))
    assert re.search(r"The very same file as IMG-AAAA, posted <!date\^.*> by <@U0GRACE> in <#C2>\.", text)


@pytest.mark.parametrize("change", [{"private": True}, {"team": "T2"}])
def test_a_duplicate_from_a_private_place_names_nobody(change: dict[str, Any]) -> None:
    text = said(card([report(duplicate_of=_twin(**change))], "C1"))
    assert "posted before" in text
    assert not any(word in text for word in ("U0GRACE", "IMG-AAAA", "C2"))


def test_a_private_duplicate_is_named_in_its_own_channel() -> None:
    assert "<@U0GRACE> here" in said(card([report(duplicate_of=_twin(private=True, channel="C1"))], "C1"))


def test_an_animation_says_that_its_first_frame_was_looked_at() -> None:
    assert "12 frames, the first was looked at" in said(card([report(format="GIF", frames=12)], "C1"))


def test_nobody_is_called_and_nothing_linked_by_a_file_name() -> None:
    evil = report(source={**SLACK, "name": "<!channel> <@U1> *x* `y` & https://x.y\n\u202egpj.exe"})
    content = card([evil], "C1")
    assert "<!channel>" not in content.text
    assert "<@U1>" not in content.text
    assert "\u202e" not in content.text
    assert "&lt;!channel&gt;" in content.text
    assert all(
        text.get("verbatim")
        for block in content.blocks
        for text in [block.get("text"), *block.get("elements", [])]
        if text and text["type"] == "mrkdwn"
    )


def test_many_pictures_make_one_card_with_a_count() -> None:
    text = said(card([report(), held(), rejected(), review()], "C1"))
    assert text.startswith("*4 pictures: 1 looked at, 2 held for a moderator, 1 not looked at*")


@pytest.mark.parametrize("number", [2, 10, 20, 40, 41, 90])
def test_every_number_of_pictures_fits_and_each_one_has_its_verdict(number: int) -> None:
    long = [report(short=f"IMG-{i:04d}", source={**SLACK, "name": "n" * 200}) for i in range(number)]
    content = card(long, "C1", "C1:1.1")
    assert total_length(list(content.blocks)) <= 13_200
    assert content.text.count("o nudity seen") == min(number, 40) == said(content).count("IMG-")
    assert shown(content).count("o nudity seen") == min(number, 40)
    assert ("more picture" in content.text) == (number > 40)


def test_the_digest_follows_the_content() -> None:
    assert card([report()], "C1").digest == card([report()], "C1").digest
    assert card([report()], "C1").digest != card([report(faces=[])], "C1").digest


def test_looking_tells_progress() -> None:
    assert said(looking(0, 1)) == "Looking at the picture…"
    assert "3 done" in said(looking(3, 8))


def test_a_summary_leaves_out_what_is_not_there() -> None:
    assert summary([report()]) == "1 picture: 1 looked at"


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (120_000, "120 kB"), (5e9, "5.0 GB")],
)
def test_sizes_are_readable(number: float, words: str) -> None:
    assert size(number) == words


def test_a_date_has_a_fallback_in_utc() -> None:
    assert date("2026-11-22T09:00:00+00:00").endswith("|2026-11-22 09:00 UTC>")


@given(st.text(max_size=300), st.integers(10, 80))
def test_names_stay_on_one_line_and_within_their_limit(words: str, limit: int) -> None:
    made = name(words, limit)
    assert "\n" not in made
    assert not set("<>*`~") & set(made)
    assert len(made.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")) <= limit


@given(st.text(st.sampled_from("ab\n <>&;x"), max_size=400), st.integers(20, 100))
def test_a_cut_keeps_within_its_limit(words: str, limit: int) -> None:
    assert len(cut(words, limit)) <= limit


TEXTS = st.text(max_size=3500)
SCORES = st.floats(0, 100) | st.none()
ODD = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["done", "held", "rejected", "failed", "waiting"]),
        "reason": TEXTS | st.none(),
        "short": st.text(max_size=40),
        "source": st.fixed_dictionaries({"name": TEXTS, "kind": st.just("slack")}),
        "nudity_score": SCORES,
        "contains_nudity": st.booleans(),
        "camera": st.fixed_dictionaries({"make": TEXTS | st.none(), "model": TEXTS | st.none()}),
        "faces": st.lists(st.just({"box": [0, 0, 1, 1], "score": 50.0}), max_size=3) | st.none(),
        "location": st.fixed_dictionaries({"latitude": st.floats(-90, 90), "longitude": st.floats(-180, 180)})
        | st.none(),
        "place": st.fixed_dictionaries({"name": TEXTS | st.none(), "region": TEXTS, "country": TEXTS}),
        "no_location": TEXTS | st.none(),
        "release": st.fixed_dictionaries({"decision": st.sampled_from(["cleared", "review", "held"])})
        | st.none(),
        "taken_at": st.sampled_from([None, "2024-05-01T12:03:00", "2024-05-01T12:03:00Z", "2024-05-01"]),
        "actors": st.dictionaries(
            st.text(min_size=1, max_size=30),
            st.fixed_dictionaries({"state": st.just("done"), "ms": SCORES, "attempts": st.integers(0, 9)}),
            max_size=12,
        ),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ODD, min_size=1, max_size=22))
def test_whatever_a_report_says_slack_takes_the_card(odd: list[dict[str, Any]]) -> None:
    reports = [report(**changes) for changes in odd]
    content = card(reports, "C1", "C1:1.1")
    said(content)
    assert total_length(list(content.blocks)) <= 13_200
    assert "<!channel>" not in content.text
    said(status.one(reports[0], "C1"))


@settings(deadline=None)
@given(TEXTS)
def test_whatever_is_typed_slack_takes_the_answer(words: str) -> None:
    said(status.usage(words))
    said(status.unknown(words))
    said(saying(words or "?"))


def test_health_shows_what_was_given() -> None:
    text = said(status.health([("Workers", "1 of 2 <down>")]))
    assert "*Workers*: 1 of 2 &lt;down&gt;" in text


def test_the_queue_says_how_old_it_is_and_what_was_put_aside() -> None:
    assert "4 put aside; the oldest waits 12 s" in status.queue(Queue(1, 0, 0, 4, 12.0, {}))
