"""Who is let in: by a link or a code, once, within 15 minutes, and how often anybody may try."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Barrier

import pytest

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_sessions import SqliteSessions
from pipeline.adapters.sqlite_visitors import SqliteVisitors
from pipeline.errors import Unsuitable
from pipeline.visitors import Asking, Visitor

ANA, HOME = "Ana@example.org", "192.0.2.0/24"
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Gate:
    """Visitors and their clock."""

    database: Database
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.visitors = SqliteVisitors(self.database, b"a key of the tests", self.clock)
        self.sessions = SqliteSessions(self.database, self.clock)

    def ask(self, mailbox: str = ANA, network: str = HOME) -> Asking:
        return self.visitors.ask(mailbox, network)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(Database(tmp_path / "ledger.sqlite"))


def wrong(asking: Asking) -> str:
    return f"{(int(asking.code) + 1) % 10**6:06}"


def test_a_link_lets_in_once(gate: Gate) -> None:
    asking = gate.ask()
    visitor = gate.visitors.by_link(asking.token)
    assert visitor
    assert visitor.mailbox == ANA
    assert gate.visitors.by_link(asking.token) is None
    assert gate.visitors.by_code(asking.id, asking.code) is None


def test_a_code_lets_in_once(gate: Gate) -> None:
    asking = gate.ask()
    assert gate.visitors.by_code(asking.id, asking.code)
    assert gate.visitors.by_code(asking.id, asking.code) is None
    assert gate.visitors.by_link(asking.token) is None


def test_a_mailbox_is_one_visitor_however_it_is_written(gate: Gate) -> None:
    first = gate.visitors.by_link(gate.ask("Ana@example.org").token)
    second = gate.visitors.by_link(gate.ask("ana@EXAMPLE.org").token)
    assert first == second
    assert gate.visitors.all() == [first]


@pytest.mark.parametrize(("minutes", "good"), [(14.9, True), (15.0, False), (10_000, False)])
def test_a_letter_is_good_for_15_minutes(gate: Gate, minutes: float, good: bool) -> None:
    asking = gate.ask()
    gate.clock.now += minutes * MINUTE
    assert bool(gate.visitors.waiting(asking.token)) is good
    assert bool(gate.visitors.asked(asking.id)) is good
    assert bool(gate.visitors.pending()) is good
    assert bool(gate.visitors.by_link(asking.token)) is good


def test_an_earlier_letter_stays_good_until_one_of_them_is_used(gate: Gate) -> None:
    first, second, other = gate.ask(), gate.ask(), gate.ask("bob@example.org")
    assert gate.visitors.pending()
    assert gate.visitors.by_link(first.token)
    assert gate.visitors.by_link(second.token) is None
    assert gate.visitors.by_code(second.id, second.code) is None
    assert gate.visitors.by_code(other.id, other.code)


def test_five_wrong_codes_end_the_code_but_neither_its_link_nor_another_letter(gate: Gate) -> None:
    spoilt, other = gate.ask(), gate.ask()
    for _ in range(5):
        assert gate.visitors.asked(spoilt.id) == spoilt
        assert gate.visitors.by_code(spoilt.id, wrong(spoilt)) is None
    assert gate.visitors.asked(spoilt.id) == replace(spoilt, code="")
    assert gate.visitors.by_code(spoilt.id, spoilt.code) is None
    assert gate.visitors.waiting(spoilt.token)
    assert gate.visitors.by_code(other.id, other.code)


def test_whoever_guesses_does_not_lock_the_owner_out(gate: Gate) -> None:
    guesses(gate, 4)
    with pytest.raises(Unsuitable):
        gate.ask()
    assert gate.visitors.pending() == [], "an hour has passed"
    gate.clock.now -= HOUR
    for letter in gate.visitors.pending():
        assert letter.code == ""
    assert gate.visitors.by_link(gate.visitors.pending()[0].token)


def guesses(gate: Gate, hours: int) -> int:
    """What somebody gets in who asks and guesses as often as they are let, from ever new networks."""
    made = 0
    for hour in range(hours):
        for turn in range(7):
            try:
                asking = gate.ask(network=f"{hour}.{turn}")
            except Unsuitable:
                break
            for _ in range(7):
                before = gate.database.read("SELECT SUM(wrong) FROM askings")[0][0]
                gate.visitors.by_code(asking.id, wrong(asking), f"{hour}.{turn}")
                made += gate.database.read("SELECT SUM(wrong) FROM askings")[0][0] - before
        gate.clock.now += HOUR
    return made


def test_somebody_who_guesses_without_end_has_25_guesses_a_day(gate: Gate) -> None:
    assert guesses(gate, 1) == 25
    right = gate.ask()
    assert gate.visitors.by_code(right.id, right.code, "elsewhere") is None, (
        "even the right one counts no more"
    )
    assert gate.visitors.by_link(right.token), "but the link does"
    gate.clock.now += DAY
    fresh = gate.ask()
    assert gate.visitors.by_code(fresh.id, fresh.code)


def test_a_network_that_guesses_is_stopped_whomever_it_guesses_for(gate: Gate) -> None:
    askings = [gate.ask(f"somebody{number}@example.org") for number in range(8)]
    for asking in askings[:6]:
        for _ in range(5):
            gate.visitors.by_code(asking.id, wrong(asking), HOME)
    last = askings[-1]
    with pytest.raises(Unsuitable, match="Too many wrong codes"):
        gate.visitors.by_code(last.id, last.code, HOME)
    assert gate.visitors.by_code(last.id, last.code, "198.51.100.0/24")


@pytest.mark.parametrize(
    ("count", "mailbox", "network"),
    [(5, lambda _: ANA, str), (20, lambda n: f"a{n}@example.org", lambda _: HOME)],
    ids=["mailbox", "network"],
)
def test_letters_have_an_end_within_an_hour(
    gate: Gate, count: int, mailbox: Callable[[int], str], network: Callable[[int], str]
) -> None:
    for number in range(count):
        gate.ask(mailbox(number), network(number))
    with pytest.raises(Unsuitable, match="in an hour"):
        gate.ask(mailbox(count), network(count))
    gate.clock.now += HOUR + 1
    assert gate.ask(mailbox(count), network(count))


def test_a_mailbox_gets_twenty_letters_a_day(gate: Gate) -> None:
    for hour in range(4):
        for number in range(5):
            gate.ask(network=f"{hour}.{number}")
        gate.clock.now += HOUR + 1
    with pytest.raises(Unsuitable):
        gate.ask()
    gate.clock.now += DAY
    assert gate.ask()


@pytest.mark.parametrize("way", ["link", "code"])
def test_of_eight_at_once_one_gets_in(gate: Gate, way: str) -> None:
    asking, start = gate.ask(), Barrier(8)

    def enter(_: int) -> Visitor | None:
        start.wait()
        if way == "link":
            return gate.visitors.by_link(asking.token)
        return gate.visitors.by_code(asking.id, asking.code)

    with ThreadPoolExecutor(8) as eight:
        assert sum(found is not None for found in eight.map(enter, range(8))) == 1


def test_eight_at_once_have_five_guesses(gate: Gate) -> None:
    asking, start = gate.ask(), Barrier(8)

    def guess(_: int) -> None:
        start.wait()
        gate.visitors.by_code(asking.id, wrong(asking))

    with ThreadPoolExecutor(8) as eight:
        list(eight.map(guess, range(8)))
    assert gate.database.read("SELECT wrong FROM askings")[0][0] == 5


def test_the_file_has_neither_link_nor_code_nor_session(gate: Gate, tmp_path: Path) -> None:
    asking = gate.ask()
    visitor = gate.visitors.by_link(gate.ask().token)
    assert visitor
    session = gate.sessions.begin(visitor)
    gate.database.read("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert asking.id.encode() in kept
    for secret in (asking.token, session):
        assert secret.encode() not in kept
    assert asking.code not in str([tuple(row) for row in gate.database.read("SELECT * FROM askings")])


def test_secrets_do_not_show_where_an_asking_is_printed(gate: Gate) -> None:
    asking = gate.ask()
    assert asking.token not in repr(asking)
    assert asking.code not in repr(asking)


def test_what_has_expired_is_forgotten_and_limits_still_count(gate: Gate) -> None:
    asking = gate.ask()
    gate.visitors.by_code(asking.id, wrong(asking), HOME)
    gate.clock.now += HOUR
    assert gate.visitors.forget() == 0
    gate.clock.now += DAY
    assert gate.visitors.forget() == 2
    assert gate.visitors.forget() == 0


def test_a_session_ends_after_30_days_without_use(gate: Gate) -> None:
    visitor = gate.visitors.by_link(gate.ask().token)
    assert visitor
    session = gate.sessions.begin(visitor)
    for _ in range(3):
        gate.clock.now += 20 * DAY
        assert gate.sessions.visitor(session) == visitor
        assert gate.sessions.renew(session)
        assert not gate.sessions.renew(session), "once a day is enough"
    gate.clock.now += 30 * DAY
    assert gate.sessions.visitor(session) is None
    assert gate.visitors.forget() >= 1


def test_ending_one_session_leaves_the_others_and_ending_all_leaves_none(gate: Gate) -> None:
    ana = gate.visitors.by_link(gate.ask().token)
    bob = gate.visitors.by_link(gate.ask("bob@example.org").token)
    assert ana
    assert bob
    phone, desk, his = gate.sessions.begin(ana), gate.sessions.begin(ana), gate.sessions.begin(bob)
    gate.sessions.end(phone)
    assert [gate.sessions.visitor(each) for each in (phone, desk, his)] == [None, ana, bob]
    assert gate.sessions.end_all(ana) == 1
    assert [gate.sessions.visitor(each) for each in (phone, desk, his)] == [None, None, bob]
    gate.sessions.end("nothing")


def test_an_erased_mailbox_is_nowhere_any_more(gate: Gate) -> None:
    visitor = gate.visitors.by_link(gate.ask().token)
    assert visitor
    session, open_still = gate.sessions.begin(visitor), gate.ask()
    assert gate.visitors.erase("ana@EXAMPLE.org") == visitor
    assert gate.sessions.visitor(session) is None
    assert gate.visitors.get(visitor.id) is None
    assert gate.visitors.waiting(open_still.token) is None
    gate.database.read("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"example.org" not in gate.database.path.read_bytes()
    assert gate.visitors.erase(ANA) is None
    again = gate.visitors.by_link(gate.ask().token)
    assert again
    assert again.id != visitor.id
