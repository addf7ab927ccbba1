"""Handlers that do next to nothing, for tests of what drives them."""

import json
import os
import time
from typing import Any


def echo(event: Any, context: Any) -> Any:
    return {"event": event, "pid": os.getpid(), "shown": os.environ.get("SHOWN")}


def fail(event: Any, context: Any) -> None:
    raise ValueError(f"no: {event}")


def told(event: Any, context: Any) -> dict[str, Any]:
    return {
        "left_ms": context.get_remaining_time_in_millis(),
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "trace": os.environ["_X_AMZN_TRACE_ID"],
        "memory": context.memory_limit_in_mb,
    }


def sleep(event: float, context: Any) -> str:
    print("asleep", flush=True)
    time.sleep(event)
    return "slept"


def die(event: int, context: Any) -> None:
    os._exit(event)


def measure(event: int, context: Any) -> None:
    print("a plain line")
    metric = {"Namespace": "Toy", "Dimensions": [[]], "Metrics": [{"Name": "n"}]}
    print(json.dumps({"_aws": {"Timestamp": 1, "CloudWatchMetrics": [metric]}, "n": event}))
