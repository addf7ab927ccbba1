"""Slack and Loupe's functions, the whole way: events, cards, commands, buttons, repetitions, forgeries."""

import json
import re
import time
from collections.abc import Iterator

import pytest

from loupe import mail
from loupe.cloud import digests, entries_slack
from loupe.cloud.absent import MAIL
from loupe.cloud.telling import cards, newsroom
from loupe.settings import Settings
from pipeline.adapters.dynamo_habits import DynamoHabits
from pipeline.adapters.dynamo_shares import DynamoShares
from pipeline.adapters.smtp import Smtp
from pipeline.cards import Message, Share
from pipeline.figures import EVERYTHING, Scope, day_of
from pipeline.news import Address, Draft
from tests.aws.mapping_queue import as_event
from tests.aws.tables import table
from tests.bot.reports import report
from tests.cloud.slack_house import ADA, PICTURES, TEAM, Avenue, Context, avenue, forget, told
from tests.mail.office import Book, served
from tests.servers.ministack import MiniStack

YOU, POST = "you@example.org", Book()
ROOM = json.dumps({"room": {"kind": "slack", "address": PICTURES, "news": "alarm"}})


@pytest.fixture(scope="module")
def street(aws: MiniStack) -> Iterator[Avenue]:
    with (
        aws.clients(),
        pytest.MonkeyPatch.context() as patch,
        served(POST) as office,
        avenue(
            aws, table(aws), patch, LOUPE_SINKS=ROOM, LOUPE_MAIL=f"smtp://{office}", LOUPE_MAIL_TO=YOU
        ) as opened,
    ):
        posts, open_post = list[Smtp](), mail.post

        def opening(settings: Settings) -> Smtp:
            post = open_post(settings)
            assert isinstance(post, Smtp)
            posts.append(post)
            return post

        patch.setattr(mail, "post", opening)
        yield opened
        for post in posts:
            post.close()


@pytest.fixture
def here(street: Avenue) -> Avenue:
    """With empty queues."""
    street.slack.settled()
    for queue in street.queues.values():
        street.sqs.purge_queue(QueueUrl=queue.url)
    street.answered.clear()
    return street


def test_a_posted_picture_gets_its_card_in_the_thread(here: Avenue) -> None:
    posted = here.post()
    assert here.work() == 2  # the message, and file_shared
    (image,) = here.base.catalog.of_message(TEAM, PICTURES, posted["ts"])
    assert (image.source.person, image.source.name) == (ADA, "lake.jpg")
    assert here.base.ledger.open_tasks(image.image).keys() == {"accept_image"}

    found = report(id=image.image, short=image.short, source={"kind": "slack", "name": "lake.jpg"})
    cards(here.base).announce(image.image, image.source, found)
    assert here.invoked("cards", entries_slack.send_cards) == 2  # the card was opened, the report announced
    (card,) = here.slack.thread(posted["ts"])
    assert "No nudity seen." in card["text"]
    assert image.short in card["text"]
    message = next(each for each in here.slack.messages() if each["ts"] == posted["ts"])
    assert [each["name"] for each in message["reactions"]] == ["white_check_mark"]


def test_a_repeated_event_is_dropped(here: Avenue) -> None:
    here.post()
    event, _ = next(each for each in here.answered if told(each[0]).get("event", {}).get("type") == "message")
    queued = len(here.answered)
    for number in ("1", "2"):
        retried = event | {"headers": event["headers"] | {"x-slack-retry-num": number}}
        assert entries_slack.slack(retried, Context())["statusCode"] == 200
    assert here.work() == queued


def test_an_event_that_comes_twice_all_the_same_is_one_picture(here: Avenue) -> None:
    posted = here.post()
    message = here.sqs.receive_message(QueueUrl=here.queues["slack"].url, VisibilityTimeout=0)["Messages"][0]
    here.sqs.send_message(QueueUrl=here.queues["slack"].url, MessageBody=message["Body"])
    assert here.work() == 3
    assert len(here.base.catalog.of_message(TEAM, PICTURES, posted["ts"])) == 1


def test_a_forged_request_is_refused_and_nothing_is_queued(here: Avenue) -> None:
    here.post()
    here.work()
    event, _ = here.answered[0]
    forged = event | {"body": event["body"].replace("lake.jpg", "fake.jpg") + " "}
    assert entries_slack.slack(forged, Context())["statusCode"] == 401
    unsigned = event | {"headers": {"content-type": "application/json"}}
    assert entries_slack.slack(unsigned, Context())["statusCode"] == 401
    assert here.work() == 0


def test_the_command_is_answered_at_once(here: Avenue) -> None:
    here.post("lake.jpg", "hill.jpg")
    here.work()
    assert "lake.jpg" in json.dumps(here.ask("/imgstatus"))
    health = json.dumps(here.ask("/imgstatus health"))
    assert "waiting" in health
    assert "Cards that could not be sent" in health
    assert MAIL in json.dumps(here.ask("/imgstatus mail you@example.org"), ensure_ascii=False)
    assert here.work() == 0


