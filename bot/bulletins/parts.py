"""What a bulletin consists of: messages in order, the first in the channel, the others in its thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards import digest
from bot.cards.blocks import Block
from bot.cards.bulletin import bulletin
from bot.cards.charts import Week
from bot.cards.digest import Run
from bot.cards.digest_details import details
from bot.cards.message import Content
from pipeline import telling
from pipeline.catalog import Catalog
from pipeline.errors import Unknown
from pipeline.outbox import Delivery

Render = Callable[[Block | None], Content]
"""What a part shows, with its chart where it has one."""
MAIN, DETAILS = "main", "details"


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a bulletin."""

    name: str
    render: Render
    week: Week = ()
    """For its chart; empty where it has none."""


def parts(delivery: Delivery, catalog: Catalog) -> list[Part]:
    """The messages that a piece of news becomes."""
    told = delivery.piece.data
    if delivery.piece.kind != "digest":
        return [Part(MAIN, lambda _: bulletin(telling.told(delivery)))]
    runs = still_parked(told, catalog)
    return [
        Part(MAIN, lambda chart: digest.message(told, runs, chart), told["week"]),
        Part(DETAILS, lambda _: details(told, runs)),
    ]


def still_parked(told: Mapping[str, Any], catalog: Catalog) -> list[Run]:
    """The runs that a digest names and that are parked still, each with what went wrong."""
    runs = [Run(each["short"], each["actor"], each["revision"]) for each in told.get("parked") or ()]
    reasons = [(run, _reason(run, catalog)) for run in runs]
    return [Run(run.short, run.actor, run.revision, why) for run, why in reasons if why is not None]


def _reason(run: Run, catalog: Catalog) -> str | None:
    """None where the image is gone or the run was taken up again."""
    listed = catalog.find(run.short)
    if listed is None:
        return None
    try:
        known = (catalog.report(listed.image).get("actors") or {}).get(run.actor) or {}
    except Unknown:
        return None
    return str(known.get("error") or "") if known.get("state") == "failed" else None
