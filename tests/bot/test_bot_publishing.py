"""People press the card's buttons: the real chain follows, and the card is edited."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot import outbox
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.errors import Unavailable
from tests.bot.works import ADA, GRACE, PICTURES, Works, works

pytestmark = pytest.mark.xdist_group("bot-publishing")


@pytest.fixture(scope="module", autouse=True)
def haste() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.outbox.PER_CHANNEL", 0.01)
        for paces in ("PACES", "SPARE"):  # all these tests share one workspace and the minute it counts in
            known = getattr(outbox, paces)
            patch.setattr(
                outbox, paces, {method: replace(pace, every=0.001) for method, pace in known.items()}
            )
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, haste: None) -> Iterator[Works]:
    with works(tmp_path_factory.mktemp("works")) as opened:
        yield opened


def labels(card: dict[str, Any]) -> list[str]:
    """What stands in the first row of buttons."""
    rows = [block for block in card["blocks"] if block["type"] == "actions"]
    return [each["text"]["text"] for each in rows[0]["elements"]]


def test_a_cleared_picture_gets_links_that_work_and_four_buttons(home: Works) -> None:
    posted = home.post("links.jpg")
    card = home.card(posted)
    [report] = home.reports(posted)
    assert report["page"] in card["text"]
    assert "Web copies: <" in card["text"]
    assert labels(card) == ["Details", "Copy HTML", "Wrong result", "More"]


def test_when_both_announcements_are_there_before_the_post_nothing_is_edited(home: Works) -> None:
    posted = home.post("at once.jpg")
    card = home.card(posted)
    assert "Web copies: <" in card["text"]
    assert home.edits(card) == 0


def test_a_card_that_stands_before_the_copies_do_is_edited_once(home: Works) -> None:
    posted = home.post("in two steps.jpg")
    home.run_until("report_findings")
    home.send()
    [first] = home.slack.thread(posted["ts"])
    assert "Web copies" not in first["text"]
    assert labels(first) == ["Details", "Wrong result", "More"]
    card = home.card(posted)
    assert (card["ts"], home.edits(card)) == (first["ts"], 1)
    assert "Web copies: <" in card["text"]


def test_looking_again_changes_nothing_in_the_card_while_nothing_else_comes_out(home: Works) -> None:
    posted = home.post("again.jpg")
    card = home.card(posted)
    more = home.press(card, "more")
    told = home.choose(more, "loupe_deed_again")
    assert "run again" in str(told["blocks"])
    while home.step():
        home.send()
    assert home.card(posted) == card
    assert home.edits(card) == 0


def fields(view: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The inputs by the first part of their block's name."""
    found = [block for block in view["blocks"] if block["type"] == "input"]
    return {block["block_id"].partition(":")[0]: block for block in found}


def test_copy_html_shows_the_markup_of_the_ledger(home: Works) -> None:
    posted = home.post("copied.jpg")
    view = home.press(home.card(posted), "markup", GRACE)
    [report] = home.reports(posted)
    shown = {name: block["element"].get("initial_value") for name, block in fields(view).items()}
    assert shown == {"alt": report["alt"], **report["html"]}


def test_a_description_is_saved_shown_at_once_and_published(home: Works) -> None:
    posted = home.post("described.jpg")
    card = home.card(posted)
    view = home.press(card, "markup", GRACE)
    block = fields(view)["alt"]["block_id"]
    assert home.submit(view, {block: {"alt": "  A lake & <hills> \n at dawn "}}, GRACE) == {}
    after = home.seen(GRACE)
    assert "Saved." in str(after["blocks"])
    home.run()
    [report] = home.reports(posted)
    assert report["alt"] == "A lake & <hills> at dawn"
    shown = {name: block["element"].get("initial_value") for name, block in fields(after).items()}
    assert shown == {"alt": report["alt"], **report["html"]}
    assert fields(after).keys() == fields(view).keys()
    assert not {each["block_id"] for each in fields(after).values()} & {
        each["block_id"] for each in fields(view).values()
    }
    home.send()
    assert home.edits(card) == 0


