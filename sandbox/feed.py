"""What tells open pages that something changed: server-sent events, one queue per page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from sandbox.model import Json

KEEP_ALIVE_SECONDS = 15.0


class Feed:
    """Fans out small JSON notes such as `{"type": "channel", "channel": "C..."}` to every listener."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Json | None]] = set()

    def publish(self, note: Json) -> None:
        """Hand the note to all listeners; one that has fallen 1,000 notes behind just misses it."""
        for queue in self._queues:
            if queue.qsize() < 1000:
                queue.put_nowait(note)

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        for queue in self._queues:
            queue.put_nowait(None)

    async def stream(self) -> AsyncIterator[str]:
        """One listener's notes as text/event-stream, with a comment every 15 s to notice dead pages."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield "retry: 500\n: hello\n\n"
            while True:
                try:
                    note = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if note is None:
                    return
                yield f"data: {json.dumps(note)}\n\n"
        finally:
            self._queues.discard(queue)
