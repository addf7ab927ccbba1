"""Pictures from the store, decoded once for all who look at them in this process."""

from collections import OrderedDict
from threading import Lock

from PIL.Image import Image

from pipeline.imaging.decode import upright
from pipeline.ports import Store

BUDGET = 512 << 20
"""Bytes of memory that one decoding may take."""

KEPT_SIDE, KEPT = 1280, 2
"""Pictures with a longer side are handed out and not kept; so at most 13 MB are held."""


class StoredPictures:
    """The port ``Pictures`` over any ``Store``.

    Keeps the last small pictures it decoded, so that detectors that run one after another in a worker decode
    once. Originals never change under their key, so what is kept never grows stale.
    """

    def __init__(self, store: Store, budget: int = BUDGET) -> None:
        self._store = store
        self._budget = budget
        self._kept: OrderedDict[tuple[str, int], Image] = OrderedDict()
        self._one_at_a_time = Lock()

    def upright(self, key: str, side: int) -> Image:
        """The original under ``key``: RGB in sRGB, upright, long side at least ``side`` where it has as many.

        Raises ``Rejected`` when it cannot be decoded, ``Unknown`` when the store has no such key.
        """
        with self._one_at_a_time:
            picture = self._kept.pop((key, side), None) or self._decoded(key, side)
            if max(picture.size) > KEPT_SIDE:
                return picture
            self._kept[key, side] = picture
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return picture.copy()

    def _decoded(self, key: str, side: int) -> Image:
        with self._store.open(key) as stream:
            return upright(stream, side, self._budget)
