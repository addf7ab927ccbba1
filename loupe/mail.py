"""Joins mail to the ledger: who carries it, who reads it, who asks for it."""

from typing import Any

from loupe import keys, uploads
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.settings import Settings
from loupe.values import LOOPBACK
from pipeline import chart, signing_in
from pipeline.adapters.sqlite_subscribers import SqliteSubscribers
from pipeline.adapters.sqlite_visitors import SqliteVisitors
from pipeline.errors import Misconfigured, Unsuitable
from pipeline.letters.mailbox import folded, mailbox, sender
from pipeline.mailing import Links, MailCarrier, always, listed, subscribed
from pipeline.news import MAIL, Address, Sink
from pipeline.posting import Office, Post, SesOffice, SmtpOffice, office
from pipeline.subscribers import Tokens
from pipeline.subscribing import Desk


def where(settings: Settings) -> Office | None:
    """Where mail is handed in; None without LOUPE_MAIL."""
    return office(settings.mail.get_secret_value()) if settings.mail else None


def post(settings: Settings) -> Post:
    """Hands mail in. Raises ``Misconfigured`` without LOUPE_MAIL."""
    found = where(settings)
    if isinstance(found, SesOffice):
        from pipeline.adapters.ses import Ses

        return Ses(found.region)
    if isinstance(found, SmtpOffice):
        from pipeline.adapters.smtp import Smtp

        return Smtp(found, sender(settings.mail_from).domain)
    raise Misconfigured(
        "LOUPE_MAIL is not set. Example: LOUPE_MAIL=smtp://user:password@mail.example.org:587"
    )


def carrier(base: Ground) -> MailCarrier:
    """Carries to operators and subscribers: the sink ``mail``."""
    settings, people = base.settings, subscribers(base)
    readers = subscribed(_folded(settings), people, Links(settings.site, tokens(settings)))
    known = SqliteVisitors(base.database, uploads.key(settings.data))
    readers = signing_in.readers(known, settings.site, readers)
    return MailCarrier(post(settings), sender(settings.mail_from), readers, draw, people)


def operators_carrier(settings: Settings) -> MailCarrier:
    """Carries to operators alone: the sink ``mail`` where nobody subscribes."""
    return MailCarrier(post(settings), sender(settings.mail_from), listed(_folded(settings)), draw)


def _folded(settings: Settings) -> frozenset[str]:
    return frozenset(folded(mailbox(each)) for each in settings.mail_to)


def sink_carrier(settings: Settings, sink: Sink) -> MailCarrier:
    """Carries to a sink of kind ``email``. Raises ``Misconfigured``."""
    try:
        reader = always(mailbox(sink.address))
    except Unsuitable as fault:
        raise Misconfigured(f"LOUPE_SINKS: the address of {sink.name} will not do: {fault.words}") from None
    return MailCarrier(post(settings), sender(settings.mail_from), reader, draw)


def draw(data: Any) -> bytes | None:
    """The chart of a digest."""
    return chart.draw(data["week"])


def operators(settings: Settings) -> list[Address]:
    """The operators' mailboxes, where mail goes out at all."""
    return [Address(MAIL, mailbox(each)) for each in settings.mail_to] if settings.mail else []


def hearers(base: Ground) -> list[Address]:
    """Who hears the digest of everything by mail: operators, and subscribers who confirmed, each once."""
    found = {folded(each.to): each for each in operators(base.settings)}
    if base.settings.mail:
        confirmed = (each.mailbox for each in subscribers(base).all() if each.state == "confirmed")
        found = {folded(each): Address(MAIL, each) for each in confirmed} | found
    return list(found.values())


def subscribers(base: Ground) -> SqliteSubscribers:
    """Who gets mail."""
    return SqliteSubscribers(base.database, tokens(base.settings))


def desk(base: Ground) -> Desk:
    """Where people ask for mail."""
    return Desk(subscribers(base), newsroom(base), missing(base.settings))


def missing(settings: Settings) -> str:
    """The settings without which subscribers cannot be taken in; empty when all is there."""
    found = where(settings)
    if found is None:
        return "LOUPE_MAIL"
    here = isinstance(found, SmtpOffice) and found.host in LOOPBACK
    return "" if settings.public_url or here else "LOUPE_PUBLIC_URL (the links in letters lead there)"


def tokens(settings: Settings) -> Tokens:
    """The key behind the links, made once and kept in the data folder. Raises ``Unavailable``."""
    return Tokens(keys.kept(settings.data / "mail.key", "The key of mail's links"))
