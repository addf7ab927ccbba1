"""What all bulletins of one sender go by."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.bulletins.posts import Posts
from bot.bulletins.uploads import Uploads
from bot.cards.charts import Week
from bot.ports import ChartWays
from bot.refusals import Refusal
from pipeline.cards import Cards
from pipeline.chart import draw

log = logging.getLogger("loupe.news")


@dataclass(frozen=True, slots=True)
class Gear:
    """Slack's methods, the paces that are shared with the cards, and what workspaces take."""

    posts: Posts
    uploads: Uploads
    cards: Cards
    ways: ChartWays
    draw: Callable[[Week], bytes] = draw
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def tell(self, channel: str, refusal: Refusal) -> None:
        """Log why a chart cannot be shown as a picture."""
        log.warning("the chart for %s goes without a picture: %s", channel, refusal.words)
