"""The load program over HTTP: files into an upload site as browsers bring them, and their reports."""

import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import count
from uuid import uuid4

from loupe import visits as people
from loupe.distinct import Copy
from loupe.ground import Ground
from loupe.loading_check import Seen, Sent
from pipeline.adapters.upload_client import UploadClient
from pipeline.errors import Unavailable, Unknown
from pipeline.ports import Report
from pipeline.visitors import Visitor

TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
}
EACH = 400
"""Files that one visitor brings, well within what a person may bring in a day."""
AHEAD = 12
"""Files that may be under way at a site elsewhere: it tells of a person's newest twenty alone."""
LEAST_WAIT = 0.05


def session(base: Ground, visitor: Visitor) -> str:
    """The cookie of a visitor who has signed in at a site of this data folder, as ``name=value``."""
    visits = people.visits(base)
    return f"{visits.cookie}={visits.cookie_for(visitor)}"


def hand_in(client: UploadClient, copy: Copy) -> Sent:
    """Hand a copy in. Raises ``Unavailable`` with the kind of failure."""
    sha256, began = copy.sha256(), time.monotonic()
    kind = TYPES.get(copy.path.suffix.lower(), "application/octet-stream")
    handed = client.ticket(copy.path.name, kind, copy.size)
    with copy.open() as stream:
        client.send(handed, copy.size, stream)
    image = client.settle(handed.id)
    if not image:
        raise Unavailable("settling: nothing lies under the ticket")
    return Sent(copy.path.name, sha256, copy.size, image, time.monotonic() - began, time.time())


class Local:
    """``loupe.loading_check.Target``: the site of a data folder, which is asked for the reports."""

    def __init__(self, base: Ground, site: str) -> None:
        self._base, self._site, self._run = base, site, uuid4().hex[:12]
        self._numbers, self._lock, self._clients = count(), threading.Lock(), list[UploadClient]()

    def send(self, copy: Copy) -> Sent:
        """See ``Target.send``. A new visitor for every so many files."""
        return hand_in(self._client(next(self._numbers) // EACH), copy)

    def settled(self, sent: Sequence[Sent]) -> Mapping[str, Seen]:
        """See ``Target.settled``."""
        found = {}
        for each in sent:
            listed = self._base.catalog.find(each.image)
            if listed is None or listed.state == "waiting":
                continue
            with suppress(Unknown):
                said = self._base.catalog.report(each.image)
                rows = self._base.ledger.rows(each.image).values()
                at = max((row.at.timestamp() for row in rows), default=time.time())
                found[each.image] = Seen(each.image, hash_of(said), at)
        return found

    def _client(self, number: int) -> UploadClient:
        with self._lock:
            while len(self._clients) <= number:
                visitor = people.invitations(self._base).of_slack("load", f"{self._run}-{len(self._clients)}")
                self._clients.append(UploadClient(self._site, session(self._base, visitor)))
            return self._clients[number]


class Elsewhere:
    """``loupe.loading_check.Target``: a site that tells of a visitor's newest images as they change."""

    def __init__(self, site: str, cookie: str) -> None:
        self._client, self._seen, self._fault = UploadClient(site, cookie), dict[str, Seen](), ""
        self._room = threading.Semaphore(AHEAD)
        threading.Thread(target=self._listen, name="live", daemon=True).start()

    def send(self, copy: Copy) -> Sent:
        """See ``Target.send``. Waits as long as too many files are under way."""
        with self._room:
            sent = hand_in(self._client, copy)
            while sent.image not in self._seen and not self._fault:
                time.sleep(LEAST_WAIT)
            return sent

    def settled(self, sent: Sequence[Sent]) -> Mapping[str, Seen]:
        """See ``Target.settled``. Raises ``Unavailable`` where the site tells nothing any more."""
        if self._fault:
            raise Unavailable(f"The site {self._client.site} tells nothing: {self._fault}.")
        return {each.image: self._seen[each.image] for each in sent if each.image in self._seen}

    def _listen(self) -> None:
        while not self._fault:
            try:
                for said in self._client.live():
                    self._note(said)
            except Unavailable as fault:
                self._fault = fault.words

    def _note(self, said: Report) -> None:
        if said["state"] != "waiting":
            image = str(said["id"])
            self._seen.setdefault(image, Seen(image, hash_of(said), time.time()))


def hash_of(report: Report) -> str:
    """The hash that a report says; for what was rejected, the one by which it was taken in."""
    locator = str(report["source"].get("locator", ""))
    return str(report["sha256"] or locator.rpartition("/")[2])
