"""The one DynamoDB table, as plain dictionaries and a few words: get, query, index, writes that go together.

Every item has ``pk`` and ``sk`` (strings). Values are strings, whole numbers, floats, booleans, bytes, sets
of strings, or None, which is left out. Reads of the table are consistent; reads of an index are not, so
whoever acts on what an index says writes under a condition. docs/decisions/0023 says what lies where.
"""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pipeline.adapters.aws_client import client, why
from pipeline.errors import Unavailable

Value = str | int | float | bool | bytes | frozenset[str] | None
Item = Mapping[str, Value]
NEW = "attribute_not_exists(pk)"
"""The condition that no item is there."""
THERE = "attribute_exists(pk)"
MOST = 100
"""Steps of one transaction (DynamoDB's limit)."""
TRIES, PAUSE = 6, 0.02
"""Of a write that met a transaction; seconds before the first repetition, doubled each time."""


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole item, ``when`` a condition in DynamoDB's words holds; ``:name`` is of ``given``."""

    item: Item
    when: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """Change an item by an update expression such as ``SET #state=:state REMOVE owner``."""

    pk: str
    sk: str
    change: str
    when: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove an item; one that is not there is harmless."""

    pk: str
    sk: str
    when: str = ""
    given: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the transaction fail unless this holds."""

    pk: str
    sk: str
    when: str
    given: Mapping[str, Value] = field(default_factory=dict)


Step = Put | Update | Delete | Check


