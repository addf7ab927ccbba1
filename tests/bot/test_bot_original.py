"""Upload the original: a personal link in the card, and what comes back by it, on the real chain."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from bot.cards.forms import said
from bot.cards.whereabouts import upload_form
from bot.listeners.actions import original
from bot.listeners.pressed import Pressed, Seat
from loupe.visits import invitations
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.errors import Unavailable
from pipeline.news import Kind, Last, changes, fingerprint, of_report
from pipeline.ports import Report
from pipeline.tickets import attached
from tests.bot.reports import report
from tests.bot.works import TEAM, Works, works

ADA, GRACE = "U0ADALOVE1", "U0GRACEH01"
DATA = Path(__file__).parents[1] / "data"
SYDNEY = (DATA / "pigallery2--sydney_opera_house.jpg").read_bytes()
LONDON = (DATA / "pigallery2--big_ben.jpg").read_bytes()
NOWHERE = {"location": None, "place": None, "map_links": None, "no_location": "The file carries none."}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Works]:
    with works(tmp_path) as opened:
        yield opened


def photographed(home: Works, *photos: bytes) -> dict[str, Any]:
    """Post photos, out of which Slack takes the metadata."""
    files = [(f"photo-{number}.jpg", photo) for number, photo in enumerate(photos or (SYDNEY,))]
    posted = home.slack.post(*files)
    home.slack.settled()
    return posted


def link(view: dict[str, Any]) -> str:
    """Where the button of the modal leads."""
    rows = [block for block in view["blocks"] if block["type"] == "actions"]
    return str(rows[0]["elements"][0]["url"])


def join(home: Works, image: str, photo: bytes) -> None:
    """What the upload page does with a file that came by the link."""
    key = f"{attached(image)}/aa{len(photo)}"
    home.base.store.put(key, BytesIO(photo))
    SqliteNotes(home.base.database).set(image, "original", key, "V0123456789abcdef")
    home.base.engine().replay(image, "read_metadata")


def test_the_modal_has_a_link_for_this_person_and_this_picture(home: Works) -> None:
    posted = photographed(home)
    view = home.press(home.card(posted), "original")
    token = urlsplit(link(view)).path.removeprefix("/join/")
    invited = invitations(home.base).by_invitation(token)
    assert invited is not None
    assert (invited.visitor.team, invited.visitor.user) == (TEAM, ADA)
    assert invited.image == home.reports(posted)[0]["id"]
    words = str(view["blocks"])
    for part in (
        "for you alone, works once, and for 15 minutes",
        "Slack takes the location out",
        "only on the",
    ):
        assert part in words


def test_each_press_makes_another_link(home: Works) -> None:
    card = home.card(photographed(home))
    assert link(home.press(card, "original")) != link(home.press(card, "original"))


def test_the_link_can_be_pressed_without_a_word(home: Works) -> None:
    view = home.press(home.card(photographed(home)), "original")
    before = home.whispers()
    answer = home.slack.call("press", view_id=view["id"], user=ADA, action_id="loupe_original_open")
    assert answer["ok"]
    assert (home.whispers(), home.seen()["hash"]) == (before, view["hash"])


def test_among_several_pictures_the_link_is_for_the_chosen_one(home: Works) -> None:
    posted = photographed(home, SYDNEY, LONDON)
    view = home.press(home.card(posted), "original")
    images = [each["id"] for each in home.reports(posted)]
    for image, shown in ((images[0], view), (images[1], home.choose(view, "loupe_pick", images[1]))):
        invited = invitations(home.base).by_invitation(urlsplit(link(shown)).path.removeprefix("/join/"))
        assert invited is not None
        assert invited.image == image


@pytest.mark.parametrize("user", [GRACE])
def test_only_the_poster_gets_a_link_even_where_others_may_add_a_place(home: Works, user: str) -> None:
    card = home.card(photographed(home))
    before = len(home.whispers(user))
    home.push(card, "original", user)
    assert home.whispered(user, before) == f"Only <@{ADA}> may do that, who posted the picture."
    assert home.views(user) == []


def test_the_original_turns_no_location_into_a_place(home: Works) -> None:
    posted = photographed(home)
    card = home.card(posted)
    assert "No location" in card["text"]
    [before] = home.reports(posted)
    join(home, before["id"], SYDNEY)
    after = home.card(posted)
    [found] = home.reports(posted)
    assert "Sydney, Australia" in after["text"]
    assert "Upload the original" not in str(after["blocks"])
    assert (found["location"]["source"], found["taken_at"] is None) == ("exif", False)
    assert (after["ts"], home.edits(after)) == (card["ts"], 1)
    assert (found["page"], found["sha256"]) == (before["page"], before["sha256"])


def test_figures_and_news_follow_and_nothing_is_told_twice(home: Works) -> None:
    posted = photographed(home)
    home.card(posted)
    [before] = home.reports(posted)
    join(home, before["id"], SYDNEY)
    home.card(posted)
    [facts] = home.base.database.read("SELECT place, country_code, camera_make FROM facts")
    assert (facts["place"], facts["country_code"]) == ("Sydney", "AU")
    [after] = home.reports(posted)
    told = changes(after, "place", first(before, "place"))[0]
    assert [kind for kind, _ in told] == ["verdict", "published"]
    assert [kind for kind, _ in changes(after, "place", first(after, "place"))[0]] == []


def first(report: Report, location: Literal["none", "place", "exact"]) -> dict[Kind, Last]:
    """The pieces that were told of a report."""
    return {kind: Last(1, fingerprint(data)) for kind, data in of_report(report, location)}


def test_another_picture_leaves_the_buttons_and_says_so(home: Works) -> None:
    posted = photographed(home)
    home.card(posted)
    join(home, home.reports(posted)[0]["id"], LONDON)
    after = home.card(posted)
    assert "No location: The uploaded original shows another picture" in after["text"]
    assert "Upload the original" in str(after["blocks"])
    assert home.reports(posted)[0]["state"] == "done"


def test_once_there_is_a_place_an_older_card_makes_no_link(home: Works) -> None:
    posted = photographed(home)
    card = home.card(posted)
    join(home, home.reports(posted)[0]["id"], SYDNEY)
    home.run()
    before = len(home.whispers())
    home.push(card, "original")
    assert "not needed any more" in home.whispered(ADA, before)


def test_a_modal_that_cannot_be_opened_is_whispered_with_its_link() -> None:
    one = report(**NOWHERE)
    words = "\n".join(said(upload_form([one], one, "https://pictures.example/join/x?a=1&b", "")))
    assert "<https://pictures.example/join/x?a=1&amp;b|Open the upload page>" in words


def test_where_no_link_can_be_made_it_is_said() -> None:
    class Book:
        def of_message(self, *_: str) -> list[Any]:
            return [type("Listed", (), {"image": "x"})]

        def report(self, image: str) -> dict[str, Any]:
            return report(**NOWHERE)

    def broken(team: str, user: str, image: str) -> str:
        raise Unavailable("The disk is full.")

    press = Pressed("T1", ADA, Seat("C1", "1.1"), "", "", "", "")
    assert original.form(press, "", Book(), broken) == original.BROKEN  # type: ignore[arg-type]


def test_a_press_on_a_card_in_another_place_finds_nothing(home: Works) -> None:
    card = home.card(photographed(home))
    token = home.base.settings.slack_bot_token
    assert token is not None
    client = WebClient(token=token.get_secret_value(), base_url=home.slack.api_url)
    copied = client.chat_postMessage(channel="C0GENERAL1", text="x", blocks=card["blocks"])
    home.push({"channel": "C0GENERAL1", "ts": copied["ts"]}, "original")
    home.slack.wait(lambda _: home.whispers(ADA, "C0GENERAL1"))
    assert "not needed any more" in home.whispers(ADA, "C0GENERAL1")[-1]
    assert home.views() == []
