"""What happens next to a card: decided without Slack, without a clock, without a disk."""

from dataclasses import replace
from typing import Any

import pytest

from bot.arrivals import delivery_key, lost_files, may_be_picture, posted
from bot.cards.message import card as content_of
from bot.envelope import answered, is_ours, team_of
from bot.judge import judge
from bot.refusals import Kind, Refusal
from bot.wanted import (
    Edit,
    End,
    Look,
    Post,
    React,
    Remove,
    Rest,
    Unreact,
    next_step,
    reaction,
)
from pipeline.cards import Card, Done, Message
from tests.bot.reports import held, rejected, report, review

NOW = 1_000_000.0
MESSAGE = Message("T1", "C1", "1.1", "1.1")
SENT = content_of([report()], "C1", "C1:1.1")


def a_card(done: Done | None = None, age: float = 1.0, **changes: Any) -> Card:
    return replace(Card(MESSAGE, "me", NOW - age, 1, done or Done()), **changes)


def test_a_new_picture_gets_eyes_and_then_patience() -> None:
    assert next_step(a_card(), [None], NOW) == React("eyes")
    seen = Done(reactions=frozenset({"eyes"}))
    assert next_step(a_card(seen), [None], NOW) == Rest(NOW - 1.0 + 5.0)


def test_a_late_card_gets_no_eyes_any_more() -> None:
    assert isinstance(next_step(a_card(age=4.0), [None], NOW), Rest)


def test_after_five_seconds_somebody_is_told() -> None:
    step = next_step(a_card(age=5.0), [None], NOW)
    assert isinstance(step, Post)
    assert step.content.text.startswith("Looking")


def test_in_a_crowded_channel_cards_go_before_small_talk() -> None:
    assert isinstance(next_step(a_card(age=5.0, others=3), [None], NOW), Rest)
    assert next_step(a_card(others=50), [report()], NOW) == Post(SENT)


def test_progress_is_an_edit_of_that_message() -> None:
    step = next_step(a_card(Done(ts="2.2", digest="old"), age=9.0), [report(), None], NOW)
    assert isinstance(step, Edit)
    assert "1 done" in step.content.text


def test_what_keeps_a_picture_waiting_is_told_and_taken_back() -> None:
    stuck = ["Loupe's token is <dead>. An admin has to install Loupe again."]
    first = next_step(a_card(age=6.0, others=50), [None], NOW, stuck)
    assert isinstance(first, Post)
    assert first.content.text.startswith("*Not looked at yet.* Loupe's token is &lt;dead&gt;.")
    told = Done(reactions=frozenset({"eyes"}), ts="2.2", digest=first.content.digest)
    assert next_step(a_card(told, age=6.0), [None], NOW, stuck) == React("warning")
    told = replace(told, reactions=frozenset({"eyes", "warning"}))
    assert next_step(a_card(told, age=6.0), [None], NOW, stuck) == Unreact("eyes")
    told = replace(told, reactions=frozenset({"warning"}))
    assert isinstance(next_step(a_card(told, age=6.0), [None], NOW, stuck), Rest)
    assert isinstance(next_step(a_card(told, age=6.0), [None], NOW), Edit)


def test_what_passes_by_itself_is_no_warning() -> None:
    busy = ["Slack asked Loupe to slow down."]
    step = next_step(a_card(age=6.0), [None, report()], NOW, busy)
    assert isinstance(step, Post)
    assert step.content.text.startswith("Looking at 2 pictures, 1 done… Slack asked Loupe to slow down.")
    told = Done(ts="2.2", digest=step.content.digest)
    assert isinstance(next_step(a_card(told, age=6.0), [None, report()], NOW, busy), Rest)


