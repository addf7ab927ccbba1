"""Carries out what a person asked for originals, and tells how it went.

A running `loupe up` does the work; where none runs on the data folder, workers of our own do. On AWS it is
done by functions.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click

from loupe import checking, factory
from loupe.ground import occupied
from loupe.grounds import AnyGround, local, whereabouts
from loupe.words import erased_text
from pipeline.catalog import Listed
from pipeline.errors import Unknown
from pipeline.ports import Report, Wish
from pipeline.retry import Backoff

LOOK_SECONDS = 0.2
Told = tuple[bool, str]
"""Is all well, and the words about it."""


def named(base: AnyGround, names: Sequence[str]) -> list[Listed]:
    """The images of these names, each once. Raises ``Unknown`` before anything is done to any of them."""
    found: dict[str, Listed] = {}
    for name in names:
        image = base.catalog.find(name)
        if gone := None if image else base.catalog.erased(name):
            raise Unknown(erased_text(gone))
        if not image:
            raise Unknown(f"There is no image '{name}' in {whereabouts(base)}.")
        found[image.image] = image
    return list(found.values())


def ask(
    base: AnyGround, images: Sequence[str], wish: Wish, actor: str, *, instead_of: Wish | None = None
) -> None:
    """Note the wish and make the actor due that reads it."""
    notes, engine = base.notes, base.engine()
    for image in images:
        if instead_of:
            notes.clear(image, instead_of)
        notes.set(image, wish)
        engine.replay(image, actor)


def watch(base: AnyGround, images: Sequence[str], label: str, seconds: float) -> None:
    """Let the images settle, for so long at most, with a progress bar on a terminal."""
    if seconds <= 0 or not images:
        return
    until = time.monotonic() + seconds
    hidden = not sys.stderr.isatty()
    with (
        at_work(base, len(images)),
        click.progressbar(length=len(images), label=label, file=sys.stderr, hidden=hidden) as bar,
    ):
        left = set(images)
        while left and time.monotonic() < until:
            base.ledger.wait(LOOK_SECONDS)
            done = {image for image in left if checking.settled(base, image)}
            left -= done
            bar.update(len(done))


def tell(base: AnyGround, images: Sequence[Listed], words: Callable[[Report], Told], *, waited: bool) -> bool:
    """Print how it went for each image; did all go well? What was not waited for is not told as a fault."""
    well = True
    for image in images:
        report = base.catalog.report(image.image)
        good, said = _waiting(report, waited) if report["state"] == "waiting" else words(report)
        click.echo(f"{image.short}: {said}")
        well &= good
    return well


@contextmanager
def at_work(base: AnyGround, count: int) -> Iterator[None]:
    """Somebody runs actors for as long as the block lasts."""
    if not local(base) or occupied(base.settings.data):
        yield
        return
    size = min(base.settings.workers, count) or 1
    with checking.workers(base.engine(), factory.passing(base.settings, (), Backoff()), size):
        yield


def size_text(count: int) -> str:
    """Bytes for people: ``4.1 MB``, ``12 kB``."""
    return f"{count / 1e6:.1f} MB" if count >= 100_000 else f"{-(-count // 1000)} kB"


def _waiting(report: Report, waited: bool) -> Told:
    if not waited:
        return True, "asked for; `loupe status` shows how it goes."
    troubles = [
        run["error"] for run in report["actors"].values() if run["state"] != "skipped" and run["error"]
    ]
    why = troubles[0] if troubles else "no worker has come to it so far."
    return False, f"not done yet: {why}"
