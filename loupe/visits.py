"""Joins visitors to the ledger: who may come, how they are let in, and personal links for the bot."""

import logging

from starlette.routing import BaseRoute

from loupe import logs, mail, uploads
from loupe.ground import Ground
from loupe.newsroom import newsroom
from loupe.settings import Settings
from loupe.values import LOOPBACK
from pipeline.adapters.sqlite_invitations import SqliteInvitations
from pipeline.adapters.sqlite_sessions import SqliteSessions
from pipeline.adapters.sqlite_visitors import SqliteVisitors
from pipeline.signing_in import Desk, Send, by_mail
from pipeline.visitors import LASTS, WAITS, Asking, Welcome
from scheduler.timetable import Every
from web import joining, languages, outbox, signing_in
from web.access import Access
from web.cookies import Cookie
from web.hosts import Hosts
from web.visits import Visits

log = logging.getLogger("loupe.site")
ANYBODY = ("*",)
FORGET_SECONDS = 3600


def visitors(base: Ground) -> SqliteVisitors:
    """Knows visitors."""
    return SqliteVisitors(base.database, uploads.key(base.settings.data))


def invitations(base: Ground) -> SqliteInvitations:
    """Knows people of Slack."""
    return SqliteInvitations(base.database)


def personal_link(base: Ground, team: str, user: str, image: str) -> str:
    """A link that lets one Slack account in, once within 15 minutes, to bring an image's original.

    ``team`` and ``user`` are Slack's ids, ``image`` the image's GUID. Show it to this person alone.
    """
    known = invitations(base)
    return f"{base.settings.site}/join/{known.invite(known.of_slack(team, user), image)}"


def visits(base: Ground) -> Visits:
    """Who is signed in."""
    return Visits(
        SqliteSessions(base.database),
        _cookie(base, "loupe", LASTS),
        Hosts(base.settings.site, open=not base.settings.public_url and base.settings.host not in LOOPBACK),
        welcome(base.settings).admits_still,
    )


def routes(base: Ground, visits: Visits) -> list[BaseRoute]:
    """Every page that lets people in or out."""
    known, settings = visitors(base), base.settings
    desk = Desk(known, welcome(settings), send(base))
    pages = signing_in.SigningIn(
        visits, known, desk, _cookie(base, "loupe-asking", WAITS), outbox.PATH if prints(settings) else ""
    )
    personal = joining.Joining(visits, invitations(base), lambda image: short(base, image))
    return [
        *signing_in.routes(pages),
        *joining.routes(personal),
        languages.route(visits),
        outbox.route(Access(own=prints(settings)), known.pending),
    ]


def rows(base: Ground) -> list[Every]:
    """What the clock does: forgets what has expired."""
    return [Every("forget visits", FORGET_SECONDS, visitors(base).forget)]


def own(settings: Settings) -> bool:
    """Is it a site that only this machine reaches?"""
    return not settings.public_url and settings.host in LOOPBACK


def prints(settings: Settings) -> bool:
    """Do letters stay on this machine, for whoever sits at it?"""
    return own(settings) and mail.where(settings) is None


def welcome(settings: Settings) -> Welcome:
    """Whose mailboxes may sign in: on a machine's own site anybody's, elsewhere nobody's until it is said."""
    return Welcome(settings.upload_domains or (ANYBODY if own(settings) else ()))


def told(settings: Settings) -> str:
    """Who may sign in to upload, for a person."""
    slack = "people of Slack by their personal links"
    if prints(settings):
        return "anybody at this machine signs in at /in; links are printed, and shown at /outbox"
    if not own(settings) and (missing := mail.missing(settings)):
        return f"{slack} alone; for sign-in by mail set {missing}"
    if not (domains := welcome(settings).domains):
        return f"{slack} alone; for sign-in by mail set LOUPE_UPLOAD_DOMAINS"
    return f"mailboxes of {', '.join('any domain' if each == '*' else each for each in domains)}; {slack}"


def send(base: Ground) -> Send | None:
    """How letters go out; None where they cannot, or where their links would lead nowhere."""
    settings = base.settings
    if prints(settings):
        return lambda asking: _print(settings.site, asking)
    closed = mail.where(settings) is None or (not own(settings) and mail.missing(settings))
    return None if closed else by_mail(newsroom(base))


def short(base: Ground, image: str) -> str:
    """The short id of an image; empty for one that was erased."""
    found = base.catalog.find(image)
    return found.short if found else ""


def _print(site: str, asking: Asking) -> None:
    logs.say(f"To sign in as {asking.mailbox}: {site}/in/{asking.token} or the code {asking.code}", log)


def _cookie(base: Ground, name: str, lasts: float) -> Cookie:
    return Cookie(name, uploads.key(base.settings.data), lasts, base.settings.site.startswith("https:"))
