"""The SQLite file itself: whole transactions, words for trouble, and news of what others wrote."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_ledger import SqliteLedger
from pipeline.errors import Unavailable
from tests.contract.ledgers import claim, enter, finish, row, settle
from tests.contract.trouble import locked_folder, words_of
from tests.flow.driving import eventually


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(tmp_path / "ledger.sqlite")
    made.define("CREATE TABLE IF NOT EXISTS things (body)")
    return made


def write(database: Database, size: int = 1) -> None:
    with database.write() as connection:
        connection.execute("INSERT INTO things VALUES (zeroblob(?))", (size,))


def things(database: Database) -> int:
    return len(database.read("SELECT 1 FROM things"))


class TestTransactions:
    def test_what_raises_is_not_written(self, database: Database) -> None:
        with suppress(ZeroDivisionError), database.write() as connection:
            connection.execute("INSERT INTO things VALUES (1)")
            raise ZeroDivisionError
        assert things(database) == 0
        write(database)
        assert things(database) == 1

    def test_a_snapshot_sees_one_moment(self, database: Database) -> None:
        with database.snapshot() as connection:
            before = connection.execute("SELECT COUNT(*) FROM things").fetchone()[0]
            other = Thread(target=write, args=(database,))
            other.start()
            other.join()
            assert connection.execute("SELECT COUNT(*) FROM things").fetchone()[0] == before
        assert things(database) == before + 1

    @pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
    def test_what_is_acknowledged_outside_is_synced_to_the_disk(
        self, database: Database, durable: bool, level: int
    ) -> None:
        with database.write(durable=durable) as connection:
            assert connection.execute("PRAGMA synchronous").fetchone()[0] == level
        assert database.read("PRAGMA journal_mode")[0][0] == "wal"


class TestWaiting:
    def test_ends_at_once_when_somebody_wrote_since_the_last_look(self, database: Database) -> None:
        database.wait(0)
        other = Thread(target=write, args=(database,))
        other.start()
        other.join()
        began = time.monotonic()
        database.wait(20)
        assert time.monotonic() - began < 5

    def test_ends_when_somebody_writes(self, database: Database) -> None:
        database.wait(0)
        waiting = Thread(target=database.wait, args=(20,))
        waiting.start()
        began = time.monotonic()
        write(database)
        waiting.join()
        assert time.monotonic() - began < 5

    def test_ends_in_time_when_nobody_does(self, database: Database) -> None:
        database.wait(0)
        began = time.monotonic()
        database.wait(0.05)
        assert 0.05 <= time.monotonic() - began < 5

    def test_is_not_ended_by_a_worker_that_finds_nothing_to_do(self, tmp_path: Path) -> None:
        ledger = SqliteLedger(Database(tmp_path / "idle.sqlite"))
        enter(ledger)
        finish(ledger)
        ledger.wait(0)
        idle = Thread(target=claim, args=(ledger, "idle"))
        idle.start()
        idle.join()
        began = time.monotonic()
        ledger.wait(0.1)
        assert time.monotonic() - began >= 0.1


class TestTrouble:
    def test_a_full_disk_is_named_and_passes(self, database: Database) -> None:
        connection = database.connection()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + 2}")
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"disk is full\. Free some space"):
                write(database, 100_000)
        connection.execute("PRAGMA max_page_count=100000")
        write(database, 100_000)
        assert things(database) == 1

    def test_a_full_disk_loses_nothing_that_a_worker_had_to_tell(self, tmp_path: Path) -> None:
        database = Database(tmp_path / "ledger.sqlite")
        ledger = SqliteLedger(database)
        image = enter(ledger)
        work = claim(ledger)[0]
        connection = database.connection()
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
        large = row(work, type(row(work).result)("x" * 100_000))  # type: ignore[call-arg]
        with pytest.raises(Unavailable):
            settle(ledger, large)
        assert list(ledger.rows(image)) == ["arrival"]
        connection.execute("PRAGMA max_page_count=100000")
        settle(ledger, large)
        assert ledger.rows(image)["weigh"].state == "done"

    def test_a_disk_that_takes_no_more_is_told_and_passes(self, database: Database) -> None:
        words = words_of(lambda: write(database, 100_000), largest_file=50_000)
        assert words.startswith(f"The ledger {database.path} cannot be used: ")
        assert things(database) == 0

    def test_a_folder_that_cannot_be_written_is_told(self) -> None:
        with locked_folder() as folder:
            path = folder / "ledger.sqlite"
            words = words_of(lambda: SqliteLedger(Database(path)))
        assert words == (
            f"The ledger {path} cannot be used: unable to open database file. Make the data folder writable"
            " for this user, or name another with --data."
        )

    def test_a_file_that_cannot_be_written_is_told(self) -> None:
        with locked_folder() as folder:
            path = folder / "ledger.sqlite"
            SqliteLedger(Database(path))
            path.chmod(0o644)
            words = words_of(lambda: enter(SqliteLedger(Database(path))))
        assert words.startswith(f"The ledger {path} cannot be used: ")
        assert "Make the data folder writable" in words

    @pytest.mark.parametrize("content", [b"no database at all" * 500, b"SQLite format 3\0" + b"\xff" * 9000])
    def test_a_file_that_is_no_ledger_is_told(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "ledger.sqlite"
        path.write_bytes(content)
        with pytest.raises(Unavailable) as fault:
            SqliteLedger(Database(path))
        assert fault.value.words.startswith(f"The ledger {path} is damaged: ")
        assert "\n" not in fault.value.words

    @pytest.mark.parametrize(
        "ask",
        [
            lambda ledger: ledger.rows("x"),
            lambda ledger: ledger.open_tasks("x"),
            lambda ledger: ledger.images("", 9),
            claim,
            enter,
        ],
    )
    def test_a_ledger_that_was_damaged_meanwhile_is_told_whoever_asks(
        self, tmp_path: Path, ask: Callable[[SqliteLedger], object]
    ) -> None:
        path = tmp_path / "ledger.sqlite"
        first = SqliteLedger(Database(path))
        for n in range(50):
            enter(first, f"d{n}")
        first._database.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damaged = path.read_bytes()
        again = SqliteLedger(Database(path))
        path.write_bytes(damaged[:100] + b"\xff" * (len(damaged) - 100))
        with pytest.raises(Unavailable, match="is damaged"):
            ask(again)

    def test_a_ledger_that_somebody_holds_is_waited_for(self, database: Database) -> None:
        done: list[str] = []

        def hold() -> None:
            with database.write():
                done.append("held")
                eventually(lambda: waiting.is_alive())
                done.append("freed")

        def write_then() -> None:
            write(database)
            done.append("written")

        waiting = Thread(target=write_then)
        holder = Thread(target=hold)
        holder.start()
        eventually(lambda: done)
        waiting.start()
        waiting.join()
        holder.join()
        assert done == ["held", "freed", "written"]


def test_a_schema_is_made_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    made = Database(tmp_path / "new.sqlite")
    with pytest.raises(Unavailable):
        made.define("CREATE TABLE IF NOT EXISTS one (body); CREATE TABLE IF NOT EXISTS two (;")
    assert made.read("SELECT name FROM sqlite_master") == []
    made.define("CREATE TABLE IF NOT EXISTS one (body);")
    assert [row["name"] for row in made.read("SELECT name FROM sqlite_master")] == ["one"]


def test_a_schema_that_is_there_waits_for_nobody(tmp_path: Path) -> None:
    """A part that starts while another one writes for long goes on."""
    schema = "CREATE TABLE IF NOT EXISTS one (body); CREATE UNIQUE INDEX IF NOT EXISTS by_body ON one (body);"
    made = Database(tmp_path / "new.sqlite")
    made.define(schema)
    with made.write():
        other = Database(tmp_path / "new.sqlite")
        other.define(schema)
        other.close()