def test_a_message_that_nobody_may_edit_is_followed_by_the_verdict_alone() -> None:
    frozen = Done(ts="2.2", digest="looking", frozen=True)
    assert isinstance(next_step(a_card(frozen, age=9.0), [report(), None], NOW), Rest)
    assert next_step(a_card(frozen, age=9.0), [report()], NOW) == Post(SENT)
    for error in ("edit_window_closed", "cant_update_message"):
        after = judged(Edit("2.2", SENT), Kind.NEVER, error, Done(ts="2.2"))
        assert after.done.frozen
        assert after.done.over is None


def test_what_is_ready_at_once_needs_no_eyes() -> None:
    assert next_step(a_card(), [report()], NOW) == Post(SENT)


def test_after_the_card_the_reactions_follow_and_then_there_is_rest() -> None:
    done = Done(reactions=frozenset({"eyes"}), ts="2.2", digest=SENT.digest)
    assert next_step(a_card(done), [report()], NOW) == React("white_check_mark")
    done = replace(done, reactions=frozenset({"eyes", "white_check_mark"}))
    assert next_step(a_card(done), [report()], NOW) == Unreact("eyes")
    done = replace(done, reactions=frozenset({"white_check_mark"}))
    assert next_step(a_card(done), [report()], NOW) == Rest()


TOLD = Done(reactions=frozenset({"white_check_mark"}), ts="2.2", digest="before", told=True)


def test_a_verdict_is_waited_for_and_what_only_adds_to_it_is_not() -> None:
    looking = replace(TOLD, told=False)
    assert next_step(a_card(looking), [report()], NOW) == Edit("2.2", SENT)
    assert next_step(a_card(TOLD), [report()], NOW) == Edit("2.2", SENT, urgent=False)


@pytest.mark.parametrize("hidden", [held(), review()])
def test_what_must_no_longer_be_shown_is_taken_away_before_anything_else(hidden: dict[str, Any]) -> None:
    step = next_step(a_card(TOLD), [hidden], NOW)
    assert isinstance(step, Edit)
    assert step.urgent


def test_the_tick_comes_before_the_links_and_the_eyes_go_after_them() -> None:
    eyes = replace(TOLD, reactions=frozenset({"eyes"}))
    assert next_step(a_card(eyes), [report()], NOW) == React("white_check_mark")
    both = replace(TOLD, reactions=frozenset({"eyes", "white_check_mark"}))
    assert next_step(a_card(both), [report()], NOW) == Edit("2.2", SENT, urgent=False)
    assert next_step(a_card(replace(both, tries=1)), [report()], NOW) == Unreact("eyes")
    assert next_step(a_card(replace(both, digest=SENT.digest)), [report()], NOW) == Unreact("eyes")


def test_links_do_not_wait_for_a_reaction_that_fails_and_fails() -> None:
    eyes = replace(TOLD, reactions=frozenset({"eyes"}))
    assert next_step(a_card(replace(eyes, tries=3)), [report()], NOW) == React("white_check_mark")
    assert next_step(a_card(replace(eyes, tries=4)), [report()], NOW) == Edit("2.2", SENT, urgent=False)


def test_without_the_right_to_react_there_is_rest_after_the_card() -> None:
    assert next_step(a_card(Done(ts="2.2", digest=SENT.digest, mute=True)), [report()], NOW) == Rest()


def test_a_post_in_doubt_is_looked_for_before_anything_else() -> None:
    doubtful = a_card(Done(posting=NOW))
    for card in (doubtful, replace(doubtful, withdrawn="gone"), replace(doubtful, words="hello")):
        assert next_step(card, [report()], NOW) == Look()


def test_a_card_that_ended_because_its_message_vanished_is_still_removed_once_that_is_told() -> None:
    """A reaction may meet the deletion before its event comes; our answer must not stay behind."""
    ended = a_card(Done(ts="2.2", over="Slack answered message_not_found"), withdrawn="gone")
    assert next_step(ended, [report()], NOW) == Remove("2.2")


