"""Who gets mail: nobody without their own word, nobody after it is taken back, and nobody is pestered."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_newsroom import SqliteNewsroom
from pipeline.adapters.sqlite_subscribers import SqliteSubscribers
from pipeline.errors import Unsuitable
from pipeline.subscribers import DAY, HOUR, WAITS, Tokens, fingerprint
from pipeline.subscribing import NOTHING, Desk

ADA, GRACE = "Ada@example.org", "grace@example.org"
TOKENS = Tokens(b"a key of the tests")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_="


class Clock:
    """Seconds since the epoch, as the test says."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> Iterator[SqliteSubscribers]:
    database = Database(tmp_path / "ledger.sqlite")
    yield SqliteSubscribers(database, TOKENS, clock)
    database.close()


def link(people: SqliteSubscribers, mailbox: str = ADA, asker: str = "") -> str:
    """The token of a letter of confirmation."""
    return TOKENS.confirming(people.ask(mailbox, asker).nonce)


def stop_link(mailbox: str = ADA) -> str:
    return TOKENS.stopping(mailbox.lower())


def states(people: SqliteSubscribers) -> dict[str, str]:
    return {each.mailbox: each.state for each in people.all()}


def test_whoever_is_asked_for_is_pending_until_the_link_was_used(people: SqliteSubscribers) -> None:
    token = link(people)
    assert states(people) == {ADA: "pending"}
    assert people.waiting(token) == ADA
    assert states(people) == {ADA: "pending"}
    assert people.confirm(token) == ADA
    assert states(people) == {ADA: "confirmed"}


def test_a_link_confirms_once(people: SqliteSubscribers) -> None:
    token = link(people)
    people.confirm(token)
    people.stop(stop_link())
    assert people.confirm(token) is None
    assert states(people) == {ADA: "stopped"}


def test_of_several_letters_the_last_one_counts(people: SqliteSubscribers) -> None:
    first, second = link(people), link(people)
    assert people.confirm(first) is None
    assert people.confirm(second) == ADA


def test_a_link_is_good_for_a_week(people: SqliteSubscribers, clock: Clock) -> None:
    token = link(people)
    clock.now += WAITS - 1
    assert people.waiting(token) == ADA
    clock.now += 2
    assert people.waiting(token) is None
    assert people.confirm(token) is None
    people.ask(GRACE, "")
    assert states(people) == {GRACE: "pending"}


def test_mailboxes_that_differ_in_case_are_one_and_the_case_is_kept(people: SqliteSubscribers) -> None:
    people.confirm(link(people, "ADA.Lovelace@example.org"))
    people.ask("ada.lovelace@example.org", "")
    assert states(people) == {"ADA.Lovelace@example.org": "confirmed"}


def test_a_stranger_who_asks_changes_nothing_for_a_subscriber(people: SqliteSubscribers) -> None:
    people.confirm(link(people, asker="T1/ADA"))
    link(people, asker="T1/EVE")
    assert states(people) == {ADA: "confirmed"}
    assert people.stop_asked_by("T1/EVE") == []
    assert people.stop_asked_by("T1/ADA") == [ADA]
    assert states(people) == {ADA: "stopped"}
    assert people.stop_asked_by("") == []


def test_the_link_to_stop_works_again_and_again_and_in_old_letters(people: SqliteSubscribers) -> None:
    people.confirm(link(people))
    assert people.stoppable(stop_link()) == ADA
    assert [people.stop(stop_link()) for _ in range(3)] == [ADA] * 3
    people.confirm(link(people))
    assert states(people) == {ADA: "confirmed"}
    assert people.stop(stop_link()) == ADA


def test_whoever_stops_is_not_confirmed_by_a_letter_from_before(people: SqliteSubscribers) -> None:
    token = link(people)
    people.stop(stop_link())
    assert people.confirm(token) is None


def asked(people: SqliteSubscribers, ask: Callable[[int], tuple[str, str]], times: int) -> int:
    """How many of so many wishes were taken."""
    taken = 0
    for number in range(times):
        with contextlib.suppress(Unsuitable):
            people.ask(*ask(number))
            taken += 1
    return taken


@pytest.mark.parametrize(
    "ask",
    [lambda n: (ADA, f"T1/U{n}"), lambda n: (f"a{n}@example.org", "T1/EVE")],
    ids=["one mailbox", "one person"],
)
def test_nobody_is_pestered(
    people: SqliteSubscribers, clock: Clock, ask: Callable[[int], tuple[str, str]]
) -> None:
    assert 3 <= asked(people, ask, 20) <= 5
    with pytest.raises(Unsuitable, match="too often"):
        people.ask(*ask(98))
    clock.now += HOUR + 1
    people.ask(*ask(99))


def test_a_mailbox_gets_few_letters_a_day(people: SqliteSubscribers, clock: Clock) -> None:
    def later(_number: int) -> tuple[str, str]:
        clock.now += HOUR + 1
        return ADA, ""

    assert asked(people, later, 22) == 5
    clock.now += DAY
    people.ask(ADA, "")


