"""Chains are wired from signatures; what does not fit together is refused with a sentence."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.actor import Actor, Awaited
from pipeline.chain import chain, discover
from pipeline.errors import Declaration, Unknown
from pipeline.results import Arrived, Result
from tests.flow import toy


@dataclass(frozen=True, slots=True)
class Left(Result):
    pass


@dataclass(frozen=True, slots=True)
class Right(Result):
    pass


def declared(name: str, returns: type[Result], *awaits: type[Result]) -> Actor:
    waits = {f"p{n}": Awaited(kind, ()) for n, kind in enumerate(awaits)}
    return Actor(name, returns, "", waits, {}, returns, 1, 1, 1, 1, 1)


def test_everyone_comes_after_those_it_waits_for() -> None:
    order = [actor.name for actor in chain(reversed(toy.TOY.actors))]
    assert order[0] == "weigh"
    assert order[-2:] == ["wrap", "ship"]


def test_an_actor_is_found_by_its_name() -> None:
    assert toy.TOY.actor("fold").name == "fold"
    assert toy.TOY.get("unfold") is None
    with pytest.raises(Unknown, match="no actor 'unfold'") as fault:
        toy.TOY.actor("unfold")
    assert all(actor.name in fault.value.words for actor in toy.TOY)


def test_awaited_rows_are_named_in_the_order_of_the_parameters() -> None:
    assert toy.TOY.awaited(toy.TOY.actor("wrap")) == ("paint", "fold")
    assert toy.TOY.awaited(toy.TOY.actor("weigh")) == ("arrival",)


@pytest.mark.parametrize(
    ("actors", "sentence"),
    [
        (
            [declared("look", Left, Arrived), declared("look", Right, Arrived)],
            "look: two actors have this name.",
        ),
        (
            [declared("look", Left, Arrived), declared("see", Left, Arrived)],
            "see: it returns Left, which look returns already.",
        ),
        (
            [declared("look", Arrived, Left)],
            "look: it returns Arrived, which arrival returns already.",
        ),
        (
            [declared("arrival", Left, Arrived)],
            "arrival: this name is taken by the row that starts the chain.",
        ),
        (
            [declared("look", Left, Right)],
            "look: it waits for Right ('p0'), which no actor returns.",
        ),
        (
            [declared("look", Left, Right), declared("see", Right, Left)],
            "These actors wait for each other: look <- see <- look.",
        ),
        (
            [declared("look", Left, Left)],
            "These actors wait for each other: look <- look.",
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_does_not_fit_together_is_refused(actors: list[Actor], sentence: str) -> None:
    with pytest.raises(Declaration) as fault:
        chain(actors)
    assert fault.value.words.replace("see <- look <- see", "look <- see <- look") == sentence


def test_two_results_of_one_name_are_refused_since_the_ledger_could_not_tell_them_apart() -> None:
    other: type[Result] = dataclass(frozen=True)(type("Left", (Result,), {}))
    with pytest.raises(Declaration, match="see: it returns a Left, but look's result has that name too"):
        chain([declared("look", Left, Arrived), declared("see", other, Arrived)])


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / f"room_{tmp_path.name}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return folder


ONE = """
from dataclasses import dataclass
from pipeline.actor import actor
from pipeline.results import Arrived, Result
@dataclass(frozen=True)
class Said_{name}(Result): pass
@actor()
def {name}(arrived: Arrived) -> Said_{name}:
    '''Say it.'''
"""


def test_a_package_of_actors_is_discovered(package: Path) -> None:
    for name in ("say_yes", "say_no"):
        (package / f"{name}.py").write_text(ONE.format(name=name))
    assert {actor.name for actor in discover(package.name)} == {"say_yes", "say_no"}


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("", "none"),
        (ONE.format(name="say_yes"), "say_yes"),
        (ONE.format(name="say_no") + ONE.format(name="say_yes"), "say_no, say_yes"),
    ],
)
def test_a_file_declares_exactly_the_actor_it_is_named_for(package: Path, text: str, there: str) -> None:
    (package / "say_no.py").write_text(text)
    with pytest.raises(Declaration) as fault:
        discover(package.name)
    words = f"say_no.py: it must declare exactly one actor, called say_no; it declares {there}."
    assert fault.value.words == words
