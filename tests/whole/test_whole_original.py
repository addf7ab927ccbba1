"""From "no location" to a place, through every process of `loupe up`: by the original, by a person's word."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from sandbox.model import Json
from tests.whole.house import ADA, GENERAL, GRACE, House, house, photo

pytestmark = pytest.mark.xdist_group("whole-original")
CAMERA, OTHER = "exifr--IMG_20180725_163423.jpg", "pigallery2--big_ben.jpg"
SEARCH = "loupe_place_search"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Slack takes the metadata out of what is posted."""
    with house(tmp_path_factory.mktemp("original")) as opened:
        yield opened


def buttons(card: Json) -> set[str]:
    found = [
        each for block in card["blocks"] for each in (*block.get("elements", ()), block.get("accessory"))
    ]
    return {each["text"]["text"] for each in found if each and each["type"] == "button"}


def pressed(home: House, card: Json, action: str, channel: str, user: str = ADA) -> Json:
    """Press a button of the card; the modal that opens, once it is more than words."""
    known = {view["id"] for view in home.slack.call("views", user=user)["views"]}
    home.slack.call("press", channel=channel, ts=card["ts"], user=user, action_id=action)

    def shown(_: Any) -> list[Json]:
        views = [view for view in home.slack.call("views", user=user)["views"] if view["id"] not in known]
        return [view for view in views if view["callback_id"]]

    return home.slack.wait(shown, PATIENCE)[0]


def link(view: Json) -> str:
    """Where the modal's button leads."""
    return next(str(b["elements"][0]["url"]) for b in view["blocks"] if b["type"] == "actions")


def upload(view: Json, name: str) -> None:
    """What the upload page does with the link: sign in, ask for a ticket, send the form, ask again."""
    address, site = link(view), requests.Session()
    site.trust_env = False
    page = site.get(address, timeout=20)
    assert page.status_code == 200, page.text
    origin = re.match(r"https?://[^/]+", address)
    assert origin is not None
    own = {"Origin": origin[0]}
    entered = site.post(address, headers=own, timeout=20, allow_redirects=False)
    assert entered.status_code == 303, entered.text
    image, data = json.loads(view["private_metadata"])["image"], photo(name)
    asked = {"name": name, "type": "image/jpeg", "size": len(data), "image": image}
    ticket = site.post(f"{origin[0]}/tickets", json=asked, headers=own, timeout=20)
    assert ticket.status_code == 201, ticket.text
    form = ticket.json()
    sent = site.post(
        urljoin(address, form["url"]), data=form["fields"], files={"file": (name, data)}, timeout=60
    )
    assert sent.status_code == 204, sent.text
    taken = site.post(f"{origin[0]}/tickets/{form['id']}", headers=own, timeout=20)
    assert taken.json()["image"] == image


def becomes(home: House, posted: Json, words: str) -> Json:
    """The card, once it says so; still the only one."""
    return home.slack.wait(
        lambda _: next((card for card in home.replies(posted) if words in card["text"]), None) or {}, PATIENCE
    )


def test_the_original_turns_no_location_into_a_place(home: House) -> None:
    posted = home.post(photo(CAMERA))
    card = home.card(posted)
    assert "No location" in card["text"]
    assert {"Upload the original", "Add a place"} <= buttons(card)
    view = pressed(home, card, "loupe_original", posted["channel"])
    upload(view, CAMERA)
    after = becomes(home, posted, "Benátky nad Jizerou")
    assert not {"Upload the original", "Add a place"} & buttons(after)
    assert "Huawei" in after["text"] or "Camera:" in after["text"]
    assert len(home.replies(posted)) == 1
    again = requests.Session()
    again.trust_env = False
    assert again.get(link(view), timeout=20).status_code == 404


def test_another_picture_is_told_apart_in_words_and_the_right_one_still_helps(home: House) -> None:
    posted = home.post(photo("pigallery2--sydney_opera_house.jpg"), channel=GENERAL)
    card = home.card(posted)
    upload(pressed(home, card, "loupe_original", GENERAL), OTHER)
    after = becomes(home, posted, "The uploaded original shows another picture")
    assert "Upload the original" in buttons(after)
    upload(pressed(home, after, "loupe_original", GENERAL), "pigallery2--sydney_opera_house.jpg")
    assert "Upload the original" not in buttons(becomes(home, posted, "Sydney"))


def test_a_person_says_where_it_was_and_takes_it_back(home: House) -> None:
    posted = home.post(photo("face_recognition--two_people.jpg"), channel=GENERAL, user=GRACE)
    view = pressed(home, home.card(posted), "loupe_place", GENERAL, GRACE)
    typed = {"user": GRACE, "view_id": view["id"], "action_id": SEARCH, "value": "софия"}
    options = home.slack.wait(lambda slack: slack.call("suggest", **typed)["options"], PATIENCE)
    assert options[0]["text"]["text"] == "Sofia, Bulgaria"
    values = {SEARCH: {SEARCH: options[0]["value"]}}
    assert home.slack.call("submit", user=GRACE, view_id=view["id"], values=values) == {"errors": {}}
    after = becomes(home, posted, "Sofia, Bulgaria")
    assert f"Added by <@{GRACE}>" in after["text"]
    assert "Add a place" not in buttons(after)
    more = pressed(home, after, "loupe_more", GENERAL, GRACE)
    home.slack.call("press", user=GRACE, view_id=more["id"], action_id="loupe_deed_unplace")
    assert "Add a place" in buttons(becomes(home, posted, "No location"))
    assert len(home.replies(posted)) == 1
