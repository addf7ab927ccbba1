"""What is on offer for a picture, and for whom: decided without Slack."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.buttons import buttons
from bot.offers import offers, parked, underway
from tests.bot.reports import held, published, rejected, report, review

ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"
ARCHIVED = {"state": "archived", "at": "2026-11-29T09:00:00+00:00", "bytes": 1, "until": None}
REST = {"state": "skipped", "error": "Nobody asked for it."}


def deeds(found: dict[str, Any], person: str = ADA, *, withdrawn: bool = False) -> list[str]:
    """What this person has a button for."""
    return [each.deed for each in offers(found, person, withdrawn=withdrawn) if not each.refused]


def test_a_published_picture_can_be_run_again_and_its_copies_deleted() -> None:
    assert deeds(published()) == ["again", "withdraw"]


def test_only_the_poster_may_delete_and_others_are_told_who_may() -> None:
    assert deeds(published(), GRACE) == ["again"]
    [refused] = [each.refused for each in offers(published(), GRACE, withdrawn=False) if each.refused]
    assert refused == f"Only <@{ADA}> may do that, who posted the picture."


@pytest.mark.parametrize("person", ["", "B0CAMERA01", "<!channel>"])
def test_of_what_a_program_posted_nobody_may_delete_the_copies(person: str) -> None:
    found = published(source={"kind": "slack", "name": "a.jpg", "person": person})
    assert deeds(found, ADA) == ["again"]
    assert "<!channel>" not in str(offers(found, ADA, withdrawn=False))


def test_a_person_without_an_id_is_no_poster() -> None:
    assert deeds(published(source={"kind": "slack", "name": "a.jpg"}), "") == ["again"]


def test_withdrawn_copies_can_be_made_again_by_whoever_withdrew_them_and_nobody_else() -> None:
    assert deeds(report(), withdrawn=True) == ["again", "publish"]
    assert deeds(report(), GRACE, withdrawn=True) == ["again"]


def test_copies_that_are_going_cannot_be_deleted_twice() -> None:
    assert "withdraw" not in deeds(published(), withdrawn=True)


def test_what_needs_the_original_is_not_on_offer_while_the_archive_has_it() -> None:
    gone = published(archive=ARCHIVED, actors={"restore_original": REST})
    assert deeds(gone) == ["withdraw", "restore"]
    assert deeds(report(archive=ARCHIVED, actors={"restore_original": REST}), withdrawn=True) == ["restore"]


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_a_restore_under_way_is_told_of_with_its_waiting_time(state: str) -> None:
    run = {"state": state, "error": "It is back at about 14:30."}
    found = published(archive=ARCHIVED, actors={"restore_original": run})
    assert "restore" not in deeds(found)
    assert underway(found) == "The original is on its way back from the archive. It is back at about 14:30."


@pytest.mark.parametrize("state", ["copied", "restored"])
def test_what_is_at_hand_need_not_be_restored(state: str) -> None:
    found = published(archive={**ARCHIVED, "state": state}, actors={"restore_original": REST})
    assert deeds(found) == ["again", "withdraw"]


def test_a_loupe_without_an_archive_offers_no_restoring() -> None:
    assert deeds(published(archive=ARCHIVED)) == ["withdraw"]


def test_what_did_not_finish_is_named() -> None:
    broken = report(state="failed", actors={"find_place": {"state": "failed"}, "detect_faces": REST})
    assert parked(broken) == ["find_place"]
    [again] = offers(broken, GRACE, withdrawn=False)
    assert again.tells == "Runs what did not finish: `find_place`."


@pytest.mark.parametrize("hidden", [held(), review()])
def test_a_held_picture_can_be_looked_at_again_and_nothing_else(hidden: dict[str, Any]) -> None:
    tempting = {"archive": ARCHIVED | {"state": "copied"}, "page": "https://x.example/i/1"}
    for withdrawn in (False, True):
        assert deeds({**hidden, **tempting}, withdrawn=withdrawn) == ["again"]


def test_what_is_no_picture_has_nothing_on_offer() -> None:
    assert deeds(rejected()) == []


def test_while_steps_are_under_way_nothing_is_run_again() -> None:
    assert deeds(published(state="waiting")) == ["withdraw"]
    assert underway(published(state="waiting")) == "Some steps are still under way."
    assert underway(published()) == ""


def names(reports: list[dict[str, Any]]) -> list[str]:
    return [each["text"]["text"] for row in buttons(reports, "C1:1.1") for each in row["elements"]]


@pytest.mark.parametrize(
    ("reports", "there"),
    [
        ([published()], ["Details", "Copy HTML", "Wrong result", "More"]),
        ([report()], ["Details", "Wrong result", "More"]),
        ([held()], ["Details", "Wrong result", "More"]),
        ([rejected()], ["Details"]),
        ([report(state="failed", release=None)], ["Details", "More"]),
        ([rejected(), published()], ["Details", "Copy HTML", "Wrong result", "More"]),
        ([{**held(), "page": "https://x.example/i/1"}], ["Details", "Wrong result", "More"]),
    ],
)
def test_each_button_is_there_only_while_it_makes_sense(
    reports: list[dict[str, Any]], there: list[str]
) -> None:
    assert names(reports) == there


def test_without_a_message_to_name_there_are_no_buttons() -> None:
    assert buttons([published()], "") == []


SHAPES = st.sampled_from([report(), published(), held(), review(), rejected(), report(state="failed")])


@given(st.lists(SHAPES, min_size=1, max_size=12))
def test_there_are_never_more_than_four_buttons(reports: list[dict[str, Any]]) -> None:
    assert 1 <= len(names(reports)) <= 4
