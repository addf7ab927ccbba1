"""Which ways to show a chart a Slack workspace refused lately, in the DynamoDB table: ``chart#TEAM``."""

import time

from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_table import Put, Table
from pipeline.adapters.sqlite_chart_ways import DAYS


class DynamoChartWays:
    """``bot.ports.ChartWays``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def refused(self, team: str) -> set[str]:
        """See ``ChartWays.refused``."""
        return {item["sk"] for item in self._table.query(f"chart#{team}") if item[TTL] > time.time()}

    def refuse(self, team: str, way: str) -> None:
        """See ``ChartWays.refuse``."""
        until = int(time.time() + DAYS.get(way, 1) * 86_400)
        self._table.write(Put({"pk": f"chart#{team}", "sk": way, TTL: until}))
