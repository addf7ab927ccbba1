"""What follows from an image's rows, for chains of any shape and results in any order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.actor import Actor, Awaited
from pipeline.adapters.memory_ledger import MemoryLedger
from pipeline.chain import Chain, chain
from pipeline.engine import Engine
from pipeline.errors import Rejected
from pipeline.ledger import Outcome, Work
from pipeline.model import Source
from pipeline.plan import BULK_PENALTY, plan
from pipeline.results import Arrived, Failed, Result, Skipped
from pipeline.retry import Backoff

SOURCE = Source(kind="slack", name="picture", locator="F1")


@dataclass(frozen=True, slots=True)
class Zero(Result):
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class One(Zero):
    pass


@dataclass(frozen=True, slots=True)
class Two(Zero):
    pass


@dataclass(frozen=True, slots=True)
class Three(Zero):
    pass


@dataclass(frozen=True, slots=True)
class Four(Zero):
    pass


@dataclass(frozen=True, slots=True)
class Five(Zero):
    pass


KINDS: tuple[type[Zero], ...] = (Zero, One, Two, Three, Four, Five)
ACCEPTED: list[tuple[type[Result], ...]] = [(), (), (Failed,), (Skipped,), (Failed, Skipped)]


@dataclass(frozen=True)
class Shape:
    """A chain to be: for each actor whom it waits for, what else it takes from them, and how it ends."""

    awaits: tuple[Mapping[int, tuple[type[Result], ...]], ...]
    ends: tuple[str, ...]

    def chain(self) -> Chain:
        return chain(self._actor(n) for n in range(len(self.ends)))

    def _actor(self, n: int) -> Actor:
        awaits = {f"p{m}": Awaited(KINDS[m], also) for m, also in self.awaits[n].items()}
        awaits = awaits or {"arrived": Awaited(Arrived, ())}
        function = behaviour(n, self.ends[n])
        return Actor(f"actor_{n}", function, "", awaits, {}, KINDS[n], 1, 1, 1, attempts=2, priority=n % 3)

    def expected(self) -> dict[str, str]:
        """How every actor ends, worked out from the top down without any engine."""
        ended: dict[int, str] = {}
        for n, end in enumerate(self.ends):
            refused = [m for m, also in self.awaits[n].items() if not taken(ended[m], also)]
            ended[n] = "skipped" if refused else end
        return {f"actor_{n}": end.removesuffix("!") for n, end in ended.items()}


def taken(end: str, also: tuple[type[Result], ...]) -> bool:
    return {"done": True, "skipped": Skipped in also}.get(end, Failed in also)


def behaviour(n: int, end: str) -> Callable[..., Result]:
    def act(**awaited: Result) -> Result:
        if end == "failed":
            raise Rejected("No.")
        if end == "failed!":
            raise ZeroDivisionError("a bug")
        return Skipped("No.") if end == "skipped" else KINDS[n](tuple(sorted(awaited)))

    return act


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    count = draw(st.integers(1, len(KINDS)))
    awaits = [
        draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from(ACCEPTED), max_size=3)) if n else {}
        for n in range(count)
    ]
    ends = st.sampled_from(["done", "done", "done", "failed", "failed!", "skipped"])
    return Shape(tuple(awaits), tuple(draw(ends) for _ in range(count)))


def engine(shape: Shape) -> Engine:
    return Engine(shape.chain(), MemoryLedger(), backoff=Backoff(first=0, longest=0))


def work_off(engine: Engine, dice: Random) -> list[Work]:
    """Run all that is due, holding results back and recording them in a random order."""
    ran: list[Work] = []
    held: list[Outcome] = []
    while True:
        claimed = engine.turn("w", want=dice.randint(1, 4))
        if not claimed and not held:
            return ran
        ran += claimed
        held += [engine.run(work) for work in claimed]
        dice.shuffle(held)
        told = held[: dice.randint(1, len(held))] if claimed else held
        held = [outcome for outcome in held if outcome not in told]
        engine.turn("w", told, want=0)


def enter(engine: Engine) -> str:
    return engine.enter([("d1", SOURCE)])[0].arrived.image


def states(engine: Engine, image: str) -> dict[str, str]:
    return {n: row.state for n, row in engine.ledger.rows(image).items() if n != "arrival"}


@settings(deadline=None)
@given(shapes(), st.randoms(use_true_random=False))
def test_every_image_settles_as_its_chain_says_in_whatever_order_results_come(
    shape: Shape, dice: Random
) -> None:
    loupe = engine(shape)
    image = enter(loupe)
    work_off(loupe, dice)
    assert states(loupe, image) == shape.expected()
    assert loupe.ledger.open_tasks(image) == {}
    assert loupe.ledger.stalled(9) == []


@settings(deadline=None)
@given(shapes(), st.randoms(use_true_random=False))
def test_no_actor_runs_before_what_it_waits_for(shape: Shape, dice: Random) -> None:
    loupe = engine(shape)
    enter(loupe)
    for work in work_off(loupe, dice):
        assert set(loupe.chain.awaited(loupe.chain.actor(work.task.actor))) <= work.rows.keys()


@settings(deadline=None)
@given(shapes(), st.randoms(use_true_random=False), st.data())
def test_a_replay_runs_what_is_below_it_once_and_leaves_the_rest_alone(
    shape: Shape, dice: Random, data: st.DataObject
) -> None:
    loupe = engine(shape)
    image = enter(loupe)
    work_off(loupe, dice)
    again = data.draw(st.sampled_from([actor.name for actor in loupe.chain]))
    below = {again}
    for actor in loupe.chain:
        if below & set(loupe.chain.awaited(actor)):
            below.add(actor.name)
    loupe.replay(image, again)
    work_off(loupe, dice)
    rows = loupe.ledger.rows(image)
    assert {name for name, row in rows.items() if row.revision == 2} == below
    assert {row.revision for row in rows.values()} <= {1, 2}
    assert states(loupe, image) == shape.expected()


@settings(deadline=None)
@given(shapes(), st.randoms(use_true_random=False), st.data())
def test_replays_in_the_middle_of_things_end_with_rows_that_fit_each_other(
    shape: Shape, dice: Random, data: st.DataObject
) -> None:
    loupe = engine(shape)
    image = enter(loupe)
    names = [actor.name for actor in loupe.chain]
    held: list[Outcome] = []
    for again in data.draw(st.lists(st.sampled_from(names), max_size=5)):
        held += [loupe.run(work) for work in loupe.turn("w", want=2)]
        loupe.replay(image, again)
        loupe.turn("w", held[: dice.randint(0, len(held))], want=0)
    loupe.turn("w", held, want=0)
    work_off(loupe, dice)
    rows = loupe.ledger.rows(image)
    for actor in loupe.chain:
        awaited = {name: rows[name].revision for name in loupe.chain.awaited(actor)}
        assert rows[actor.name].inputs == awaited, actor.name
    assert states(loupe, image) == shape.expected()


def test_a_settled_image_needs_nothing_more() -> None:
    loupe = engine(Shape(({}, {0: ()}), ("done", "done")))
    image = enter(loupe)
    work_off(loupe, Random(1))
    rows = loupe.ledger.rows(image)
    found = plan(loupe.chain, image, rows, {}, 0.0)
    assert (found.start, found.skip, found.state) == ((), (), "done")


def test_pictures_for_which_nobody_waits_come_last() -> None:
    loupe = engine(Shape(({},), ("done",)))
    sources: Sequence[Source] = [
        SOURCE,
        *(replace(SOURCE, kind=k) for k in ("upload", "folder", "file", "s3")),
    ]
    entries = loupe.enter([(f"d{n}", source) for n, source in enumerate(sources)])
    given = [loupe.ledger.open_tasks(e.arrived.image)["actor_0"].priority for e in entries]
    assert given == [0, 0, BULK_PENALTY, BULK_PENALTY, BULK_PENALTY]
