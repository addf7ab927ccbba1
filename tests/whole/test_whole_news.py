"""What happened is told to everybody, and everybody is told the same: twenty pictures in a running Loupe."""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench.running import until
from pipeline.text import size
from sandbox.model import Json
from tests.mail.office import Book, served
from tests.mail.reading import part, picture
from tests.news.hooks import Hook, hook
from tests.whole.house import GENERAL, GRACE, PICTURES, House, drawing, house, loupe, photo

OPERATORS = "C0OPERATOR"
MAILBOX = "operator@example.org"
SECONDS = 120.0
pytestmark = pytest.mark.timeout(300)
COUNTED = ("images", "done", "held", "rejected", "failed", "waiting", "nude", "with_faces", "published")
MEASURED = ("median_seconds", "p95_seconds", "bytes_in", "bytes_before", "bytes_after", "bytes_saved")


@contextmanager
def listening(folder: Path, ears: Hook, office: str) -> Iterator[House]:
    settings = {
        "LOUPE_SINKS__EARS__KIND": "webhook",
        "LOUPE_SINKS__EARS__ADDRESS": ears.url,
        "LOUPE_SINKS__EARS__SECRET": "a secret of twenty-four bytes or more",
        "LOUPE_SINKS__EARS__NEWS": "verdict,held,published,failed,digest,alarm",
        "LOUPE_NEWS_HOSTS": "localhost",
        "LOUPE_MAIL": f"smtp://{office}",
        "LOUPE_MAIL_TO": MAILBOX,
        "LOUPE_OPERATORS_CHANNEL": OPERATORS,
        "LOUPE_TIMEZONE": "Pacific/Kiritimati",
    }
    with house(folder, settings=settings) as home:
        home.expected.add("invalid_blocks")  # this workspace has no charts of its own
        yield home


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Told"]:
    """Twenty pictures, one of them no picture at all, and the digest of their day."""
    folder, book = tmp_path_factory.mktemp("news"), Book()
    with hook() as ears, served(book) as office, listening(folder, ears, office) as home:
        yield Told(home, ears, book)


