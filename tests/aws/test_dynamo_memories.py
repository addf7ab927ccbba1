"""What came in already, and what a workspace does not take: remembered for a while, and no longer."""

import time

from pipeline.adapters.dynamo_chart_ways import DynamoChartWays
from pipeline.adapters.dynamo_schema import TTL
from pipeline.adapters.dynamo_seen import DynamoSeen
from pipeline.adapters.dynamo_table import Table, Update


def test_a_key_is_kept_once_and_others_are_not_known(table: Table) -> None:
    seen = DynamoSeen(table, "slack", 3600)
    assert not seen.knows("Ev1")
    assert seen.keep("Ev1")
    assert not seen.keep("Ev1")
    assert DynamoSeen(Table(table.name), "slack", 3600).knows("Ev1")
    assert not seen.knows("Ev2")
    assert not DynamoSeen(table, "sns", 3600).knows("Ev1")


def test_a_key_whose_time_is_over_may_be_kept_again_although_it_is_still_there(table: Table) -> None:
    assert DynamoSeen(table, "slack", -1).keep("Ev1")
    assert DynamoSeen(table, "slack", 3600).keep("Ev1")
    assert not DynamoSeen(table, "slack", 3600).keep("Ev1")


def test_a_way_that_was_refused_is_tried_again_after_days(table: Table) -> None:
    ways = DynamoChartWays(table)
    assert ways.refused("T1") == set()
    ways.refuse("T1", "block")
    ways.refuse("T1", "picture")
    assert ways.refused("T1") == {"block", "picture"}
    assert ways.refused("T2") == set()
    item = table.get("chart#T1", "block")
    assert item is not None
    assert 6.9 < (item[TTL] - time.time()) / 86_400 < 7.1
    table.write(Update("chart#T1", "block", f"SET #{TTL}=:past", given={"past": int(time.time()) - 1}))
    assert ways.refused("T1") == {"picture"}