def test_who_runs_loupe_is_not_limited_as_a_person_is(people: SqliteSubscribers) -> None:
    for number in range(20):
        people.ask(f"a{number}@example.org", "")
    assert len(people.all()) == 20


def test_one_failure_for_good_ends_mail_until_it_is_confirmed_again(people: SqliteSubscribers) -> None:
    people.confirm(link(people))
    people.bounced("ADA@example.org", True, "550 No such user")
    (ada,) = people.all()
    assert (ada.state, ada.fault) == ("bounced", "550 No such user")
    people.taken(ADA)
    assert states(people) == {ADA: "bounced"}
    people.confirm(link(people))
    (ada,) = people.all()
    assert (ada.state, ada.fault) == ("confirmed", "")


def test_failures_for_the_moment_end_mail_when_they_go_on_for_a_day(
    people: SqliteSubscribers, clock: Clock
) -> None:
    people.confirm(link(people))
    for pause in (0.0, HOUR, 5 * HOUR, 10 * HOUR):
        clock.now += pause
        people.bounced(ADA, False, "452 Full")
        assert states(people) == {ADA: "confirmed"}
    clock.now += 9 * HOUR
    people.bounced(ADA, False, "452 Full")
    assert states(people) == {ADA: "bounced"}


def test_two_failures_for_the_moment_are_no_bounce_however_far_apart(
    people: SqliteSubscribers, clock: Clock
) -> None:
    people.confirm(link(people))
    people.bounced(ADA, False, "452 Full")
    clock.now += 3 * DAY
    people.bounced(ADA, False, "452 Full")
    assert states(people) == {ADA: "confirmed"}


def test_what_is_taken_begins_the_count_anew(people: SqliteSubscribers, clock: Clock) -> None:
    people.confirm(link(people))
    for _ in range(4):
        people.bounced(ADA, False, "452 Full")
        people.taken(ADA)
        clock.now += DAY
    assert states(people) == {ADA: "confirmed"}
    assert people.all()[0].fault == ""


def test_mailboxes_of_nobody_do_not_bounce(people: SqliteSubscribers) -> None:
    people.bounced("ops@example.org", True, "550 No such user")
    people.taken("ops@example.org")
    assert people.all() == []
    people.ask(ADA, "")
    people.bounced(ADA, True, "550 No such user")
    assert states(people) == {ADA: "pending"}


def test_an_operator_can_confirm_only_who_was_asked_for(people: SqliteSubscribers) -> None:
    assert not people.agree(ADA)
    people.ask(ADA, "")
    assert people.agree("ada@EXAMPLE.org")
    assert states(people) == {ADA: "confirmed"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(guess=st.text(st.sampled_from(LETTERS), min_size=0, max_size=40) | st.text(max_size=40))
def test_a_guess_opens_nothing(people: SqliteSubscribers, guess: str) -> None:
    if not people.all():
        people.ask(ADA, "")
        people.confirm(link(people, GRACE))
    guess = guess.encode("utf-8", "replace").decode()
    for ask in (people.waiting, people.confirm, people.stoppable, people.stop):
        assert ask(guess) is None
    assert states(people) == {ADA: "pending", GRACE: "confirmed"}


@given(words=st.text(max_size=50), other=st.text(max_size=50))
def test_tokens_tell_purposes_people_and_keys_apart(words: str, other: str) -> None:
    words, other = (each.encode("utf-8", "replace").decode() for each in (words, other))
    made = [TOKENS.confirming(words), TOKENS.stopping(words), Tokens(b"another key").confirming(words)]
    assert len({*made, *map(fingerprint, made)}) == 6
    assert all(len(each) == 32 and set(each) <= set(LETTERS) for each in made)
    assert (TOKENS.stopping(words) == TOKENS.stopping(other)) == (words == other)


def test_neither_key_nor_nonce_shows(people: SqliteSubscribers) -> None:
    asked = people.ask(ADA, "")
    assert asked.nonce not in repr(asked)
    assert "key of the tests" not in repr(TOKENS)


@pytest.fixture
def desk(people: SqliteSubscribers, tmp_path: Path) -> Desk:
    return Desk(people, SqliteNewsroom(Database(tmp_path / "ledger.sqlite")))


def test_the_desk_says_the_same_of_those_who_get_mail_and_of_those_who_do_not(
    people: SqliteSubscribers, desk: Desk
) -> None:
    people.confirm(link(people))
    said = [desk.on(each, "T1/EVE").replace(each, "X") for each in (ADA, GRACE)]
    assert said[0] == said[1]
    assert "A letter is on its way to X." in said[0]


def test_the_desk_refuses_with_words(desk: Desk) -> None:
    assert desk.on("ada", "T1/U1") == "“ada” is no e-mail address: it needs an @."
    assert desk.off("T1/U1") == NOTHING
    closed = Desk(desk.subscribers, desk.newsroom, missing="LOUPE_MAIL")
    assert "LOUPE_MAIL" in closed.on(ADA, "T1/U1")


def test_the_desk_stops_and_shows_no_whole_mailbox(people: SqliteSubscribers, desk: Desk) -> None:
    people.confirm(link(people, asker="T1/U1"))
    assert desk.off("T1/U1") == "No more mail goes to A…@example.org."
