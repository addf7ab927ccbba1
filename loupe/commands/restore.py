"""``loupe restore``: originals back from the archive, for a while."""

import sys
from datetime import datetime
from pathlib import Path

import click

from loupe import moving, settings
from loupe.grounds import open_ground
from loupe.options import data_option, wait_option
from pipeline.archiving import minute
from pipeline.ports import Report


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@wait_option
@data_option
def command(names: tuple[str, ...], wait: float, data: Path | None) -> None:
    """Bring originals back from the archive, for LOUPE_RESTORE_FOR days.

    Exit status 1 when one is not back in the time that --wait gives; it comes all the same.
    """
    base = open_ground(settings.load(data=data))
    images = moving.named(base, names)
    ids = [image.image for image in images]
    moving.ask(base, ids, "restore", "restore_original")
    moving.watch(base, ids, "Restoring", wait)
    sys.exit(0 if moving.tell(base, images, restored, waited=wait > 0) else 1)


def restored(report: Report) -> moving.Told:
    """How the restoring of a settled image went."""
    kept, run = report["archive"], report["actors"]["restore_original"]
    if kept is None:
        held = report["sha256"] is not None
        return True, "the original is at hand; the archive has none." if held else "there is no original."
    if kept["until"]:
        until = minute(datetime.fromisoformat(kept["until"]))
        return True, f"{moving.size_text(report['bytes'])} are back in the store until {until}."
    return run["state"] != "failed", f"not restored: {run['error']}"
