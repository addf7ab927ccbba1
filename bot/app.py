"""The Bolt app: every listener, wired to what it needs. It makes no call to Slack when it is built."""

import logging
from collections.abc import Collection

from slack_bolt import App, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient

from bot.intake import Door
from bot.listeners.actions import details, markup, more, opinion, original, place, replay
from bot.listeners.commands import imgstatus
from bot.listeners.commands import mail as mail_command
from bot.listeners.commands.asked import Branch
from bot.listeners.commands.digest import DigestBranch
from bot.listeners.events import departure, file_shared, message, unknown
from bot.listeners.options import place as place_options
from bot.listeners.shortcuts import check_image
from bot.listeners.views import markup as markup_view
from bot.listeners.views import opinion as opinion_view
from bot.listeners.views import place as place_view
from bot.people import People
from bot.ports import Digests, Health, Intake, PersonalLink, Runs
from bot.wishes import Wishes
from pipeline.cards import Cards, Shares
from pipeline.catalog import Catalog
from pipeline.errors import LoupeError
from pipeline.opinions import Opinions
from pipeline.ports import Atlas, Notes

__all__ = ["App", "create_app"]
log = logging.getLogger("bot.bolt")


def _of_interest(record: logging.LogRecord) -> bool:
    """Bolt warns that ``authorize`` and the client take precedence over a token: that is the intention."""
    return not any(words in record.getMessage() for words in ("will be unused", "will be ignored"))


log.addFilter(_of_interest)


def _not_taken(error: Exception) -> BoltResponse:
    """Slack hears 503 and delivers again; whoever runs Loupe reads why."""
    if isinstance(error, LoupeError):
        log.error("A delivery could not be taken: %s", error.words)
    else:
        log.error("A listener broke", exc_info=error)
    return BoltResponse(status=503)


def _bolt(client: WebClient, signing_secret: str) -> App:
    """An app without listeners.

    They run before the answer (``process_before_response``): what they raise becomes a 500, and Slack
    delivers again. The sender of a request is known from its signature; no auth.test stands in the way.
    """

    def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

    app = App(
        client=client,
        name="loupe",
        logger=log,
        signing_secret=signing_secret,
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(_not_taken)
    return app


def create_app(
    client: WebClient,
    signing_secret: str,
    *,
    intake: Intake,
    catalog: Catalog,
    cards: Cards,
    shares: Shares,
    health: Health,
    runs: Runs,
    notes: Notes,
    opinions: Opinions,
    digests: Digests,
    mail: mail_command.Desk,
    atlas: Atlas,
    personal_link: PersonalLink,
    operators: Collection[str] = (),
) -> App:
    """The app for HTTP and for Socket Mode, with every listener.

    ``operators``: ids of those who may replay parked runs and say where anybody's picture was taken.
    """
    app = _bolt(client, signing_secret)
    door = Door(intake, cards, shares)
    message.register(app, door, cards)
    file_shared.register(app, shares)
    departure.register(app, cards)
    branches: dict[str, Branch] = {
        "digest": DigestBranch(digests, People(client).zone),
        "mail": mail_command.branch(mail),
    }
    imgstatus.register(app, catalog, health, branches)
    check_image.register(app, door, catalog)
    wishes = Wishes(notes, runs)
    details.register(app, catalog)
    markup.register(app, catalog)
    markup_view.register(app, catalog, wishes)
    opinion.register(app, catalog)
    opinion_view.register(app, catalog, opinions, wishes)
    original.register(app, catalog, personal_link)
    place.register(app, catalog, atlas, operators)
    place_options.register(app, atlas)
    place_view.register(app, catalog, wishes, operators)
    more.register(app, catalog, wishes, operators)
    replay.register(app, catalog, runs, operators)
    unknown.register(app)
    return app