@pytest.mark.parametrize("error", ["message_not_found", "cant_delete_message", "not_in_channel"])
def test_a_removal_that_slack_refuses_for_good_is_not_tried_for_ever(error: str) -> None:
    card = a_card(Done(ts="2.2"), withdrawn="gone")
    after = judge(card, card.done, Remove("2.2"), Refusal(Kind.NEVER, error), NOW)
    assert next_step(replace(card, done=after.done), [report()], NOW) == Rest()


def test_a_withdrawn_card_is_removed_or_never_begun() -> None:
    assert next_step(a_card(Done(ts="2.2"), withdrawn="gone"), [], NOW) == Remove("2.2")
    assert next_step(a_card(withdrawn="gone"), [], NOW) == End("gone")


def test_a_card_that_is_over_rests_for_ever() -> None:
    assert next_step(a_card(Done(over="x"), withdrawn="gone"), [report()], NOW) == Rest()


def test_a_card_whose_pictures_never_come_ends() -> None:
    assert isinstance(next_step(a_card(age=10.0), [], NOW), Rest)
    assert isinstance(next_step(a_card(age=10_000.0), [], NOW), End)


def test_plain_words_are_said_once() -> None:
    assert isinstance(next_step(a_card(words="Hello"), [], NOW), Post)
    assert next_step(a_card(Done(ts="2.2"), words="Hello"), [], NOW) == Rest()


def test_refused_blocks_are_left_out_from_then_on() -> None:
    step = next_step(a_card(Done(plain=True)), [report()], NOW)
    assert isinstance(step, Post)
    assert step.content.blocks == ()
    settled = Done(plain=True, ts="2.2", digest=step.content.digest, mute=True)
    assert next_step(a_card(settled), [report()], NOW) == Rest()


@pytest.mark.parametrize(
    ("reports", "name"),
    [
        ([report()], "white_check_mark"),
        ([report(), held()], "hourglass"),
        ([review()], "hourglass"),
        ([held(), rejected()], "warning"),
        ([report(state="failed")], "warning"),
    ],
)
def test_the_reaction_stands_for_the_ending(reports: list[dict[str, Any]], name: str) -> None:
    assert reaction(reports) == name


def judged(step: Any, kind: Kind, error: str = "x", done: Done | None = None, wait: float = 0.0) -> Any:
    return judge(a_card(), done or Done(posting=NOW + 10), step, Refusal(kind, error, wait), NOW)


def test_slow_down_means_not_sent_and_not_before() -> None:
    after = judged(Post(SENT), Kind.LATER, wait=30.0)
    assert after.done.posting == 0
    assert after.due_at >= NOW + 30


def test_slow_down_while_looking_keeps_the_doubt() -> None:
    after = judged(Look(), Kind.LATER, wait=30.0)
    assert after.done.posting == NOW + 10
    assert after.due_at >= NOW + 30


def test_silence_keeps_the_doubt_longer_than_a_broken_answer() -> None:
    silent, broken = (
        judged(Post(SENT), Kind.UNSURE, "TimeoutError"),
        judged(Post(SENT), Kind.UNSURE, "HTTP 502"),
    )
    assert silent.done.posting > broken.done.posting > NOW


def test_a_call_that_never_left_leaves_no_doubt() -> None:
    assert judged(Post(SENT), Kind.UNSENT).done.posting == 0


@pytest.mark.parametrize("error", ["message_not_found", "channel_not_found", "not_in_channel", "is_archived"])
def test_what_is_gone_ends_the_card(error: str) -> None:
    for step in (Post(SENT), Edit("1", SENT), React("eyes"), Look()):
        after = judged(step, Kind.NEVER, error)
        assert error in after.done.over
        assert after.due_at is None


def test_a_dead_token_does_not_end_the_card() -> None:
    after = judged(Post(SENT), Kind.IDENTITY, "token_revoked")
    assert after.done.over is None
    assert "token" in after.done.fault
    assert after.due_at > NOW


