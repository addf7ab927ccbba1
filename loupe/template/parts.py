"""The words in which the template is written: plain dicts, as CloudFormation reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.errors import Declaration

Json = dict[str, Any]
"""A JSON object."""
Resources = Mapping[str, Json]
"""Resources by logical id."""

ARCHITECTURE = "x86_64"
REMOVAL = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
"""For whatever holds pictures or rows: it outlives the stack."""


def ref(name: str) -> Json:
    """What ``Ref`` gives for a resource or parameter."""
    return {"Ref": name}


def att(name: str, attribute: str = "Arn") -> Json:
    """An attribute of a resource."""
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str, **given: Any) -> Json:
    """Text with ``${Names}`` filled in: parameters, resources, and what is ``given``."""
    return {"Fn::Sub": [text, given] if given else text}


def when(condition: str, then: Any, otherwise: Any = None) -> Json:
    """One or the other; nothing at all instead of an ``otherwise`` of None."""
    return {"Fn::If": [condition, then, ref("AWS::NoValue") if otherwise is None else otherwise]}


def resource(kind: str, properties: Mapping[str, Any] | None = None, **more: Any) -> Json:
    """One resource; ``more`` are attributes beside its properties (DependsOn, Condition, Metadata ...)."""
    return {"Type": f"AWS::{kind}"} | more | ({"Properties": dict(properties)} if properties else {})


def joined(*parts: Any, by: str = "") -> Json:
    """Texts as one."""
    return {"Fn::Join": [by, list(parts)]}


def logical(name: str) -> str:
    """The logical id that belongs to a name: ``detect_faces`` is ``DetectFaces``."""
    return "".join(part.capitalize() for part in name.split("_"))


def together(parts: Iterable[Resources]) -> Json:
    """All parts as one. Raises ``Declaration`` where two share a logical id."""
    whole: Json = {}
    for part in parts:
        if twice := whole.keys() & part.keys():
            raise Declaration(f"Two resources of the template are called {min(twice)}. Rename the actor.")
        whole |= part
    return whole


def allow(actions: Iterable[str], resources: Any) -> Json:
    """A statement that allows some actions on some resources."""
    return {"Effect": "Allow", "Action": sorted(actions), "Resource": resources}


def policy(*statements: Json) -> Json:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
