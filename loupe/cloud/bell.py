"""Calls a function that sends, by a message of its queue, once something is there to be sent."""

import logging
from collections.abc import Callable

from pipeline.errors import LoupeError

log = logging.getLogger("loupe.bell")


def bell(send: Callable[[str], None], words: str) -> Callable[[], None]:
    """Rings by sending ``words``. The schedule makes a lost message good, so nothing is raised."""

    def ring() -> None:
        try:
            send(words)
        except LoupeError as fault:
            log.warning("%s The schedule makes it good.", fault.words)

    return ring