def test_blocks_that_are_refused_twice_end_the_card() -> None:
    assert judged(Post(SENT), Kind.SHAPE).done.plain
    assert judged(Post(SENT), Kind.SHAPE, done=Done(plain=True)).done.over


def test_a_reaction_that_is_there_already_is_there() -> None:
    after = judged(React("eyes"), Kind.NEVER, "already_reacted")
    assert after.done.reactions == {"eyes"}
    assert after.done.fault is None


def test_reactions_that_are_refused_are_given_up_without_the_card() -> None:
    for kind, error in ((Kind.IDENTITY, "missing_scope"), (Kind.NEVER, "too_many_reactions")):
        after = judged(React("eyes"), kind, error)
        assert after.done.mute
        assert after.done.over is None


@pytest.mark.parametrize("kind", [Kind.UNSURE, Kind.UNSENT])
@pytest.mark.parametrize("step", [React("eyes"), Unreact("eyes")])
def test_a_reaction_is_tried_again_for_minutes_before_it_is_given_up(
    step: React | Unreact, kind: Kind
) -> None:
    done, now = Done(), NOW
    while not (after := judge(a_card(done), done, step, Refusal(kind, "internal_error"), now)).done.mute:
        assert after.due_at is not None
        assert now < after.due_at <= now + 300
        done, now = after.done, after.due_at
    assert 300 < now - NOW < 600
    assert after.done.tries == 0


def test_a_thread_that_cannot_be_read_is_posted_to_only_when_the_doubt_is_over() -> None:
    assert judged(Look(), Kind.IDENTITY, "missing_scope").done.posting
    assert not judged(Look(), Kind.IDENTITY, "missing_scope", Done(posting=NOW - 1)).done.posting


def test_tries_wait_longer_and_longer() -> None:
    early = judged(Edit("1", SENT), Kind.UNSURE, done=Done(tries=1)).due_at
    late = judged(Edit("1", SENT), Kind.UNSURE, done=Done(tries=6)).due_at
    assert NOW < early < NOW + 5 < late <= NOW + 300


FILE = {"id": "F1", "name": "a.jpg", "mimetype": "image/jpeg", "user": "U1"}


@pytest.mark.parametrize(
    ("file", "taken"),
    [
        (FILE, True),
        ({"id": "F1", "name": "A.HEIC", "mimetype": "application/octet-stream"}, True),
        ({"id": "F1", "name": "photo", "filetype": "png"}, True),
        ({"id": "F1", "file_access": "check_file_info"}, True),
        ({"id": "F1", "name": "a.txt", "mimetype": "IMAGE/WEBP"}, True),
        ({"id": "F1", "name": "notes.pdf", "mimetype": "application/pdf"}, False),
        ({"id": "F1", "name": "a.jpg", "mimetype": "image/jpeg", "mode": "tombstone"}, False),
        ({"id": "F1", "name": None, "mimetype": None}, True),
        ({"id": "F1", "name": "film.mp4", "filetype": "mp4"}, False),
    ],
)
def test_what_may_be_a_picture_is_taken(file: dict[str, Any], taken: bool) -> None:
    assert may_be_picture(file) is taken


def test_the_key_of_a_delivery_names_file_and_message() -> None:
    found = posted({"channel": "C1", "ts": "2.2", "thread_ts": "1.1", "files": [FILE, FILE]}, "T1")
    assert [key for key, _ in found.arrivals] == ["slack:T1:F1:C1:2.2"]
    assert delivery_key(found.pictures[0]) == "slack:T1:F1:C1:2.2"
    assert found.message == Message("T1", "C1", "2.2", "1.1")


@pytest.mark.parametrize(
    ("channel", "kind", "private"),
    [
        ("C1", "channel", False),
        ("C1", "group", True),
        ("G1", "", True),
        ("D1", "im", True),
        ("C1", "mpim", True),
    ],
)
def test_private_places_are_known(channel: str, kind: str, private: bool) -> None:
    found = posted({"channel": channel, "ts": "1", "channel_type": kind, "files": [FILE]}, "T1")
    assert found.pictures[0].private is private


