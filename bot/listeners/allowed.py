"""Which picture of a message somebody may say more about, or why not."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.listeners.pressed import Pressed, chosen, reports
from bot.offers import only_poster
from pipeline.catalog import Catalog
from pipeline.ports import Report

GONE = "That is not needed any more: the message or its pictures have changed since that card was written."


@dataclass(frozen=True, slots=True)
class Allowed:
    """The pictures to choose among, and the chosen one; or why there is none."""

    found: list[Report]
    one: Report | None
    refused: str = ""


def allowed(
    press: Pressed,
    image: str,
    catalog: Catalog,
    wanted: Callable[[Report], bool],
    operators: Collection[str] = (),
) -> Allowed:
    """Of the message's pictures that are wanted, the chosen one: for its poster and for operators."""
    found = [each for each in reports(press.seat, press.team, catalog) if wanted(each)]
    one = chosen(found, image)
    if one is None:
        return Allowed(found, None, GONE)
    return Allowed(found, one, "" if press.person in operators else only_poster(one, press.person))
