"""The first actor: is it a picture, is it small enough, and its original into the store."""

import hashlib
from typing import BinaryIO

from pipeline.actor import actor
from pipeline.archiving import original_key
from pipeline.errors import Rejected
from pipeline.imaging.bytestream import size_of
from pipeline.imaging.probe import probe, refuse_beyond
from pipeline.ports import Incoming, Limits, Store, Twins
from pipeline.results import Accepted, Arrived

CHUNK = 1 << 20
"""Bytes that are hashed at a time."""


@actor(timeout=120, memory=512)
def accept_image(
    arrived: Arrived, incoming: Incoming, store: Store, twins: Twins, limits: Limits
) -> Accepted:
    """Tell what the bytes are, refuse what is too large, keep the original, recognise a duplicate."""
    with incoming.open(arrived.source, limits.max_bytes) as stream:
        size = _small_enough(stream, limits.max_bytes)
        found = probe(stream)
        refuse_beyond(found, pixels=limits.max_pixels, side=limits.max_side, frames=limits.max_frames)
        sha256 = _hash(stream)
        key = original_key(sha256)
        # The use is noted before the bytes are kept. Whoever removes the same bytes on behalf of another
        # image looks at the uses and removes in one transaction: either it sees this one and leaves them, or
        # it was there first and they are written again now. So they are put even where they lie already.
        earlier = twins.claim(sha256, arrived.image)
        stream.seek(0)
        store.put(key, stream)
    return Accepted(
        sha256=sha256,
        key=key,
        format=found.format,
        width=found.width,
        height=found.height,
        bytes=size,
        frames=found.frames,
        duplicate_of=earlier if earlier and earlier.image != arrived.image else None,
    )


def _hash(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    for chunk in iter(lambda: stream.read(CHUNK), b""):
        digest.update(chunk)
    return digest.hexdigest()


def _small_enough(stream: BinaryIO, most: int) -> int:
    size = size_of(stream)
    if size > most:
        raise Rejected(
            f"This file has {size / 1e6:,.1f} MB; at most {most / 1e6:,.1f} MB are accepted. "
            "Please send a smaller copy."
        )
    return size
