"""The outbox: when a delivery is tried, in which order, by whom; what an outage does and what it does not."""

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.breaker import PATIENCE, PROBES, WAITS, span
from pipeline.errors import Transient, Unavailable, Undeliverable, Unwanted
from pipeline.outbox import Delivery, Gone, Missed, Sent
from tests.news.office import CloudOffice, Desk, Office, down, well

DAY = 86_400.0


Opening = Callable[..., Desk]


@pytest.fixture(params=["sqlite", "dynamo"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """Opens an office for these sinks (``ops``, where none is named)."""
    if request.param == "dynamo":
        return partial(CloudOffice, request.getfixturevalue("table"))
    return partial(Office, tmp_path)


@pytest.fixture
def office(opened: Opening) -> Desk:
    return opened()


def only(
    keys: set[str], words: str = "Not this one.", asked: float | None = None
) -> Callable[[Delivery], None]:
    """These pieces are not taken."""

    def fate(delivery: Delivery) -> None:
        if delivery.piece.data["key"] in keys:
            raise Transient(words, asked)

    return fate


def test_what_is_told_is_sent_once(office: Desk) -> None:
    keys = [office.tell() for _ in range(3)]
    office.work()
    office.work()
    assert office.ops.taken == keys
    assert (office.standing().due, office.standing().sent) == (0, 3)


def test_the_same_key_is_the_same_piece(office: Desk) -> None:
    office.tell(key="digest/1")
    office.tell(key="digest/1")
    office.work()
    office.tell(key="digest/1")
    office.work()
    assert office.ops.taken == ["digest/1"]


def test_a_piece_that_is_not_taken_is_tried_by_the_schedule_and_parked_after_the_last_try(
    office: Desk,
) -> None:
    poison = office.tell(key="poison")
    office.ops.fate = only({poison})
    began = office.clock()
    while office.states()[poison] == "due":
        office.work()
        office.tell()  # others are taken meanwhile, so it is not the sink's fault
        office.work()
        (kept,) = [each for each in office.deliveries() if each.key == poison]
        office.clock.now = max(office.clock.now, kept.due_at)
    times = [at - began for at, key in office.ops.tried if key == poison]
    assert times == [sum(WAITS[:number]) for number in range(len(WAITS) + 1)]
    assert [*itertools.pairwise(times)][-1] == (63_305.0, 99_305.0)
    assert office.standing().parked == 1


def test_the_address_may_ask_for_more_time(office: Desk) -> None:
    office.tell(key="a")
    office.ops.fate = only({"a"}, asked=100)
    office.work()
    office.later(99)
    office.work()
    assert len(office.ops.tried) == 1
    office.later(1)
    office.work()
    assert len(office.ops.tried) == 2
    office.later(WAITS[1] - 1)
    office.work()
    assert len(office.ops.tried) == 2


def test_what_is_about_one_subject_stays_in_order(office: Desk) -> None:
    first, second, other = office.tell("image"), office.tell("image"), office.tell("other")
    office.ops.fate = only({first})
    office.work()
    assert office.ops.taken == [other]
    office.ops.fate = well
    office.later(WAITS[0])
    office.work()
    assert office.ops.taken == [other, first, second]


def test_a_parked_one_lets_the_next_pass(office: Desk) -> None:
    first, second = office.tell("image"), office.tell("image")

    def never(delivery: Delivery) -> None:
        if delivery.piece.data["key"] == first:
            raise Undeliverable("Never.")

    office.ops.fate = never
    office.work()
    assert office.ops.taken == [second]
    assert office.states() == {first: "parked", second: "sent"}
    assert (office.standing().state, office.standing().fault) == ("closed", "Never.")


def test_addresses_of_one_sink_do_not_wait_for_each_other(office: Desk) -> None:
    first = office.tell("digest", to="ada")
    second = office.tell("digest", to="bob")
    office.ops.fate = only({first})
    office.work()
    assert office.ops.taken == [second]


def test_failures_in_a_row_open_the_breaker_and_a_probe_closes_it(office: Desk) -> None:
    keys = [office.tell() for _ in range(20)]
    office.ops.fate = down
    office.work(want=1)
    assert [key for _, key in office.ops.tried] == keys[:PATIENCE]
    standing = office.standing()
    assert (standing.state, standing.failures, standing.due) == ("open", PATIENCE, 20)
    assert standing.fault == "Nobody is there."
    assert standing.open_until == office.clock() + PROBES[0]
    for probe, pause in enumerate(PROBES):
        office.later(pause - 1)
        office.work()
        office.later(1)
        office.work()
        assert office.ops.tried[PATIENCE + probe :] == [(office.clock(), office.ops.tried[-1][1])]
    office.ops.fate = well
    office.later(PROBES[-1])
    office.work()
    assert sorted(office.ops.taken, key=int) == keys
    assert office.standing().state == "closed"


def test_a_probe_is_the_oldest_that_is_due_and_the_next_probe_another_one(office: Desk) -> None:
    poison = office.tell(key="poison")
    office.ops.fate = only({poison})
    for _ in range(PATIENCE):
        office.work()
        office.later(WAITS[3])
    assert office.standing().state == "open"
    good = office.tell(key="good")
    office.work()
    office.later(PROBES[1])
    office.work()
    assert office.ops.taken == [good]
    assert office.standing().state == "closed"


def test_no_tries_are_used_up_while_the_breaker_is_open(office: Desk) -> None:
    office.tell()
    office.ops.fate = down
    office.later(DAY, step=1800)
    assert office.standing().state == "open"
    (kept,) = office.deliveries()
    assert (kept.state, kept.attempts) == ("due", PATIENCE)


def test_a_sink_that_is_down_for_a_day_gets_everything_in_order_and_others_do_not_notice(
    tmp_path: Path,
) -> None:
    office = Office(tmp_path, "ops", "other")
    office.ops.fate = down
    keys = []
    for number in range(24 * 6):
        keys.append(office.tell(f"image {number // 3}"))
        office.work()
        assert office.carriers["other"].taken == keys
        office.later(600, step=60)
    assert len(office.ops.tried) < PATIENCE + DAY / PROBES[-1] + len(PROBES)
    assert office.standing().parked == 0
    office.ops.fate = well
    office.later(PROBES[-1])
    office.work()
    assert sorted(office.ops.taken, key=int) == keys
    for image in range(0, len(keys), 3):
        assert [key for key in office.ops.taken if key in keys[image : image + 3]] == keys[image : image + 3]


def test_what_is_older_than_the_schedule_is_parked_and_can_be_replayed(office: Desk) -> None:
    old = office.tell()
    office.ops.fate = down
    office.later(span() - 7200, step=7200)
    young = office.tell()
    office.later(9000, step=1500)
    assert office.states() == {old: "parked", young: "due"}
    office.ops.fate = well
    office.later(PROBES[-1])
    office.work()
    assert office.ops.taken == [young]
    assert office.outbox.replay("ops") == 1
    office.work()
    assert office.ops.taken == [young, old]


def test_an_outage_of_ours_parks_nothing(office: Desk) -> None:
    office.tell()
    office.later(10 * DAY)
    office.work()
    assert office.ops.taken == ["1"]


def gone(delivery: Delivery) -> None:
    raise Unwanted("It wants no more news.")


def test_a_sink_that_is_gone_is_paused_until_somebody_replays_it(office: Desk) -> None:
    office.ops.fate = gone
    office.tell()
    office.work()
    office.later(3600, step=300)
    assert len(office.ops.tried) == 1
    assert (office.standing().state, office.standing().due) == ("paused", 1)
    office.ops.fate = well
    assert office.outbox.replay("ops") == 0
    office.work()
    assert office.ops.taken == ["1"]
    assert office.standing().state == "closed"


def test_what_waits_too_long_for_a_paused_sink_is_parked(office: Desk) -> None:
    office.ops.fate = gone
    office.tell()
    office.work()
    office.later(span() + 60)
    office.work()
    assert office.standing().parked == 1


def test_a_rate_is_kept_by_all_senders_together(opened: Opening) -> None:
    office = opened(rates={"ops": 10.0})
    for _ in range(40):
        office.tell()
    sent = []
    for _ in range(20):
        office.work()
        sent.append(len(office.ops.taken))
        office.later(0.1)
    assert sent[0] == 10
    assert sent[-1] <= 10 + 19
    assert sent[-1] >= 10 + 18
    assert max(b - a for a, b in itertools.pairwise(sent)) <= 1


def test_a_slow_rate_lets_one_out_at_a_time(opened: Opening) -> None:
    office = opened(rates={"ops": 0.1})
    for _ in range(3):
        office.tell()
    office.work()
    assert len(office.ops.taken) == 1
    office.later(9)
    office.work()
    assert len(office.ops.taken) == 1
    office.later(1.5)
    office.work()
    assert len(office.ops.taken) == 2


def test_a_claim_is_nobody_elses_until_its_lease_runs_out(office: Desk) -> None:
    office.tell()
    (mine,) = office.claim("me")
    assert office.claim("you") == []
    office.later(59)
    office.outbox.extend(["me"], 60)
    office.later(59)
    assert office.claim("you") == []
    office.later(2)
    (yours,) = office.claim("you")
    office.record(Missed(mine, "too late"))
    assert office.standing().failures == 0
    with pytest.raises(Unavailable, match="took over"):
        office.outbox.note(mine, {"x": 1})
    office.outbox.note(yours, {"x": 1})
    office.record(Sent(yours), owner="you")
    assert office.standing().sent == 1


def test_a_sender_that_is_gone_gives_back_its_claims_and_no_try_is_used_up(office: Desk) -> None:
    for number in range(8):
        key = office.tell(key=str(number))
        (claimed,) = office.claim(f"me/{number}")
        assert claimed.attempts == 1
        office.outbox.release(f"me/{number}")
        assert office.outbox.owners() == []
        office.work()
        assert office.ops.taken[-1] == key


def test_progress_is_kept_from_try_to_try(office: Desk) -> None:
    office.tell()
    (first,) = office.claim()
    office.outbox.note(first, {"posting": 1.5})
    office.record(Missed(first, "no"))
    office.later(WAITS[0])
    (second,) = office.claim()
    assert (second.progress, second.attempts) == ({"posting": 1.5}, 2)


def test_one_that_was_under_way_when_the_breaker_opened_says_nothing_new(office: Desk) -> None:
    for _ in range(PATIENCE + 3):
        office.tell()
    claimed = office.claim(want=PATIENCE + 3)
    office.record(*[Missed(each, "down") for each in claimed[:PATIENCE]])
    until = office.standing().open_until
    office.record(*[Missed(each, "down") for each in claimed[PATIENCE:]])
    assert office.standing().open_until == until
    office.record(Gone(claimed[0], "a claim that was lost"))
    assert office.standing().state == "open"


def test_a_sink_that_no_setting_names_can_be_dropped(office: Desk) -> None:
    office.tell("", "ops", "old")
    office.work("ops")
    assert office.standing("old").due == 1
    assert office.outbox.drop("old") == 1
    assert [each.sink for each in office.outbox.standings()] == ["ops"]


def test_tidying_forgets_what_was_sent_and_nothing_else(office: Desk) -> None:
    sent, kept = office.tell("", key="sent"), office.tell("", key="kept")
    office.ops.fate = only({kept})
    office.work()
    office.later(30 * DAY)
    young = office.tell(key="young")
    office.work()
    assert office.outbox.tidy(office.clock() - 7 * DAY) == 2
    assert office.pieces() == {kept: True, young: True}
    assert office.standing().sent == 2
    assert sent not in office.states()


def test_tidying_keeps_a_fingerprint_of_the_last_piece_about_an_image(office: Desk) -> None:
    for number in range(3):
        office.tell("i1", key=f"i1/verdict/{number + 1}", image="i1")
    office.work()
    office.later(30 * DAY)
    office.outbox.tidy(office.clock())
    assert office.pieces() == {"i1/verdict/3": False}
    assert office.outbox.tidy(office.clock()) == 0


FATES = st.lists(
    st.tuples(
        st.sampled_from(["well", "down", "never", "gone", "claim", "replay"]),
        st.sampled_from([0.0, 5.0, 300.0, 3600.0, 40_000.0]),
    ),
    max_size=40,
)


@settings(max_examples=40)
@given(FATES, st.integers(1, 4))
def test_nothing_is_lost_and_order_is_kept_whatever_happens(
    tmp_path_factory: pytest.TempPathFactory, fates: list[tuple[str, float]], want: int
) -> None:
    office = Office(tmp_path_factory.mktemp("office"))
    kinds = {"well": well, "down": down, "never": never, "gone": gone}
    parked: set[str] = set()
    for number, (fate, pause) in enumerate(fates):
        office.tell(f"image {number % 3}")
        if fate == "claim":
            office.claim(f"dead/{number}", want)
        elif fate == "replay":
            parked |= {key for key, state in office.states().items() if state == "parked"}
            office.outbox.replay("ops")
        else:
            office.ops.fate = kinds[fate]
            office.work(want=want)
        office.later(pause)
    assert set(office.states().values()) <= {"due", "sent", "parked"}
    parked |= {key for key, state in office.states().items() if state == "parked"}
    office.ops.fate = well
    office.later(3600)
    office.outbox.replay("ops")
    office.work()
    assert set(office.states().values()) <= {"sent"}
    assert len(set(office.ops.taken)) == len(office.ops.taken) == len(fates)
    for image in range(3):
        mine = [key for key in office.ops.taken if (int(key) - 1) % 3 == image and key not in parked]
        assert mine == sorted(mine, key=int)


def never(delivery: Delivery) -> None:
    raise Undeliverable("Never.")