class Told:
    """What everybody was told about the day."""

    def __init__(self, home: House, ears: Hook, book: Book) -> None:
        self.home, self.ears, self.book = home, ears, book
        home.post(*(drawing(number) for number in range(10)))
        home.post(photo("face_recognition--two_people.jpg"), photo("pigallery2--big_ben.jpg"))
        home.post(*(drawing(number, kind="PNG") for number in range(10, 17)), channel=GENERAL, user=GRACE)
        home.post(b"\xff\xd8\xff\xe0 no picture", channel=GENERAL)
        until(lambda: self.at_rest(), SECONDS, "twenty pictures have settled")
        self.figures: dict[str, Any] = json.loads(self.loupe("digest", "--json"))
        self.sent = self.loupe("digest", "--send")
        self.digest = until(lambda: self.heard("digest"), SECONDS, "the sink heard the digest")[-1]
        self.mail = until(lambda: book.messages(MAILBOX), SECONDS, "mail came")[-1]
        self.message = until(lambda: self.bulletin(OPERATORS), SECONDS, "the operators' channel heard it")
        self.scrape = self.metrics()
        self.board: dict[str, Any] = json.loads(self.get("/dashboard.json"))

    def loupe(self, *arguments: str) -> str:
        up = self.home.loupe
        done = loupe(*arguments, "--data", up.data, cwd=up.data.parent, settings=self.home.settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def at_rest(self) -> bool:
        counted = self.metrics()
        return counted["loupe_day_images"] == 20 and not counted["loupe_day_waiting"]

    def get(self, path: str) -> str:
        with urlopen(self.home.loupe.url + path, timeout=10) as answer:
            return str(answer.read().decode())

    def metrics(self) -> Mapping[str, float]:
        families = text_string_to_metric_families(self.get("/metrics"))
        return {each.name: each.value for family in families for each in family.samples if not each.labels}

    def heard(self, kind: str) -> list[dict[str, Any]]:
        events = (json.loads(each.body) for each in self.ears.taken)
        return [each for each in events if each["type"] == f"loupe.{kind}.v1"]

    def bulletin(self, channel: str) -> Json | None:
        said = (each for each in self.home.slack.messages(channel) if each.get("bot_id"))
        return next((each for each in said if "images," in each["text"]), None)


def numbers(known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: known[name] for name in (*COUNTED, *MEASURED)}


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_the_day_is_what_was_posted(day: Told) -> None:
    counted = {name: day.figures[name] for name in ("images", "rejected", "failed", "waiting")}
    assert counted == {"images": 20, "rejected": 1, "failed": 0, "waiting": 0}
    assert day.figures["done"] + day.figures["held"] == 19
    assert day.figures["bytes_saved"] > 0


def test_the_sink_got_the_numbers_of_the_digest(day: Told) -> None:
    assert numbers(day.digest["data"]) == numbers(day.figures)


def test_metrics_have_the_numbers_of_the_digest(day: Told) -> None:
    assert {name: day.scrape[f"loupe_day_{name}"] for name in (*COUNTED, *MEASURED)} == numbers(day.figures)


def test_the_dashboard_has_the_numbers_of_the_digest(day: Told) -> None:
    assert numbers(day.board) == numbers(day.figures)
    page = day.get("/dashboard")
    assert all(f">{words}<" in page for words in (size(day.figures["bytes_saved"]), "20"))


def test_the_export_has_the_numbers_of_the_digest(day: Told, tmp_path: Path) -> None:
    day.loupe("export", "--format", "csv", "--to", str(tmp_path))
    rows = table(tmp_path / "days.csv")
    (row,) = [each for each in rows if each["scope"] == "everything"]
    assert {name: float(row[name]) for name in (*COUNTED, *MEASURED)} == numbers(day.figures)
    channels = {each["channel"]: int(each["images"]) for each in rows if each["scope"] == "channel"}
    assert channels == {PICTURES: 12, GENERAL: 8}
    images = table(tmp_path / "images.csv")
    assert sum(int(each["bytes_saved"] or 0) for each in images) == day.figures["bytes_saved"]


def test_the_mail_says_in_both_parts_what_the_digest_says(day: Told) -> None:
    headline = day.figures["headline"]
    assert headline in str(day.mail["subject"])
    assert headline in part(day.mail, "plain")
    assert headline.split(",")[0] in part(day.mail, "html")
    assert bytes(picture(day.mail).get_content()).startswith(b"\x89PNG")


def test_slack_says_it_to_the_operators_and_to_each_channel_with_a_chart(day: Told) -> None:
    assert day.message
    assert day.figures["headline"] in day.message["text"]
    for channel, images in ((OPERATORS, 20), (PICTURES, 12), (GENERAL, 8)):
        told = until(partial(day.bulletin, channel), SECONDS, f"{channel} heard it")
        assert told
        assert told["text"].lstrip("*").startswith(f"{images} images")
        assert any(block["type"] in ("image", "data_visualization") for block in told["blocks"])


def test_every_picture_was_told_once_and_the_one_that_is_none_failed(day: Told) -> None:
    verdicts, failed = day.heard("verdict"), day.heard("failed")
    assert len({each["subject"] for each in verdicts}) == len(verdicts) == 19
    assert [each["data"]["parked"] for each in failed] == [False]
    published = day.heard("published")
    assert len({each["subject"] for each in published}) == len(published) == day.figures["published"]
    assert len(set(day.ears.ids())) == len(day.ears.ids())


def test_whoever_scrapes_sees_that_all_was_delivered(day: Told) -> None:
    standings = [json.loads(line) for line in day.loupe("sinks", "list", "--json").splitlines()]
    assert {(each["name"], each["due"], each["parked"]) for each in standings} >= {("ears", 0, 0)}
    assert "for the mailbox" in day.sent or MAILBOX in day.sent
