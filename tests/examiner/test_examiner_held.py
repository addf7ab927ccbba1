"""A picture that is not to be shown: its card, its status and its details give nothing of it away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examiner.examined import Examined, examined, until
from tests.examiner.slack import Json
from tests.examiner.test_examiner_asking import pressed

PHOTO = Path(__file__).parents[1] / "data" / "exif-py--DSCN0010.jpg"
pytestmark = pytest.mark.xdist_group("examiner-held")
SECRETS = (
    "face",
    "Arezzo",
    "Italy",
    "43.4",
    "11.8",
    "Camera",
    "NIKON",
    "openstreetmap",
    "Taken",
    "detector gave",
    "image_url",
)


@pytest.fixture(params=[("0", "0", "Held for a moderator"), ("0", "1", "Waiting for a person")])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Examined, Json, Json]]:
    safe, nude, words = request.param
    with examined(tmp_path, LOUPE_SAFE_BELOW=safe, LOUPE_NUDE_FROM=nude) as home:
        message = home.post("C01", home.slack.file(PHOTO.read_bytes(), name="villa.jpg"))
        yield home, message, home.says(message, words)


def test_nothing_of_a_held_picture_is_told_anywhere(held: tuple[Examined, Json, Json]) -> None:
    home, message, card = held
    home.reacts(message, "hourglass")
    short = next(word for word in card["text"].split() if word.startswith("IMG-"))
    assert home.interact(pressed(home, card)) == 200
    view = until(lambda: home.slack.views, "a view")[0]
    asked = [home.command(text) for text in (short, "", "channel")]
    again = home.says(
        home.post("C02", home.slack.file(PHOTO.read_bytes())),
        "person" if "person" in card["text"] else "moderator",
    )
    for told in ({"text": card["text"], "blocks": card["blocks"]}, view, *asked, {"text": again["text"]}):
        shown = str(told).replace("detect_faces", "").replace("find_place", "")
        assert [secret for secret in SECRETS if secret.lower() in shown.lower()] == []
