"""Counts what is asked of AWS, to know what images cost. Off unless a variable names a file.

Each request becomes one line of JSON in the file ``LOUPE_COUNT_REQUESTS``, whatever process makes it:
``{"request": "dynamodb.Query", "units": {"dynamodb.read": 3}}``. Units are DynamoDB's: what a write reports
to have consumed; for reads what the items make by DynamoDB's rule, because the server that tests run against
reports the same for every read. A write whose condition failed costs as well: it counts as one unit for each
item, two in a transaction, the least there is.

Source: docs.aws.amazon.com/amazondynamodb, "DynamoDB item sizes and formats" and "capacity unit consumption".
"""

import json
import os
from collections.abc import Mapping
from math import ceil
from typing import Any

FILE = "LOUPE_COUNT_REQUESTS"
"""Names the file; empty: nothing is counted."""
READ_BYTES = 4096
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
READS = ("GetItem", "Query")


def counting(client: Any) -> Any:
    """The same client, counted if the variable names a file."""
    path = os.environ.get(FILE)
    if path:
        client.meta.events.register("before-parameter-build.dynamodb", _asking)
        client.meta.events.register("after-call", _Counter(path))
    return client


def _asking(params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
    """Have writes report what they consume, and remember what is needed for the others."""
    if model.name in WRITES:
        params["ReturnConsumedCapacity"] = "TOTAL"
    context["items"] = 2 * len(params["TransactItems"]) if "TransactItems" in params else 1
    context["consistent"] = bool(params.get("ConsistentRead"))


class _Counter:
    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(
        self, http_response: Any, parsed: Mapping[str, Any], model: Any, context: Mapping[str, Any], **_: Any
    ) -> None:
        service = model.service_model.service_name
        found: dict[str, Any] = {"request": f"{service}.{model.name}"}
        if service == "dynamodb" and model.name in WRITES:
            found["units"] = {"dynamodb.write": _written(http_response, parsed, context["items"])}
        elif service == "dynamodb" and model.name in READS:
            found["units"] = {"dynamodb.read": _read(parsed, consistent=context["consistent"])}
        with open(self.path, "ab") as file:
            file.write(json.dumps(found).encode() + b"\n")


def _written(http_response: Any, parsed: Mapping[str, Any], least: int) -> float:
    if http_response.status_code >= 300:
        return float(least)
    consumed = parsed.get("ConsumedCapacity", [])
    each = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(one["CapacityUnits"] for one in each))


def _read(parsed: Mapping[str, Any], *, consistent: bool) -> float:
    items = parsed.get("Items", [parsed["Item"]] if "Item" in parsed else [])
    units = max(1, ceil(sum(map(size, items)) / READ_BYTES))
    return units if consistent else units / 2


def size(item: Mapping[str, Any]) -> int:
    """Bytes of an item, as DynamoDB counts them, in DynamoDB's own form."""
    return sum(len(name.encode()) + _value_size(*each.items()) for name, each in item.items())


def _value_size(value: tuple[str, Any]) -> int:
    kind, body = value
    match kind:
        case "S":
            return len(body.encode())
        case "B":
            return len(body)
        case "N":
            return ceil(len(body.replace(".", "").strip("-0")) / 2) + 1
        case "SS":
            return sum(len(each.encode()) for each in body)
    return 1