@pytest.mark.parametrize(("typed", "words"), [("  ", "empty"), ("x" * 501, "501"), ("a\x07b", "control")])
def test_a_description_that_will_not_do_is_refused_at_its_field(home: Works, typed: str, words: str) -> None:
    posted = home.post("refused.jpg")
    view = home.press(home.card(posted), "markup")
    block = fields(view)["alt"]["block_id"]
    errors = home.submit(view, {block: {"alt": typed}})
    assert list(errors) == [block]
    assert words in errors[block]
    assert home.base.catalog.report(home.reports(posted)[0]["id"])["state"] == "done"


def test_saving_what_stands_there_already_closes_the_modal_and_asks_for_nothing(home: Works) -> None:
    posted = home.post("unchanged.jpg")
    view = home.press(home.card(posted), "markup")
    block = fields(view)["alt"]
    home.submit(view, {block["block_id"]: {"alt": block["element"]["initial_value"]}})
    assert view["id"] not in {each["id"] for each in home.views()}
    assert home.reports(posted)[0]["state"] == "done"


def opinion(*wrong: str, comment: str = "", picture: str = "") -> dict[str, dict[str, Any]]:
    chosen: dict[str, dict[str, Any]] = {"picture": {"loupe_pick": picture}} if picture else {}
    return {"wrong": {"wrong": list(wrong)}, "comment": {"comment": comment}, **chosen}


def test_saying_that_it_shows_nudity_holds_the_picture_at_once(home: Works) -> None:
    posted = home.post("not for all.jpg")
    card = home.card(posted)
    [before] = home.reports(posted)
    view = home.press(card, "opinion", GRACE)
    assert home.submit(view, opinion("nudity", comment="my neighbour"), GRACE) == {}
    assert "held from now on" in str(home.seen(GRACE)["blocks"])
    home.run_until("report_findings")
    home.send()
    [held] = home.slack.thread(posted["ts"])
    assert held["text"].startswith("*Waiting for a person.*")
    assert before["page"] not in str(held)
    card = home.card(posted)
    assert home.edits(card) == 1
    assert labels(card) == ["Details", "Wrong result", "More"]
    assert list(home.base.public.keys(before["id"])) == []
    [said] = home.opinions(before["id"])
    assert (said.wrong, said.comment, said.person) == (("nudity",), "my neighbour", GRACE)
    assert GRACE not in str(home.reports(posted)[0]["release"])


def test_no_button_in_slack_releases_a_held_picture(home: Works) -> None:
    posted = home.post("held for good.jpg")
    view = home.press(home.card(posted), "opinion")
    home.submit(view, opinion("nudity"))
    card = home.card(posted)
    view = home.press(card, "opinion")
    home.submit(view, opinion("no_nudity"))
    more = home.press(card, "more")
    home.choose(more, "loupe_deed_again")
    assert home.card(posted)["text"].startswith("*Waiting for a person.*")
    assert home.reports(posted)[0]["page"] is None


@pytest.mark.parametrize(
    ("given", "block", "words"),
    [
        (opinion(), "wrong", "tick"),
        (opinion("nudity", "no_nudity"), "wrong", "one of the two"),
        (opinion("other", comment="  "), "comment", "say what"),
    ],
)
def test_an_opinion_that_says_nothing_is_sent_back(
    home: Works, given: dict[str, Any], block: str, words: str
) -> None:
    posted = home.post("no opinion.jpg")
    view = home.press(home.card(posted), "opinion")
    errors = home.submit(view, given)
    assert words in errors[block]
    assert home.opinions(home.reports(posted)[0]["id"]) == []


def test_an_opinion_sent_twice_is_kept_once(home: Works) -> None:
    posted = home.post("twice.jpg")
    card = home.card(posted)
    view = home.press(card, "opinion")
    ticked = {"wrong": {"type": "checkboxes", "selected_options": [{"value": "faces"}]}}
    sent: dict[str, Any] = {"type": "view_submission", "user": {"id": ADA}}
    sent["view"] = {**view, "state": {"values": {"wrong": ticked}}}
    for _ in range(2):
        assert home.deliver(sent)["response_action"] == "update"
    assert len(home.opinions(home.reports(posted)[0]["id"])) == 1
    assert home.card(posted) == card


