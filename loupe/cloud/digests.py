"""Digests on AWS: figures from the table, written down for those who hear them."""

from functools import partial

from loupe.cloud.ground import Cloud
from loupe.cloud.telling import newsroom
from loupe.digests import draft
from loupe.sinks import sinks
from pipeline import digest
from pipeline.adapters.dynamo_habits import DynamoHabits
from pipeline.adapters.dynamo_numbers import DynamoNumbers
from pipeline.figures import Day, Scope
from pipeline.news import MAIL, SLACK, Address, Draft, addresses
from scheduler.digests import Choice, Digests


def rows(base: Cloud) -> Digests:
    """The rows of the timetable that tell digests."""
    settings = base.settings
    usual = Choice(settings.digest_at, settings.timezone, settings.digest_empty)
    return Digests(DynamoNumbers(base.table), DynamoHabits(base.table), usual, partial(tell, base))


def tell(base: Cloud, scope: Scope, day: Day) -> bool:
    """Make the digest of a day and write it down for all who hear it, once."""
    numbers = DynamoNumbers(base.table)
    told = digest.digest(numbers, scope, day, with_towns=base.settings.digest_places)
    piece = draft(told)
    return newsroom(base).tell(piece, hearers(base, piece))


def hearers(base: Cloud, piece: Draft) -> list[Address]:
    """The sinks that want it; its channel, or of everything the operators' channel and mailboxes."""
    wanted = addresses(piece, sinks(base.settings.sinks))
    if piece.channel:
        return [*wanted, Address(SLACK, piece.channel)]
    channel = base.settings.operators_channel
    slack = [Address(SLACK, channel)] if channel else []
    return [*wanted, *slack, *(Address(MAIL, to) for to in base.settings.mail_to)]
