"""A function with its role and its log, as all of them are made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from loupe.packing.target import MACHINE, runtime
from loupe.template import permissions, rows
from loupe.template.parameters import passed_on
from loupe.template.parts import Json, att, logical, policy, ref, resource, sub, when

Code = Callable[[str], Any]
"""Where the zip of a bundle lies: a path, or an ``s3://`` address."""

LONGEST = 900
"""Seconds that a function may run. Source: docs.aws.amazon.com/lambda, "Lambda quotas"."""


@dataclass(frozen=True, slots=True)
class Function:
    """What sets one function apart from the others."""

    name: str
    """As in ``detect_faces``; the logical id, role and log follow from it."""
    handler: str
    """In ``loupe.aws``."""
    does: str
    """For people, in the console."""
    bundle: str
    timeout: int
    """Seconds."""
    memory: int
    """Megabytes."""
    rights: tuple[Json, ...]
    events: Mapping[str, Json] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    secrets: bool = False
    """Does it need any? Who does not, is not told where they lie, and may not read them."""
    inside: bool = False
    """Does the distribution itself point to it? Then it cannot be told the distribution's address."""
    url: Json | None = None


def made(function: Function, code: Code) -> Json:
    """The function, its role and its log."""
    name = logical(function.name)
    title = f"${{AWS::StackName}}-{function.name}"
    properties = {
        "FunctionName": sub(title),
        "Description": function.does,
        "CodeUri": code(function.bundle),
        "Handler": f"loupe.aws.{function.handler}",
        "Runtime": runtime(),
        "Architectures": [MACHINE],
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Role": att(f"{name}Role"),
        "LoggingConfig": {"LogGroup": ref(f"{name}Logs")},
        "Environment": {"Variables": {**_everywhere(function), **function.variables}},
    }
    if function.events:
        properties["Events"] = dict(function.events)
    if function.url:
        properties["FunctionUrlConfig"] = function.url
    log = {"LogGroupName": sub(f"/aws/lambda/{title}"), "RetentionInDays": ref("LogDays")}
    return {
        name: resource("Serverless::Function", properties),
        f"{name}Role": role(_rights(function), "lambda.amazonaws.com"),
        f"{name}Logs": resource("Logs::LogGroup", log),
    }


def _rights(function: Function) -> Iterable[Json]:
    yield from function.rights
    if function.secrets:
        yield permissions.secrets()
    yield permissions.logging(f"{logical(function.name)}Logs")


def _everywhere(function: Function) -> dict[str, Any]:
    """The variables that every function has (docs/settings.md)."""
    given = {
        "LOUPE_TABLE": rows.name(),
        "LOUPE_STORE_BUCKET": ref("Store"),
        "LOUPE_PUBLIC_BUCKET": ref("Public"),
        "LOUPE_DETECTORS": ref("Detectors"),
        "LOUPE_DATA": "/tmp/loupe",  # noqa: S108 - the one folder that a function may write to
        "LOUPE_LOG_METRICS": "emf",
        "LOUPE_ENVIRONMENT": ref("AWS::StackName"),
        **passed_on(),
    }
    if function.secrets:
        given["LOUPE_SECRETS"] = sub("/${AWS::StackName}")
    if not function.inside:
        given["LOUPE_PUBLIC_URL"] = address()
        given["LOUPE_DISTRIBUTION"] = ref("Distribution")
    return given


def address() -> Json:
    """Under which people reach the pictures."""
    domain = when("HasDomain", ref("DomainName"), att("Distribution", "DomainName"))
    return sub("https://${Domain}", Domain=domain)


def role(statements: Iterable[Json], service: str) -> Json:
    """A role for a service, with these rights and no others."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    rights = {"PolicyName": "rights", "PolicyDocument": policy(*permissions.distinct(statements))}
    return resource("IAM::Role", {"AssumeRolePolicyDocument": policy(trust), "Policies": [rights]})


def from_queue(queue: str, batch: int, concurrency: Json | None = None) -> Json:
    """Messages of a queue start the function; those that failed come again, the others do not."""
    properties = {
        "Queue": att(queue),
        "BatchSize": batch,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    }
    if concurrency:
        properties["ScalingConfig"] = {"MaximumConcurrency": concurrency}
    return {"Type": "SQS", "Properties": properties}
