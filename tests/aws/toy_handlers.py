"""Handlers that do next to nothing, for tests of what drives them."""

import json
import os
import time
from collections import Counter
from pathlib import Path
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


def note(event: Any, context: Any) -> dict[str, Any]:
    """Note which texts came together, and fail as they say.

    ``fails:2 x`` names itself twice, then goes well; ``raises:1 x`` fails the batch, ``dies:1 x`` the
    environment, ``odd:1 x`` answers without an identifier.
    """
    records = event["Records"]
    texts = [_text(record) for record in records]
    notes = Path(os.environ["NOTES"])
    with notes.open("a") as out:
        out.write(json.dumps(texts) + "\n")
    came = Counter(text for line in notes.read_text().splitlines() for text in json.loads(line))
    named = []
    for record, text in zip(records, texts, strict=True):
        word, _, rest = text.partition(":")
        if not rest or came[text] > int(rest.split()[0]):
            continue
        if word == "raises":
            raise ValueError(text)
        if word == "dies":
            os._exit(1)
        named.append({"itemIdentifier": "" if word == "odd" else _identity(record)})
    return {"batchItemFailures": named}


def _text(record: dict[str, Any]) -> str:
    return str(record["body"] if "body" in record else record["dynamodb"]["NewImage"]["text"]["S"])


def _identity(record: dict[str, Any]) -> str:
    return str(record["messageId"] if "body" in record else record["dynamodb"]["SequenceNumber"])
