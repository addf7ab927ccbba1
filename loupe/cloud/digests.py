"""Digests on AWS: figures from the table, written down for those who hear them."""

from functools import partial

from loupe.cloud.ground import Cloud
from loupe.cloud.telling import newsroom
from loupe.digest_books import Books, draft
from loupe.sinks import sinks
from pipeline.adapters.dynamo_askings import DynamoAskings
from pipeline.adapters.dynamo_cases import DynamoCases
from pipeline.adapters.dynamo_habits import DynamoHabits
from pipeline.adapters.dynamo_numbers import DynamoNumbers
from pipeline.figures import Day, Scope
from pipeline.letters.mailbox import mailbox
from pipeline.news import MAIL, SLACK, Address, Draft, addresses
from scheduler.digests import Choice, Digests


def rows(base: Cloud) -> Digests:
    """The rows of the timetable that tell digests."""
    settings = base.settings
    usual = Choice(settings.digest_at, settings.timezone, settings.digest_empty)
    return Digests(DynamoNumbers(base.table), DynamoHabits(base.table), usual, partial(tell, base))


def books(base: Cloud) -> Books:
    """What digests touch on AWS."""
    table = base.table
    return Books(
        base.settings,
        DynamoNumbers(table),
        DynamoCases(table),
        DynamoHabits(table),
        DynamoAskings(table),
        newsroom(base),
    )


def tell(base: Cloud, scope: Scope, day: Day) -> bool:
    """Make the digest of a day and write it down for all who hear it, once."""
    piece = draft(books(base).digest(scope, day))
    return newsroom(base).tell(piece, hearers(base, piece))


def hearers(base: Cloud, piece: Draft) -> list[Address]:
    """The sinks that want it; its channel, or of everything the operators' channel and mailboxes."""
    wanted = addresses(piece, sinks(base.settings.sinks))
    if piece.channel:
        return [*wanted, Address(SLACK, piece.channel)]
    channel, mail = base.settings.operators_channel, base.settings.mail_to if base.settings.mail else ()
    slack = [Address(SLACK, channel)] if channel else []
    return [*wanted, *slack, *(Address(MAIL, mailbox(to)) for to in mail)]
