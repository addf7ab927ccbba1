"""``loupe hold``: nobody is to see a picture."""

import sys
from pathlib import Path

import click

from loupe import moving, settings
from loupe.grounds import open_ground
from loupe.options import data_option, wait_option
from pipeline.ports import Report


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@wait_option
@data_option
def command(names: tuple[str, ...], wait: float, data: Path | None) -> None:
    """Hide pictures: no card tells what is in them, and their web copies go.

    They are out of sight at once; `loupe release ID` brings them back. Exit status 1 when copies are left.
    """
    base = open_ground(settings.load(data=data))
    images = moving.named(base, names)
    ids = [image.image for image in images]
    moving.ask(base, ids, "hold", "decide_release", instead_of="release")
    moving.watch(base, ids, "Holding", wait)
    sys.exit(0 if moving.tell(base, images, held, waited=wait > 0) else 1)


def held(report: Report) -> moving.Told:
    """How the holding of a settled image went."""
    if report["page"] or (report["release"] or {}).get("decision") == "cleared":
        return False, "out of sight, but its web copies are still to be removed."
    return True, "held; it has no web copies."
