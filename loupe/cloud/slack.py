"""Joins the bot to the table: its app, its cards, what it sends and repairs."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.api import client
from bot.app import App, create_app
from bot.bulletins.carrier import Bulletins
from bot.bulletins.gear import Gear
from bot.bulletins.posts import Posts
from bot.bulletins.uploads import Uploads
from bot.calls import Calls
from bot.dispatch import dispatched, headers_of, unhurried
from bot.files import SlackFiles
from bot.intake import Door
from bot.outbox import Outbox
from bot.reading import Reading
from bot.repair import Repair
from loupe.cloud import digests
from loupe.cloud.absent import NoMail, no_link
from loupe.cloud.front import Answer, Dispatch
from loupe.cloud.ground import Cloud
from loupe.cloud.telling import cards
from loupe.digest_desk import DigestDesk
from loupe.prepare import atlas
from loupe.settings import Settings
from loupe.words import queue_text
from pipeline.adapters.download import fetch
from pipeline.adapters.dynamo_chart_ways import DynamoChartWays
from pipeline.adapters.dynamo_opinions import DynamoOpinions
from pipeline.adapters.dynamo_shares import DynamoShares
from pipeline.adapters.upload import put
from pipeline.errors import Misconfigured

STOPPED_SHOWN = 3


def token(settings: Settings) -> str:
    """The bot token. Raises ``Misconfigured`` when there is none."""
    if not settings.slack_bot_token:
        raise Misconfigured("SLACK_BOT_TOKEN is not set. It lies among the secrets; see docs/aws.md.")
    return settings.slack_bot_token.get_secret_value()


def secret(settings: Settings) -> str:
    """The signing secret. Raises ``Misconfigured`` when there is none: nothing could be believed."""
    if not settings.slack_signing_secret:
        raise Misconfigured("SLACK_SIGNING_SECRET is not set. It lies among the secrets; see docs/aws.md.")
    return settings.slack_signing_secret.get_secret_value()


def app(base: Cloud) -> App:
    """The Bolt app on this table; nothing of it runs after its answer."""
    settings, engine = base.settings, base.engine()
    return unhurried(
        create_app(
            client(token(settings), settings.slack_api_url),
            secret(settings),
            intake=engine,
            catalog=base.catalog,
            cards=cards(base),
            shares=DynamoShares(base.table),
            health=lambda: health(base),
            runs=engine,
            notes=base.notes,
            opinions=DynamoOpinions(base.table),
            digests=DigestDesk(digests.books(base)),
            operators=settings.operators,
            mail=NoMail(),
            atlas=atlas(settings.data),
            personal_link=no_link,
        )
    )


def dispatch(app: App) -> Dispatch:
    """The app's answer, in plain values."""

    def answered(body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = dispatched(app, body, headers)
        return answer.status, headers_of(answer), answer.body

    return answered


def outbox(base: Cloud) -> Outbox:
    """What goes out to Slack."""
    return Outbox(base.cards, base.catalog, Calls(_client(base)))


def bulletins(base: Cloud, to: str = "") -> Bulletins:
    """What goes out to channels by itself; ``to``: the channel of deliveries that name none."""
    web = _client(base)
    ways = DynamoChartWays(base.table)
    return Bulletins(Gear(Posts(web), Uploads(web, put), base.cards, ways), base.catalog, to)


def repair(base: Cloud) -> Repair:
    """Finds messages that Slack told of and never delivered."""
    shares, known = DynamoShares(base.table), cards(base)
    files = SlackFiles(_client(base), known, fetch)
    return Repair(shares, files, Door(base.engine(), known, shares), Reading(_client(base)))


def health(base: Cloud) -> Sequence[tuple[str, str]]:
    """For `/imgstatus health`: label and words."""
    runs, images = queue_text(base.catalog.queue()).split("\n")
    stopped = base.cards.stopped(STOPPED_SHOWN)
    found = [
        ("Runs", runs.removeprefix("Runs: ")),
        ("Images", images.removeprefix("Images: ")),
        ("Cards that could not be sent", str(len(stopped)) if stopped else "none"),
    ]
    return found + [("Last of them", why) for _, why in stopped[:1]]


def _client(base: Cloud) -> Any:
    return client(token(base.settings), base.settings.slack_api_url)
