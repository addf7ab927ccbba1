"""Joins the bot to the ledger: its app, its sender, its repair."""

from collections.abc import Sequence
from functools import partial

from bot.api import client
from bot.app import App, create_app
from bot.bulletins.carrier import Bulletins
from bot.bulletins.gear import Gear
from bot.bulletins.posts import Posts
from bot.bulletins.uploads import Uploads
from bot.calls import Calls
from bot.files import SlackFiles
from bot.intake import Door
from bot.outbox import Outbox
from bot.reading import Reading
from bot.repair import Repair
from loupe import digests, mail
from loupe.digest_desk import DigestDesk
from loupe.ground import Ground, pulse
from loupe.health import missing
from loupe.prepare import atlas
from loupe.settings import Settings
from loupe.visits import personal_link
from loupe.words import queue_text
from pipeline.adapters.download import fetch
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_chart_ways import SqliteChartWays
from pipeline.adapters.sqlite_notes import SqliteNotes
from pipeline.adapters.sqlite_opinions import SqliteOpinions
from pipeline.adapters.sqlite_shares import SqliteShares
from pipeline.adapters.upload import put
from pipeline.errors import Misconfigured

STOPPED_SHOWN = 3


def token(settings: Settings) -> str:
    """The bot token. Raises ``Misconfigured`` when there is none."""
    if not settings.slack_bot_token:
        raise Misconfigured("SLACK_BOT_TOKEN is not set. Example: SLACK_BOT_TOKEN=xoxb-...")
    return settings.slack_bot_token.get_secret_value()


def app(base: Ground) -> App:
    """The Bolt app on this ledger."""
    secret, engine = base.settings.slack_signing_secret, base.engine()
    return create_app(
        client(token(base.settings), base.settings.slack_api_url),
        secret.get_secret_value() if secret else "",
        intake=engine,
        catalog=base.catalog,
        cards=base.cards,
        shares=SqliteShares(base.database),
        health=lambda: health(base),
        runs=engine,
        notes=SqliteNotes(base.database),
        opinions=SqliteOpinions(base.database),
        digests=DigestDesk(digests.books(base)),
        operators=base.settings.operators,
        mail=mail.desk(base),
        atlas=atlas(base.settings.data),
        personal_link=partial(personal_link, base),
    )


def outbox(base: Ground) -> Outbox:
    """What goes out to Slack."""
    calls = Calls(client(token(base.settings), base.settings.slack_api_url))
    return Outbox(base.cards, base.catalog, calls, turned=pulse(base, "bot"))


def bulletins(base: Ground, to: str = "") -> Bulletins:
    """What goes out to channels by itself; ``to``: the channel of deliveries that name none."""
    web = client(token(base.settings), base.settings.slack_api_url)
    gear = Gear(Posts(web), Uploads(web, put), base.cards, SqliteChartWays(base.database))
    return Bulletins(gear, base.catalog, to)


def repair(base: Ground) -> Repair:
    """Finds messages that Slack told of and never delivered."""
    files = SlackFiles(client(token(base.settings), base.settings.slack_api_url), base.cards, fetch)
    shares = SqliteShares(base.database)
    reading = Reading(client(token(base.settings), base.settings.slack_api_url))
    return Repair(shares, files, Door(base.engine(), base.cards, shares), reading)


def health(base: Ground) -> Sequence[tuple[str, str]]:
    """For `/imgstatus health`: label and words."""
    queue = base.catalog.queue()
    runs, images = queue_text(queue).split("\n")
    stopped = base.cards.stopped(STOPPED_SHOWN)
    workers = sorted({holder.rpartition(".")[0] for holder in base.ledger.holders()})
    found = [
        ("Runs", runs.removeprefix("Runs: ")),
        ("Images", images.removeprefix("Images: ")),
        ("Workers", f"{queue.running} busy" if workers else "idle"),
        ("Parts", missing(base) or "all heard of"),
        ("Cards that could not be sent", str(len(stopped)) if stopped else "none"),
    ]
    found += [("Last of them", why) for _, why in stopped[:1]]
    return found + [("Alarm", alarm.words) for alarm in SqliteAlarms(base.database).standing()]