def test_a_button_opens_its_form_before_the_answer(here: Avenue) -> None:
    posted = here.post()
    here.work()
    (image,) = here.base.catalog.of_message(TEAM, PICTURES, posted["ts"])
    found = report(id=image.image, short=image.short, source={"kind": "slack", "name": "lake.jpg"})
    cards(here.base).announce(image.image, image.source, found)
    here.invoked("cards", entries_slack.send_cards)
    (card,) = here.slack.thread(posted["ts"])
    here.work()  # Slack told of the card as well
    here.slack.call("press", channel=PICTURES, ts=card["ts"], user=ADA, action_id="loupe_details")
    (view,) = here.slack.call("views", user=ADA)["views"]
    assert image.short in json.dumps(view)
    assert here.work() == 0


def test_a_message_that_is_no_request_is_tried_again_and_then_parked(here: Avenue) -> None:
    here.post()
    here.sqs.send_message(QueueUrl=here.queues["slack"].url, MessageBody="no request")
    assert here.work() == 2
    assert here.parked("slack") == ["no request"]


def test_an_outage_of_the_table_loses_no_event(here: Avenue, monkeypatch: pytest.MonkeyPatch) -> None:
    posted = here.post()
    monkeypatch.setenv("LOUPE_TABLE", "loupe-gone")
    forget()
    queue = here.queues["slack"].url
    first = here.sqs.receive_message(QueueUrl=queue, MessageSystemAttributeNames=["All"])["Messages"][0]
    answer = entries_slack.slack_work({"Records": [as_event(first, "arn")]}, Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": first["MessageId"]}]}
    monkeypatch.setenv("LOUPE_TABLE", here.base.table.name)
    forget()
    here.sqs.change_message_visibility(
        QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0
    )
    assert here.work() == 2
    assert len(here.base.catalog.of_message(TEAM, PICTURES, posted["ts"])) == 1


def test_the_schedule_sends_what_no_message_told_of(here: Avenue) -> None:
    posted = here.slack.post(channel=PICTURES, text="Hello")
    here.slack.settled()
    here.base.cards.open(Message(TEAM, PICTURES, posted["ts"], posted["ts"]), 0, "Hello yourself.")
    assert entries_slack.send_cards({}, Context())["sent"] > 0
    assert [each["text"] for each in here.slack.thread(posted["ts"])] == ["Hello yourself."]


def test_a_message_that_never_came_is_looked_for_by_the_schedule(here: Avenue) -> None:
    posted, queue = here.post(), here.queues["slack"].url
    for each in here.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]:
        lost = json.loads(json.loads(each["Body"])["body"])["event"]["type"] == "message"
        if lost:
            here.sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        else:
            here.sqs.change_message_visibility(
                QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0
            )
    assert here.work() == 1
    assert here.base.catalog.of_message(TEAM, PICTURES, posted["ts"]) == []
    DynamoShares(here.base.table).postpone(Share(TEAM, PICTURES, posted["files"][0]), 0)
    assert entries_slack.send_cards({}, Context())["looked for"] == 1
    assert len(here.base.catalog.of_message(TEAM, PICTURES, posted["ts"])) == 1


def test_news_goes_to_the_channel_that_is_a_sink(here: Avenue) -> None:
    draft = Draft("alarm/1", "alarm", "alarm", {"headline": "3 runs are parked.", "lines": []})
    assert newsroom(here.base).tell(draft, [Address("room")])
    assert here.invoked("news", entries_slack.deliver) == 1
    assert "3 runs are parked" in here.slack.messages(PICTURES)[-1]["text"]
    assert entries_slack.deliver({}, Context())["tried"] == {"mail": 0, "room": 0, "slack": 0}


def test_a_channel_chooses_when_its_digest_comes_and_gets_one_at_once(here: Avenue) -> None:
    assert re.search(r"Today so far: \d+ images?, 0 held", json.dumps(here.ask("/imgstatus digest")))
    assert "17:30" in json.dumps(here.ask("/imgstatus digest on 17:30 UTC"))
    chosen = DynamoHabits(here.base.table).get(TEAM, PICTURES)
    assert chosen
    assert (chosen.at, chosen.zone) == ("17:30", "UTC")
    assert "on its way" in json.dumps(here.ask("/imgstatus digest now"))
    assert "may be asked for <!date^" in json.dumps(here.ask("/imgstatus digest now"))
    assert here.invoked("news", entries_slack.deliver) >= 1
    said = [json.dumps(each) for each in here.slack.messages(PICTURES)]
    assert sum(", so far" in each for each in said) == 1, said


def test_digests_of_a_day_reach_their_channel_and_the_operators_mailbox(here: Avenue) -> None:
    day = day_of(time.time(), "UTC")
    assert digests.tell(here.base, Scope(TEAM, PICTURES), day)
    assert digests.tell(here.base, EVERYTHING, day)
    assert not digests.tell(here.base, EVERYTHING, day)
    assert here.invoked("news", entries_slack.deliver) == 2
    said = [json.dumps(each) for each in here.slack.messages(PICTURES)]
    assert sum("Digest" in each and ", so far" not in each for each in said) == 1, said
    [letter] = POST.messages(YOU)
    assert re.search(r"\d+ images", str(letter["Subject"]))