@pytest.mark.parametrize(
    ("event", "ours"),
    [
        ({"app_id": "A1"}, True),
        ({"bot_profile": {"app_id": "A1"}}, True),
        ({"user": "UBOT"}, True),
        ({"app_id": "A2", "bot_id": "B2", "user": "U9"}, False),
        ({"user": "U1"}, False),
        ({}, False),
    ],
)
def test_only_our_own_messages_are_ours(event: dict[str, Any], ours: bool) -> None:
    body = {"api_app_id": "A1", "authorizations": [{"user_id": "UBOT", "is_bot": True}]}
    assert is_ours(event, body) is ours


def test_our_own_card_is_ours_by_its_mark_when_nobody_is_named() -> None:
    marked = {
        "bot_id": "B1",
        "blocks": [{"type": "section", "block_id": "loupe:T1:C1:1.1"}],
        "thread_ts": "1.0",
    }
    assert is_ours(marked, {})
    assert answered(marked) == Message("T1", "C1", "1.1", "1.0")
    assert not is_ours({**marked, "app_id": "A2"}, {"api_app_id": "A1"})
    assert answered({**marked, "bot_id": None}) is None
    assert answered({"bot_id": "B1", "blocks": [None], "metadata": "odd"}) is None


@pytest.mark.parametrize(
    ("body", "team"),
    [
        ({"team_id": "T1"}, "T1"),
        ({"team": {"id": "T1", "domain": "x"}, "user": {"team_id": "T2"}}, "T1"),
        ({"team": "T1"}, "T1"),
        ({"authorizations": [{"team_id": "T1"}], "team_id": "T2"}, "T1"),
        ({"authorizations": [{"team_id": None, "enterprise_id": "E1"}], "team_id": "T1"}, "T1"),
        ({"authorizations": [], "context_team_id": "T1", "team_id": "T2"}, "T1"),
        ({"authorizations": None, "event": {"team": "T1"}}, "T1"),
        ({"team": None, "user": {"team_id": "T1"}}, "T1"),
        ({"authorizations": ["odd"], "event": None}, ""),
    ],
)
def test_the_workspace_is_found_wherever_it_is_named(body: dict[str, Any], team: str) -> None:
    assert team_of(body) == team


def test_files_that_are_only_numbered_are_files() -> None:
    event = {"channel": "C1", "ts": "1", "files": [FILE], "x_files": ["F1", "F2", None, ""]}
    assert [source.locator for source in posted(event, "T1").pictures] == ["F1", "F2"]
    assert posted(event, "T1").pictures[0].name == "a.jpg"


@pytest.mark.parametrize(
    ("fields", "talk"),
    [
        ({}, True),
        ({"thread_ts": "0.9"}, False),
        ({"bot_id": "B1"}, False),
        ({"subtype": "channel_join"}, False),
        ({"files": [FILE]}, False),
        ({"channel": "C1", "channel_type": "channel"}, False),
        ({"channel": "G1", "channel_type": "mpim"}, False),
    ],
)
def test_only_a_person_who_writes_to_the_bot_itself_talks_to_it(fields: dict[str, Any], talk: bool) -> None:
    event = {"channel": "D1", "ts": "1.1", "user": "U1", "text": "hello", "channel_type": "im"}
    assert posted({**event, **fields}, "T1").talk is talk


def test_a_message_lost_its_pictures_when_none_is_left() -> None:
    stone = {"id": "F1", "mode": "tombstone"}
    assert lost_files({"message": {"files": [stone]}, "previous_message": {"files": [FILE]}})
    assert not lost_files({"message": {"files": [FILE, stone]}})
    assert not lost_files({"message": {"text": "edited"}, "previous_message": {"text": "before"}})
