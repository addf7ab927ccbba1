"""examples/javascript, deployed as its README says: packed, put into a bucket, made by CloudFormation."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from tests.servers.ministack import SDK, MiniStack
from tests.servers.needed import need

EXAMPLE = Path(__file__).parents[2] / "examples" / "javascript"


def deployed(running: MiniStack, name: str, bucket: str, **parameters: str) -> Mapping[str, str]:
    """A stack of that name, its code in ``bucket``: the physical ids of its resources by logical id."""
    need(SDK / "@aws-sdk" / "client-s3")
    running.client("s3").put_object(Bucket=bucket, Key=f"code/{name}.zip", Body=packed())
    template = (EXAMPLE / "template.yaml").read_text()
    formation = running.client("cloudformation")
    formation.create_stack(
        StackName=name,
        TemplateBody=template.replace("CodeUri: .", f"CodeUri: s3://{bucket}/code/{name}.zip"),
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    formation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 150}
    )
    found: list[dict[str, Any]] = formation.describe_stack_resources(StackName=name)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}


def packed() -> bytes:
    """The code as a zip."""
    whole = io.BytesIO()
    with ZipFile(whole, "w") as archive:
        for path in sorted(EXAMPLE.glob("*.mjs")):
            archive.write(path, path.name)
    return whole.getvalue()