class Table:
    """A table by its name. Attribute names in expressions that are reserved words are written ``#name``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, pk: str, sk: str) -> dict[str, Any] | None:
        """The item, or None."""
        with self._worded():
            found = client("dynamodb").get_item(TableName=self.name, Key=_key(pk, sk), ConsistentRead=True)
        return loaded(found["Item"]) if "Item" in found else None

    def query(
        self, pk: str, prefix: str = "", *, after: str = "", backwards: bool = False
    ) -> Iterator[dict[str, Any]]:
        """The items of a partition in the order of ``sk``: those with ``prefix``, behind ``after``."""
        condition, given = "pk=:pk", {":pk": {"S": pk}}
        if after:
            condition, given = "pk=:pk AND sk>:sk", given | {":sk": {"S": after}}
        elif prefix:
            condition, given = "pk=:pk AND begins_with(sk,:sk)", given | {":sk": {"S": prefix}}
        for item in self._pages(
            KeyConditionExpression=condition, ExpressionAttributeValues=given, ConsistentRead=True,
            ScanIndexForward=not backwards,
        ):  # fmt: skip
            if str(item["sk"]).startswith(prefix):
                yield item

    def index(
        self,
        name: str,
        key: str,
        *,
        after: str = "",
        before: str = "",
        backwards: bool = False,
        page: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """The items of an index's partition in order, behind ``after`` or before ``before`` (not included).

        With both, those between them (included).

        An index ``days`` has the keys ``days_pk`` and ``days_sk``. It may lag behind the table. Who wants few
        items says so by ``page``: so many are read at a time, else a megabyte.
        """
        condition, given = "#pk=:pk", {":pk": {"S": key}}
        names = {"#pk": f"{name}_pk"}
        if after and before:
            names |= {"#sk": f"{name}_sk"}
            condition += " AND #sk BETWEEN :after AND :before"
            given |= {":after": {"S": after}, ":before": {"S": before}}
        elif after or before:
            names |= {"#sk": f"{name}_sk"}
            condition += " AND #sk>:sk" if after else " AND #sk<:sk"
            given |= {":sk": {"S": after or before}}
        yield from self._pages(
            IndexName=name, KeyConditionExpression=condition, ExpressionAttributeNames=names,
            ExpressionAttributeValues=given, ScanIndexForward=not backwards,
            **({"Limit": page} if page else {}),
        )  # fmt: skip

    def count(self, name: str, key: str) -> int:
        """How many items an index's partition has."""
        found = self._answers(
            IndexName=name, KeyConditionExpression="#pk=:pk", ExpressionAttributeNames={"#pk": f"{name}_pk"},
            ExpressionAttributeValues={":pk": {"S": key}}, Select="COUNT",
        )  # fmt: skip
        return sum(answer["Count"] for answer in found)

    def write(self, *steps: Step) -> bool:
        """All of the steps or none: False where a condition did not hold. One alone costs half as much."""
        if not steps:
            return True
        for attempt in range(TRIES):
            done = self._written(steps)
            if done is not None:
                return done
            time.sleep(PAUSE * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
        raise Unavailable("The table is busy with other writes to the same items.")

    def _written(self, steps: Sequence[Step]) -> bool | None:
        """None where somebody else's transaction is at one of the items."""
        from botocore.exceptions import ClientError

        with self._worded():
            try:
                self._send([self._request(step) for step in steps])
            except ClientError as fault:
                codes = {
                    _code(fault),
                    *(r.get("Code") for r in fault.response.get("CancellationReasons", ())),
                }
                if codes & FAILED:
                    return False
                if codes & BUSY:
                    return None
                raise
        return True

    def _send(self, requests: Sequence[tuple[str, dict[str, Any]]]) -> None:
        operation, request = requests[0]
        if len(requests) == 1 and operation in ALONE:
            getattr(client("dynamodb"), ALONE[operation])(**request)
        else:
            items = [{operation: request} for operation, request in requests]
            client("dynamodb").transact_write_items(TransactItems=items)

    def _request(self, step: Step) -> tuple[str, dict[str, Any]]:
        request: dict[str, Any] = {"TableName": self.name}
        if isinstance(step, Put):
            request["Item"] = dumped(step.item)
        else:
            request["Key"] = _key(step.pk, step.sk)
        change = step.change if isinstance(step, Update) else ""
        if change:
            request["UpdateExpression"] = change
        if step.when:
            request["ConditionExpression"] = step.when
        if names := {word for word in _words(f"{change} {step.when}") if word.startswith("#")}:
            request["ExpressionAttributeNames"] = {name: name[1:] for name in names}
        if step.given:
            request["ExpressionAttributeValues"] = {f":{n}": _value(v) for n, v in step.given.items()}
        return {Put: "Put", Update: "Update", Delete: "Delete", Check: "ConditionCheck"}[type(step)], request

    def _pages(self, **request: Any) -> Iterator[dict[str, Any]]:
        for answer in self._answers(**request):
            yield from map(loaded, answer["Items"])

    def _answers(self, **request: Any) -> Iterator[dict[str, Any]]:
        request["TableName"] = self.name
        while True:
            with self._worded():
                found = client("dynamodb").query(**request)
            yield found
            if not (last := found.get("LastEvaluatedKey")):
                return
            request["ExclusiveStartKey"] = last

    @contextmanager
    def _worded(self) -> Iterator[None]:
        """Raise ``Unavailable`` with words for whatever AWS or the way to it has against it."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as fault:
            raise Unavailable(
                f"The table {self.name} answered {_code(fault)} to {fault.operation_name}."
            ) from fault
        except BotoCoreError as fault:
            raise Unavailable(f"The table {self.name} cannot be reached: {why(fault)}.") from fault


ALONE = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}
FAILED = {"ConditionalCheckFailed", "ConditionalCheckFailedException"}
BUSY = {"TransactionConflict", "TransactionConflictException", "TransactionInProgressException"}


def dumped(item: Item) -> dict[str, Any]:
    """An item in DynamoDB's own form."""
    return {name: _value(value) for name, value in item.items() if value is not None}


def loaded(item: Mapping[str, Any]) -> dict[str, Any]:
    """What ``dumped`` made. Numbers come back as int where they are whole, else as float."""
    return {name: _plain(value) for name, value in item.items()}


def _value(value: Value) -> dict[str, Any]:
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case float():
            return {"N": format(Decimal(repr(value)), "f")}
        case bytes():
            return {"B": value}
        case frozenset():
            return {"SS": sorted(value)}
        case None:
            return {"NULL": True}


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, body),) = value.items()
    match kind:
        case "N":
            return int(body) if body.lstrip("-").isdigit() else float(body)
        case "SS":
            return frozenset(body)
        case "NULL":
            return None
    return body


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _code(fault: Any) -> str:
    return str(fault.response.get("Error", {}).get("Code", "an error"))


def _words(expression: str) -> list[str]:
    for sign in "(),=<>+-":
        expression = expression.replace(sign, " ")
    return expression.split()