def deeds(view: dict[str, Any]) -> list[str]:
    """What the modal has buttons for."""
    shown = [block["accessory"] for block in view["blocks"] if "accessory" in block]
    return [each["action_id"].removeprefix("loupe_deed_") for each in shown if each["type"] == "button"]


def test_the_poster_deletes_the_web_copies_and_has_them_made_again(home: Works) -> None:
    posted = home.post("withdrawn.jpg")
    card = home.card(posted)
    [before] = home.reports(posted)
    more = home.press(card, "more")
    assert deeds(more) == ["again", "withdraw"]
    button = next(block["accessory"] for block in more["blocks"] if "Deletes" in str(block))
    assert button["confirm"]["style"] == button["style"] == "danger"
    home.choose(more, "loupe_deed_withdraw")
    gone = home.card(posted)
    assert "Web copies: none" in gone["text"]
    assert "Copy HTML" not in labels(gone)
    assert list(home.base.public.keys(before["id"])) == []
    more = home.press(gone, "more")
    assert deeds(more) == ["again", "publish"]
    home.choose(more, "loupe_deed_publish")
    back = home.card(posted)
    assert back["text"] == card["text"]
    assert home.edits(back) == 2


def test_nobody_but_the_poster_may_delete_and_is_told_who_may(home: Works) -> None:
    posted = home.post("mine.jpg", user=GRACE)
    card = home.card(posted)
    more = home.press(card, "more", ADA)
    assert deeds(more) == ["again"]
    assert f"Only <@{GRACE}> may do that" in str(more["blocks"])
    assert "withdraw" in deeds(home.press(card, "more", GRACE))


def test_a_forged_press_of_somebody_else_deletes_nothing(home: Works) -> None:
    posted = home.post("not yours.jpg", user=ADA)
    card = home.card(posted)
    [report] = home.reports(posted)
    told = home.forge(home.press(card, "more", GRACE), "loupe_deed_withdraw", GRACE)
    assert f"Only <@{ADA}> may do that" in str(told["blocks"])
    assert home.base.catalog.report(report["id"])["page"]


def test_the_second_press_of_a_double_press_says_that_it_is_done(home: Works) -> None:
    posted = home.post("double.jpg")
    more = home.press(home.card(posted), "more")
    home.choose(more, "loupe_deed_withdraw")
    told = home.forge(home.seen(), "loupe_deed_withdraw")
    assert "not possible any more" in str(told["blocks"])
    home.run()
    assert home.reports(posted)[0]["state"] == "done"


def test_a_button_of_a_stale_card_answers_with_a_sentence(home: Works) -> None:
    posted = home.post("stale.jpg")
    card = home.card(posted)
    home.choose(home.press(card, "more"), "loupe_deed_withdraw")
    home.run()
    told, open_before = len(home.whispers(GRACE)), len(home.views(GRACE))
    home.push(card, "markup", GRACE)
    home.slack.wait(lambda _: len(home.whispers(GRACE)) > told)
    assert "no web copies to show any more" in home.whispers(GRACE)[-1]
    assert len(home.views(GRACE)) == open_before


def test_of_several_pictures_the_modals_let_one_be_chosen(home: Works) -> None:
    posted = home.post("one.jpg", "two.jpg", "three.jpg")
    card = home.card(posted)
    assert card["text"].count("web copies") + card["text"].count("Web copies") == 3
    reports = home.reports(posted)
    view = home.press(card, "markup")
    assert fields(view)["img"]["element"]["initial_value"] == reports[0]["html"]["img"]
    view = home.choose(view, "loupe_pick", reports[2]["id"])
    assert fields(view)["img"]["element"]["initial_value"] == reports[2]["html"]["img"]
    block = fields(view)["alt"]["block_id"]
    assert home.submit(view, {block: {"alt": "The third"}}) == {}
    view = home.press(card, "opinion")
    assert home.submit(view, opinion("nudity", picture=reports[1]["id"])) == {}
    more = home.choose(home.press(card, "more"), "loupe_pick", reports[0]["id"])
    home.choose(more, "loupe_deed_withdraw")
    card = home.card(posted)
    after = home.reports(posted)
    assert [bool(each["page"]) for each in after] == [False, False, True]
    assert after[2]["alt"] == "The third"
    assert [each["release"]["decision"] for each in after] == ["cleared", "review", "cleared"]
    assert "3 pictures: 2 looked at, 1 held for a moderator" in card["text"]


