"""``loupe erase``: pictures out of Loupe, for good, and the proof that nothing is left."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from loupe import moving, settings
from loupe.grounds import AnyGround, local, open_ground, whereabouts
from loupe.options import data_option, wait_option
from loupe.places import places
from loupe.words import erased_text
from pipeline.erasing import Erasure, Places, erase
from pipeline.errors import Unknown

Named = dict[str, str]
"""Image ids and the short ids that belong to them."""


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="ID...")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@wait_option
@data_option
def command(names: tuple[str, ...], yes: bool, wait: float, data: Path | None) -> None:
    """Erase pictures for good: originals, archive, web copies, everything in the ledger, their cards.

    Then every place is looked at anew; exit status 1 when anything is left.
    """
    base = open_ground(settings.load(data=data))
    images = _named(base, names)
    if not yes:
        _confirm(images)
    _erase(base, images, wait)


def _named(base: AnyGround, names: tuple[str, ...]) -> Named:
    """All of them or none: a misspelt id must not leave half of a list erased."""
    found: Named = {}
    for name in names:
        image = base.catalog.find(name) or base.catalog.erased(name)
        if not image:
            raise Unknown(f"There is no image '{name}' in {whereabouts(base)}.")
        found[image.image] = image.short
    return found


def _confirm(images: Named) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("Say --yes to erase without being asked.")
    count = "this picture" if len(images) == 1 else f"these {len(images)} pictures"
    click.confirm(
        f"Erase {count} for good: {', '.join(images.values())}? Nobody can bring them back.", abort=True
    )


def _erase(base: AnyGround, images: Named, wait: float) -> None:
    well, told, where = True, set[str](), _places(base)
    for image, short in images.items():
        before = base.catalog.erased(image)
        if before and before.done:
            click.echo(erased_text(before))
        done = erase(where, image, wait)
        click.echo("\n".join([f"{short}:", *(f"  {line}" for line in _lines(done))]))
        told.update(done.traces.mentioned_by, done.traces.twins)
        well &= not done.left
    moving.watch(base, sorted(told - images.keys()), "Telling others", wait)
    sys.exit(0 if well else 1)


def _places(base: AnyGround) -> Places:
    if here := local(base):
        return places(here)
    from loupe.cloud import ground
    from loupe.cloud import places as on_aws

    assert isinstance(base, ground.Cloud)
    return on_aws.places(base)


def _lines(done: Erasure) -> Iterator[str]:
    removed = _counted(done.files)
    yield f"Removed: {removed or 'no files'}"
    yield f"Removed from the ledger: {_counted(done.traces.rows) or 'no rows'}"
    if done.answers:
        yield f"Removed from the cache: {done.answers} answers about its place"
    if done.traces.message:
        yield "Its card is withdrawn." if done.traces.alone else "Its card goes on without it."
    if done.traces.mentioned_by:
        yield f"Pictures that mentioned it and do so no more: {len(done.traces.mentioned_by)}"
    if done.shared:
        yield "The original stays, because another picture has the very same bytes."
    if done.left:
        yield f"LEFT: {_counted(done.left)}. The clock goes on; or erase it again."
    else:
        yield "Looked everywhere anew: nothing is left."


def _counted(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items() if count)
