"""What the clock does about uploads: takes in what nobody asked about, throws away what is safe elsewhere."""

from collections.abc import Callable, Iterable

from pipeline.errors import Unknown, Unsuitable
from pipeline.ledger import Ledger
from pipeline.results import Failed
from pipeline.tickets import ATTACHED, attached
from pipeline.uploading import Desk

SETTLED = 60.0
"""Seconds after which an upload that nobody took in is taken in, and one that is safe thrown away."""
HALF = 3600.0
"""Seconds after which what is half-written has no writer any more: a sender may not be silent for so long."""
REMEMBERED = 2 * 86_400.0
"""Seconds for which a ticket is remembered after it expired; quotas look back for one day."""
ACCEPT = "accept_image"


def tend(desk: Desk, ledger: Ledger, settled: float = SETTLED) -> int:
    """Look after everything in the box; how many files were taken in or thrown away."""
    touched = sum(_tended(desk, ledger, id) for id in list(desk.box.lying(settled)))
    touched += desk.box.tidy(HALF)
    desk.tickets.forget(desk.clock() - REMEMBERED, list(desk.box.lying(0)))
    return touched


def scrap(desk: Desk, images: Iterable[str]) -> int:
    """Remove originals that joined an image which is no more, where an erasure overtook them; how many."""
    removed = 0
    for image in images:
        if desk.catalog.find(image) is None:
            desk.notes.clear(image, "original")
            for key in list(desk.store.keys(attached(image))):
                desk.store.delete(key)
                removed += 1
    return removed


def joined(folders: Callable[[str], list[str]]) -> list[str]:
    """The images that an original has joined. ``folders``: the names below a folder of the store."""
    return folders(ATTACHED)


def _tended(desk: Desk, ledger: Ledger, id: str) -> bool:
    try:
        known = desk.find(id)
        image = known.became or desk.take(id)
    except Unknown:  # its ticket was forgotten, or its image erased
        desk.box.drop(id)
        return True
    except Unsuitable:
        return False
    if image and (known.ticket.image or _safe(ledger, image)):
        desk.box.drop(id)
        return True
    return not known.became


def _safe(ledger: Ledger, image: str) -> bool:
    """Has the store what the box has, or is it wanted no more? A run that is parked may want it again."""
    rows = ledger.rows(image)
    accepted = rows.get(ACCEPT)
    if accepted is None:
        return not rows
    return not isinstance(accepted.result, Failed) or accepted.result.rejected