def test_imgstatus_says_what_the_card_says(home: Works) -> None:
    posted = home.post("asked.jpg")
    home.card(posted)
    [report] = home.reports(posted)
    told = home.slack.call("command", channel=PICTURES, user=GRACE, line=f"/imgstatus {report['short']}")
    assert report["page"] in told["body"]["text"]
    assert "smaller than" in told["body"]["text"] or " sizes in " in told["body"]["text"]


def test_a_message_deleted_between_the_announcements_leaves_no_card(home: Works) -> None:
    posted = home.post("deleted.jpg")
    home.run_until("report_findings")
    home.send()
    assert len(home.slack.thread(posted["ts"])) == 1
    home.slack.call("delete_message", channel=PICTURES, ts=posted["ts"])
    home.slack.settled()
    home.run()
    home.send()
    assert home.slack.thread(posted["ts"]) == []


def test_where_nobody_may_edit_a_second_message_brings_the_links_and_is_edited_from_then_on(
    home: Works,
) -> None:
    posted = home.post("frozen.jpg")
    home.run_until("report_findings")
    home.send()
    home.slack.call("inject", method="chat.update", error="edit_window_closed")
    home.run()
    home.slack.wait(lambda control: home.sent() and len(control.thread(posted["ts"])) == 2)
    first, second = home.slack.thread(posted["ts"])
    assert "Web copies" not in first["text"]
    assert "Web copies" in second["text"]
    more = home.press({**second, "channel": PICTURES}, "more")
    home.choose(more, "loupe_deed_withdraw")
    home.run()
    home.send()
    assert [m["ts"] for m in home.slack.thread(posted["ts"])] == [first["ts"], second["ts"]]
    assert "Web copies: none" in home.slack.thread(posted["ts"])[1]["text"]


def test_a_wish_that_comes_while_the_step_is_under_way_is_not_missed(home: Works) -> None:
    """The copies are being made again from what was asked before; the newer wish has the last word."""
    posted = home.post("meanwhile.jpg")
    card = home.card(posted)
    [report] = home.reports(posted)
    home.engine.replay(report["id"], "make_renditions")
    [under_way] = home.engine.turn("slow", want=1)
    outcome = home.engine.run(under_way)
    home.choose(home.press(card, "more"), "loupe_deed_withdraw")
    home.engine.turn("slow", [outcome], want=0)
    assert "Web copies: none" in home.card(posted)["text"]
    assert list(home.base.public.keys(report["id"])) == []


def test_a_hold_that_comes_while_the_release_is_decided_is_not_missed(home: Works) -> None:
    posted = home.post("deciding.jpg")
    card = home.card(posted)
    [report] = home.reports(posted)
    view = home.press(card, "opinion", GRACE)
    home.engine.replay(report["id"], "decide_release")
    [under_way] = home.engine.turn("slow", want=1)
    outcome = home.engine.run(under_way)
    home.submit(view, opinion("nudity"), GRACE)
    home.engine.turn("slow", [outcome], want=0)
    assert home.card(posted)["text"].startswith("*Waiting for a person.*")
    assert list(home.base.public.keys(report["id"])) == []


def test_a_modal_whose_moment_has_passed_is_said_instead(home: Works) -> None:
    posted = home.post("late.jpg")
    card = home.card(posted)
    [report] = home.reports(posted)
    for action, words in (
        ("markup", "&lt;amp-img"),
        ("opinion", "Press the button once more"),
        ("more", "Looks again"),
    ):
        told = len(home.whispers(GRACE))
        home.slack.call("inject", method="views.open", error="expired_trigger_id")
        home.push(card, action, GRACE)
        assert words in home.whispered(GRACE, told)
    assert report["state"] == "done"


