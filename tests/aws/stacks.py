"""Stacks for tests: the template, deployed into MiniStack with a small zip as code."""

import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from loupe.template import template
from pipeline.chain import Chain
from tests.servers.ministack import MiniStack

Json = dict[str, Any]
DEPLOY_SECONDS = 60.0
EVENT_SECONDS = 15.0
IDLE = """\
def {name}(event, context):
    print(json.dumps(event))
    return {{}}


"""
HANDLERS = "act clock deliver page redrive route send_cards slack slack_work sweep take_in"


def tiny() -> bytes:
    """A zip with handlers that only log what they get."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("loupe/__init__.py", "")
        file.writestr(
            "loupe/aws.py", "import json\n\n\n" + "".join(IDLE.format(name=each) for each in HANDLERS.split())
        )
    return packed.getvalue()


@contextmanager
def stack(
    aws: MiniStack, chain: Chain, zips: Callable[[str], bytes] = lambda _: tiny(), **parameters: str
) -> Iterator[str]:
    """The name of a stack of this chain; ``zips`` gives the bytes of a bundle. Gone at the end."""
    name, cloud = f"loupe-{uuid4().hex[:8]}", aws.client("cloudformation")
    bucket = _bucket(aws, name)
    there: set[str] = set()

    def code(bundle: str) -> str:
        if bundle not in there:
            aws.client("s3").put_object(Bucket=bucket, Key=bundle, Body=zips(bundle))
            there.add(bundle)
        return f"s3://{bucket}/{bundle}"

    body = json.dumps(numbers(template(chain, code)))
    aws.client("s3").put_object(Bucket=bucket, Key="template.json", Body=body.encode())
    cloud.create_stack(
        StackName=name,
        TemplateURL=f"{aws.url}/{bucket}/template.json",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
    )
    try:
        _complete(cloud, name)
        yield name
    finally:
        cloud.delete_stack(StackName=name)


def numbers(whole: Json) -> Json:
    """The template with its numeric parameters filled in: MiniStack keeps them as text and stumbles there."""
    values = {n: each["Default"] for n, each in whole["Parameters"].items() if each["Type"] == "Number"}

    def filled(part: Any) -> Any:
        if isinstance(part, list):
            return [filled(each) for each in part]
        if not isinstance(part, dict):
            return part
        return values[part["Ref"]] if part.get("Ref") in values else {k: filled(v) for k, v in part.items()}

    return filled(whole)  # type: ignore[no-any-return]


def resources(aws: MiniStack, name: str) -> dict[str, Json]:
    """What a stack consists of, by logical id."""
    pages = aws.client("cloudformation").get_paginator("list_stack_resources")
    found = (each for page in pages.paginate(StackName=name) for each in page["StackResourceSummaries"])
    return {each["LogicalResourceId"]: each for each in found}


def logged(aws: MiniStack, group: str, words: str) -> str:
    """The first line of a log group with these words; waits for it."""
    logs, until = aws.client("logs"), time.monotonic() + EVENT_SECONDS
    while time.monotonic() < until:
        for each in logs.filter_log_events(logGroupName=group)["events"]:
            if words in each["message"]:
                return str(each["message"])
        time.sleep(0.1)
    raise AssertionError(f"{words} is not in {group}")


def outputs(aws: MiniStack, name: str) -> dict[str, str]:
    """What a stack says about itself."""
    described = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}


def _bucket(aws: MiniStack, name: str) -> str:
    where = {"LocationConstraint": aws.client("s3").meta.region_name}
    aws.client("s3").create_bucket(Bucket=f"{name}-code", CreateBucketConfiguration=where)
    return f"{name}-code"


def _complete(cloud: Any, name: str) -> None:
    until = time.monotonic() + DEPLOY_SECONDS
    while True:
        status = cloud.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        if status == "CREATE_COMPLETE":
            return
        if not status.endswith("IN_PROGRESS") or time.monotonic() > until:
            events = cloud.describe_stack_events(StackName=name)["StackEvents"]
            words = [
                f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
                for e in events
                if "FAILED" in e["ResourceStatus"]
            ]
            raise AssertionError(f"{status}: {words}")
        time.sleep(0.05)
