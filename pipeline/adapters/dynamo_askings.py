"""When a channel last asked for its digest at once, from the news in the DynamoDB table."""

from pipeline.adapters.dynamo_news_items import LAST, news_key, subject_of
from pipeline.adapters.dynamo_table import Table
from pipeline.digest import asked_for


class DynamoAskings:
    """``pipeline.habits.Askings``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def last(self, team: str, channel: str) -> float | None:
        """See ``Askings.last``."""
        subject = asked_for(team, channel)
        newest = subject_of(subject, self._table.get(news_key(subject), LAST)).kinds.get("digest")
        return newest.at if newest else None
