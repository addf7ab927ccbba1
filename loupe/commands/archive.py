"""``loupe archive``: originals into the archive, now."""

import sys
from functools import partial
from pathlib import Path

import click

from loupe import moving, settings
from loupe.grounds import AnyGround, local, open_ground
from loupe.options import data_option, wait_option
from pipeline.ports import Report


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@wait_option
@data_option
def command(names: tuple[str, ...], wait: float, data: Path | None) -> None:
    """Move originals into the archive now, whatever their age; what was restored goes back, too.

    Exit status 1 when one could not be moved in the time that --wait gives.
    """
    base = open_ground(settings.load(data=data))
    images = moving.named(base, names)
    ids = [image.image for image in images]
    moving.ask(base, ids, "archive", "archive_original", instead_of="restore")
    moving.watch(base, ids, "Archiving", wait)
    words = partial(archived, where=_where(base))
    sys.exit(0 if moving.tell(base, images, words, waited=wait > 0) else 1)


def _where(base: AnyGround) -> str:
    here = local(base)
    return str(here.archive.folder) if here else f"the bucket {base.settings.store_bucket}"


def archived(report: Report, where: str) -> moving.Told:
    """How the archiving of a settled image went."""
    kept, run = report["archive"], report["actors"]["archive_original"]
    if kept is None:
        return run["state"] != "failed", f"not archived: {run['error']}"
    held = f"{moving.size_text(kept['bytes'])} in {where}"
    if kept["state"] == "archived":
        return True, f"{moving.size_text(report['bytes'])} freed; the archive keeps {held}."
    last = report["actors"]["remove_original"]
    return last["state"] != "failed", f"the archive keeps {held}; the original stays: {last['error']}"
