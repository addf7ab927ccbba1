"""Takes away files that nobody may see or needs any more, whoever wrote them, whatever was killed meanwhile.

What may stay is asked of the ledger while it stands still, and the files are deleted in that moment: so a run
that was overtaken deletes nothing that a newer one has put there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from uuid import UUID, uuid4

from pipeline.ports import Cdn, Public, Store
from pipeline.publication import STAGING, Standing, Standings, staged

PURGES = "purges"
"""The folder of the store that remembers which images' copies a CDN has yet to forget."""
PER_PASS = 10_000
"""Images that a pass of the sweep looks at."""


def clear_away(image: str, standings: Standings, store: Store, public: Public, cdn: Cdn) -> Standing:
    """Delete the public files of an image that may not be seen, and what need not wait for publication.

    A CDN is told, and told again after a crash. How the image stood. Raises ``Transient`` when the CDN does.
    """
    with standings.still(image) as now:
        if not now.shown:
            _take_down(image, store, public)
        if not now.making:
            _unstage(image, now, store, public)
    if purges := list(store.keys(_purges(image))):
        cdn.forget(image)
        for key in purges:
            store.delete(key)
    return now


def _take_down(image: str, store: Store, public: Public) -> None:
    files = list(public.keys(image))
    if files:
        store.put(f"{_purges(image)}/{uuid4().hex}", BytesIO())
    for key in files:
        public.delete(key)


def _unstage(image: str, now: Standing, store: Store, public: Public) -> None:
    waiting = now.keys.difference(public.keys(image)) if now.shown else ()
    needed = {staged(key) for key in waiting}
    for key in store.keys(staged(image)):
        if key not in needed:
            store.delete(key)


def _purges(image: str) -> str:
    return f"{PURGES}/{image}"


Folders = Callable[[str], list[str]]
"""The names of the folders directly below a prefix of a store, sorted; "" is its top."""


@dataclass
class Sweep:
    """Clears away what killed or overtaken workers left behind, some images at a time."""

    standings: Standings
    store: Store
    public: Public
    cdn: Cdn
    stored: Folders
    published: Folders
    per_pass: int = PER_PASS
    after: str = ""
    """The image at which the last pass ended; empty: the next one begins anew."""

    def run(self) -> int:
        """Look at the next images that have files, and clear away; for how many there was something to do."""
        images = list(islice(self._images(), self.per_pass))
        self.after = images[-1] if len(images) == self.per_pass else ""
        return sum(self._tended(image) for image in images)

    def _images(self) -> Iterator[str]:
        names = {*self.stored(STAGING), *self.stored(PURGES), *self.published("")}
        return iter(sorted(name for name in names if name > self.after and _is_image(name)))

    def _tended(self, image: str) -> bool:
        """An image with runs open is left to them: the last of them clears away."""
        now = self.standings.standing(image)
        if now.runs or (now.shown and not self._left(image)):
            return False
        clear_away(image, self.standings, self.store, self.public, self.cdn)
        return True

    def _left(self, image: str) -> bool:
        return any(True for prefix in (staged(image), _purges(image)) for _ in self.store.keys(prefix))


def _is_image(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
