"""Which shared Slack files have met their message, in the DynamoDB table: ``share#TEAM#CHANNEL#FILE``."""

import time

from pipeline.adapters.dynamo_due import INDEX, LATE, first, stamp
from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_table import NEW, Put, Table, Update
from pipeline.cards import Share

SHARES, SHARE = first("share"), "share"
REMEMBERED = 7 * 86_400
"""Seconds for which a message that came is remembered; Slack repeats deliveries for hours at most."""


class DynamoShares:
    """The ``Shares`` port on one table. What waits for its message is in the index ``open``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def expect(self, share: Share, due_at: float) -> None:
        """See ``Shares.expect``."""
        named = {"team": share.team, "channel": share.channel, "file": share.file}
        item = {"pk": share_key(share), "sk": SHARE, **named, "open_pk": SHARES, "open_sk": stamp(due_at)}
        self._table.write(Put(item, NEW))

    def met(self, shares: list[Share]) -> None:
        """See ``Shares.met``."""
        for share in shares:
            self._table.write(Put({"pk": share_key(share), "sk": SHARE, TTL: int(time.time()) + REMEMBERED}))

    def missed(self) -> Share | None:
        """See ``Shares.missed``."""
        for item in self._table.index(INDEX, SHARES, before=stamp(time.time()) + LATE):
            return Share(item["team"], item["channel"], item["file"])
        return None

    def postpone(self, share: Share, due_at: float) -> None:
        """See ``Shares.postpone``."""
        waiting = "attribute_exists(#open_pk)"
        self._table.write(Update(share_key(share), SHARE, "SET #open_sk=:at", waiting, {"at": stamp(due_at)}))


def share_key(share: Share) -> str:
    """The partition of a file that was shared."""
    return f"share#{share.team}#{share.channel}#{share.file}"
