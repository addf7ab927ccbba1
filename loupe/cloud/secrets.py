"""Settings that are secret come from where AWS keeps them, into the environment, before settings are loaded.

They are read at the start of a process and again when something is to be done five minutes later, so that a
secret that was changed is in use within minutes of the next message; a process that has nothing to do reads
nothing. What the environment itself says goes first. Only names that settings have are taken: whoever may
write parameters decides nothing else of the process. What is known stays in use while AWS gives no answer.
"""

import logging
import os
import re
import time
from collections.abc import Callable, MutableMapping
from typing import Generic, TypeVar

from loupe import values
from pipeline.adapters.ssm_secrets import secrets
from pipeline.errors import Unavailable

log = logging.getLogger("loupe.secrets")

SETTING = "LOUPE_SECRETS"
NAME = re.compile(r"(LOUPE|SLACK)_[A-Z0-9_]+")
Made = TypeVar("Made")
FRESH_SECONDS, AGAIN_SECONDS = 300.0, 30.0
"""How long what was read counts as fresh, and the pause after a failure."""


class Secrets:
    """Keeps an environment up to date."""

    def __init__(
        self,
        environment: MutableMapping[str, str],
        read: Callable[[str], dict[str, str]] = secrets,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._environment, self._read, self._clock = environment, read, clock
        self._filled: set[str] | None = None
        self._due = 0.0
        self.changes = 0
        """How often something changed."""

    def fill(self) -> bool:
        """Fill in what is secret; True where that changed anything, so that settings are to be loaded anew.

        Raises ``Unavailable`` or ``Misconfigured`` where nothing is known yet.
        """
        where, now = self._environment.get(SETTING, ""), self._clock()
        if (
            not where
            or not re.fullmatch(values.SECRETS, where)
            or (self._filled is not None and now < self._due)
        ):
            return False
        try:
            found = {name: value for name, value in self._read(where).items() if NAME.fullmatch(name)}
        except Unavailable as fault:
            if self._filled is None:
                raise
            log.warning("%s What was read before stays in use.", fault.words)
            self._due = now + AGAIN_SECONDS
            return False
        self._due = now + FRESH_SECONDS
        return self._take(found)

    def _take(self, found: dict[str, str]) -> bool:
        """What was filled in before and is not there any more goes."""
        filled = self._filled or set()
        new = {name: found[name] for name in found if name in filled or not self._environment.get(name)}
        gone = filled.difference(new)
        changed = bool(gone) or any(self._environment.get(name) != value for name, value in new.items())
        for name in gone:
            self._environment.pop(name, None)
        self._environment.update(new)
        self._filled = set(new)
        self.changes += changed
        return changed


class Renewed(Generic[Made]):
    """What is made of settings, kept like by ``functools.cache``, and made anew when a secret has changed."""

    def __init__(self, make: Callable[[], Made], secrets: Secrets) -> None:
        self._make, self._secrets = make, secrets
        self._kept: tuple[int, Made] | None = None

    def __call__(self) -> Made:
        """The newest. Raises as ``Secrets.fill`` does, and what making it raises."""
        self._secrets.fill()
        if self._kept is None or self._kept[0] != self._secrets.changes:
            self._kept = (self._secrets.changes, self._make())
        return self._kept[1]

    def cache_clear(self) -> None:
        """Forget it."""
        self._kept = None


_here = Secrets(os.environ)


def fill() -> bool:
    """Of this process: see ``Secrets.fill``. To be called before settings are loaded."""
    return _here.fill()


def renewed(make: Callable[[], Made]) -> Renewed[Made]:
    """In place of ``functools.cache`` above what loads settings, and above all that is made of that."""
    return Renewed(make, _here)