def test_what_was_done_is_said_in_the_channel_when_the_modal_is_closed_meanwhile(home: Works) -> None:
    posted = home.post("closed.jpg")
    more = home.press(home.card(posted), "more")
    home.slack.call("close", user=ADA, view_id=more["id"])
    told = len(home.whispers(ADA))
    press = {"user": {"id": ADA}, "view": more, "actions": [{"action_id": "loupe_deed_again"}]}
    home.deliver({"type": "block_actions", **press})
    home.slack.wait(lambda _: len(home.whispers(ADA)) > told)
    assert "run again" in home.whispers(ADA)[-1]


def test_a_modal_about_pictures_of_another_place_tells_nothing(home: Works) -> None:
    posted = home.post("elsewhere.jpg", channel="G0PRIVATE1")
    [report] = [home.card(posted), *home.reports(posted)][1:]
    more = home.press(home.card(home.post("here.jpg")), "more")
    seat = json.loads(more["private_metadata"]) | {"image": report["id"]}
    told = home.forge({**more, "private_metadata": json.dumps(seat)}, "loupe_deed_withdraw")
    assert "nothing to do here any more" in str(told["blocks"])
    assert home.reports(posted)[0]["page"]
    assert home.reports(posted)[0]["state"] == "done"


def test_when_nothing_can_be_written_down_the_modal_says_so(
    home: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Unavailable("The disk is full.")

    posted = home.post("full.jpg")
    card = home.card(posted)
    views = {name: home.press(card, name) for name in ("markup", "opinion")}
    more = home.press(card, "more")
    monkeypatch.setattr(SqliteNotes, "set", full)
    told = home.choose(more, "loupe_deed_withdraw")
    assert "could not be written down just now" in str(told["blocks"])
    block = fields(views["markup"])["alt"]["block_id"]
    assert "could not be saved" in home.submit(views["markup"], {block: {"alt": "New words"}})[block]
    assert "could not be noted" in home.submit(views["opinion"], opinion("nudity"))["wrong"]
    assert home.reports(posted)[0]["page"]


@pytest.mark.parametrize("metadata", ["", "{}", "[1]", "nonsense", '{"channel": "C1"}', '{"odd": 1}'])
def test_a_modal_that_says_nothing_of_its_place_is_answered_all_the_same(home: Works, metadata: str) -> None:
    view = {"type": "modal", "id": "V0", "private_metadata": metadata, "state": {"values": {}}, "blocks": []}
    for callback in ("loupe_markup_save", "loupe_opinion_send"):
        values = {"wrong": {"wrong": {"selected_options": [{"value": "faces"}]}}}
        sent = {**view, "callback_id": callback, "state": {"values": values}}
        answer = home.deliver({"type": "view_submission", "user": {"id": ADA}, "view": sent})
        assert answer["response_action"] == "update"


def test_an_archived_original_is_told_and_brought_back_from_slack(home: Works) -> None:
    posted = home.post("archived.jpg")
    card = home.card(posted)
    [report] = home.reports(posted)
    SqliteNotes(home.base.database).set(report["id"], "archive")
    home.engine.replay(report["id"], "archive_original")
    archived = home.card(posted)
    assert "Original: archived <!date^" in archived["text"]
    assert labels(archived) == ["Details", "Copy HTML", "Wrong result", "More"]
    more = home.press(archived, "more", GRACE)
    assert deeds(more) == ["restore"]
    told = home.choose(more, "loupe_deed_restore", user=GRACE)
    assert "being fetched from the archive" in str(told["blocks"])
    back = home.card(posted)
    assert "Original: back from the archive, at hand until <!date^" in back["text"]
    assert deeds(home.press(back, "more")) == ["again", "withdraw"]
    assert (back["ts"], home.edits(back)) == (card["ts"], 2)
