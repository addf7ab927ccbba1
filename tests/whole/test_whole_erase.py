"""A picture is erased while Loupe runs: its card goes, others mention it no more, nothing brings it back."""

import re

import pytest

from sandbox.model import Json
from tests.whole.house import GENERAL, GRACE, House, drawing, loupe

pytestmark = pytest.mark.xdist_group("whole-posting")


def ids(text: str) -> list[str]:
    return re.findall(r"IMG-\w+", text)


def erase(home: House, name: str) -> str:
    done = loupe("erase", name, "--yes", "--data", home.loupe.data, cwd=home.loupe.data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Looked everywhere anew: nothing is left.\n")
    return done.stdout


def gone(home: House, posted: Json) -> None:
    home.slack.wait(lambda _: home.replies(posted) == [] or None, 30)


def test_the_card_of_an_erased_picture_goes_and_a_twins_card_mentions_it_no_more(over_http: House) -> None:
    posted = over_http.post(drawing("to be erased"), channel=GENERAL)
    (name,) = ids(over_http.says(posted, "No nudity seen"))
    twin = over_http.post(drawing("to be erased"), channel=GENERAL, user=GRACE)
    over_http.says(twin, "No nudity seen", "very same file")
    told = erase(over_http, name)
    assert "Its card is withdrawn." in told
    assert "The original stays, because another picture has the very same bytes." in told
    gone(over_http, posted)
    over_http.slack.wait(lambda _: "very same file" not in over_http.card(twin)["text"] or None, 30)
    for file in over_http.loupe.data.glob("ledger.sqlite*"):
        assert posted["message"]["files"][0]["id"].encode() not in file.read_bytes()
    asked = over_http.slack.call("command", channel=GENERAL, user=GRACE, line=f"/imgstatus {name}")
    assert f"{name} was erased" in asked["body"]["text"]


def test_a_card_of_several_goes_on_without_the_erased_one(over_http: House) -> None:
    posted = over_http.post(*(drawing(f"erase one of {n}") for n in range(3)), channel=GENERAL)
    names = ids(over_http.says(posted, "3 pictures"))
    told = erase(over_http, names[1])
    assert "Its card goes on without it." in told
    over_http.slack.wait(lambda _: "2 pictures" in over_http.card(posted)["text"] or None, 30)
    assert ids(over_http.card(posted)["text"]) == [names[0], names[2]]


def test_the_same_message_does_not_bring_it_back_but_posting_it_anew_does(over_http: House) -> None:
    posted = over_http.post(drawing("erased and posted anew"), channel=GENERAL)
    (name,) = ids(over_http.says(posted, "No nudity seen"))
    erase(over_http, name)
    gone(over_http, posted)
    told = over_http.slack.call(
        "shortcut", channel=GENERAL, ts=posted["ts"], user=GRACE, callback_id="check_image"
    )
    assert told["ok"]
    over_http.slack.wait(lambda c: any("was erased" in m["text"] for m in c.ephemeral(GENERAL)) or None, 20)
    anew = over_http.post(drawing("erased and posted anew"), channel=GENERAL)
    text = over_http.says(anew, "No nudity seen")
    assert "very same file" not in text
    assert name not in text
    assert over_http.replies(posted) == []
