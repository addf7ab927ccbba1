"""The template, made once for all tests of it."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any

from loupe.template import template
from pipeline.actor import Actor
from pipeline.chain import Chain, chain, discover

Json = dict[str, Any]


@cache
def whole() -> Json:
    """The template of this version's actors."""
    return template(discover())


def resources() -> dict[str, Json]:
    found: dict[str, Json] = whole()["Resources"]
    return found


def of(kind: str, made: Json | None = None) -> dict[str, Json]:
    """The resources of one kind, by logical id."""
    everything = (made or whole())["Resources"].items()
    return {name: each for name, each in everything if each["Type"] == f"AWS::{kind}"}


def with_actor(actor: Actor) -> Chain:
    """This version's chain, and one more actor."""
    return chain([*discover(), actor])


def statements(made: Json | None = None) -> Iterator[tuple[str, Json]]:
    """Everything that a policy allows, with the resource that carries it; conditions looked through."""
    for name, each in (made or whole())["Resources"].items():
        for document in documents(each.get("Properties", {})):
            for statement in document["Statement"]:
                plain = statement["Fn::If"][1] if "Fn::If" in statement else statement
                if plain["Effect"] == "Allow" and plain["Action"] != "sts:AssumeRole":
                    yield name, statement


def documents(part: Any) -> Iterator[Json]:
    """The policy documents somewhere below."""
    if isinstance(part, list):
        for each in part:
            yield from documents(each)
    elif isinstance(part, dict):
        if "Statement" in part:
            yield part
        for each in part.values():
            yield from documents(each)


def rights(name: str) -> list[Json]:
    """What the role of a function may do, by its logical id; conditions looked through."""
    found = [each for role, each in statements() if role == f"{name}Role"]
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in found]


def actions(name: str) -> set[str]:
    """The actions that a function may take."""
    return {action for each in rights(name) for action in each["Action"]}


def chosen(parts: list[Json], true: Collection[str]) -> list[Json]:
    """What CloudFormation leaves of a list, where only these conditions are true."""
    ways: list[tuple[str, Json, Json]] = [each.get("Fn::If", ("", each, each)) for each in parts]
    found = [then if condition in true else otherwise for condition, then, otherwise in ways]
    return [each for each in found if each != {"Ref": "AWS::NoValue"}]
