"""``loupe release``: a moderator has looked, and the picture may be shown."""

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
    """Let pictures be shown that were held, by a score or by somebody in Slack: you have looked at them.

    `loupe hold ID` takes it back. Exit status 1 when one could not be released.
    """
    base = open_ground(settings.load(data=data))
    images = moving.named(base, names)
    ids = [image.image for image in images]
    moving.ask(base, ids, "release", "decide_release", instead_of="hold")
    moving.watch(base, ids, "Releasing", wait)
    sys.exit(0 if moving.tell(base, images, released, waited=wait > 0) else 1)


def released(report: Report) -> moving.Told:
    """How the release of a settled image went."""
    release = report["release"] or {"decision": "held", "reason": "it was never looked at."}
    if release["decision"] != "cleared":
        return False, f"not released: {release['reason']}"
    return True, f"released. {report['page'] or 'It has no web copies.'}"
