"""No question of people makes SQLite look at a whole table."""

import sqlite3
from pathlib import Path

from pipeline.adapters.sqlite_catalog import SqliteCatalog
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from tests.contract.ledgers import FAILED, claim, enter, row, settle
from tests.flow import toy

WALKS = {
    "SCAN i USING INDEX sqlite_autoindex_images_1",  # newest first, as many as are wanted
    "SCAN results USING INDEX results_parked",  # parked runs only
    "SCAN tasks USING COVERING INDEX tasks_running",  # as many as there are workers
    "SCAN tasks USING INDEX tasks_ready",  # in order of priority, as many as are wanted
}


def test_no_question_but_the_queues_counts_scans_the_ledger(tmp_path: Path) -> None:
    database = Database(tmp_path / "ledger.sqlite")
    ledger = SqliteLedger(database)
    catalog = SqliteCatalog(database, [actor.name for actor in toy.TOY])
    image = enter(ledger)
    settle(ledger, row(claim(ledger)[0], FAILED))
    connection, asked = database.connection(), list[str]()
    connection.set_trace_callback(asked.append)
    catalog.find("IMG-0000")
    catalog.of_channel("T1", "C1", 9)
    catalog.of_person("T1", "U1", 9)
    catalog.of_message("T1", "C1", "1.2")
    catalog.newest(9)
    catalog.parked(9)
    catalog.report(image)
    ledger.stalled(9)
    ledger.holders()
    claim(ledger)
    connection.set_trace_callback(None)
    queries = [sql for sql in asked if sql.lstrip().startswith(("SELECT", "UPDATE"))]
    assert len(queries) >= 12
    for sql in queries:
        assert not scans(connection, sql), sql
    for key in ("short=?", "team=? AND channel=?", "team=? AND person=?", "AND message=?"):
        assert any(key in step for sql in queries for step in steps(connection, sql)), key


def steps(connection: sqlite3.Connection, sql: str) -> list[str]:
    """How SQLite goes about a query."""
    return [step["detail"] for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]


def scans(connection: sqlite3.Connection, sql: str) -> list[str]:
    """The steps of a query that look at a whole table, or sort more than an index gave."""
    found = steps(connection, sql)
    return [each for each in found if each.startswith(("SCAN", "USE TEMP B-TREE")) and each not in WALKS]
