"""The load program over S3: objects into a watched part of a bucket, and the reports beside them."""

import time
from collections.abc import Mapping, Sequence
from itertools import count
from uuid import uuid4

from loupe.distinct import Copy
from loupe.loading_check import Seen, Sent
from loupe.loading_http import hash_of
from pipeline.adapters.s3_load import S3Load
from pipeline.drops import report_path
from pipeline.errors import Unsuitable

LOOK_SECONDS = 1.0
"""Between two lists of what lies in the bucket."""


class Objects:
    """``loupe.loading_check.Target``: a watched part of a bucket; copies go below a prefix of their own."""

    def __init__(self, url: str) -> None:
        scheme, _, rest = url.partition("://")
        bucket, _, prefix = rest.partition("/")
        if scheme != "s3" or not bucket:
            raise Unsuitable("--to s3 needs --url s3://bucket/prefix: the place that LOUPE_DROP names.")
        self._bucket = S3Load(bucket)
        self._prefix = f"{prefix.rstrip('/')}/" if prefix else ""
        self._run, self._numbers, self._due = f"load-{uuid4().hex[:12]}", count(1), 0.0

    def send(self, copy: Copy) -> Sent:
        """See ``Target.send``."""
        key = f"{self._prefix}{self._run}/{next(self._numbers):06}-{copy.path.name}"
        sha256, began = copy.sha256(), time.monotonic()
        with copy.open() as stream:
            self._bucket.put(key, stream, copy.size)
        return Sent(copy.path.name, sha256, copy.size, key, time.monotonic() - began, time.time())

    def settled(self, sent: Sequence[Sent]) -> Mapping[str, Seen]:
        """See ``Target.settled``."""
        if not sent or time.monotonic() < self._due:
            return {}
        there, found = self._bucket.keys(f"{self._prefix}{self._run}/"), {}
        for each in sent:
            if (key := report_path(each.image)) in there:
                said = self._bucket.report(key)
                if said["state"] != "waiting":
                    found[each.image] = Seen(str(said["id"]), hash_of(said), time.time())
        self._due = time.monotonic() + LOOK_SECONDS
        return found
