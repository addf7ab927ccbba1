"""The shape of the one DynamoDB table: its keys, its indexes, and what lies where (docs/decisions/0023).

The SAM template, the tests and the adapters all take it from here.
"""

from typing import Any

INDEXES = ("days", "channels", "people", "open")
"""Indexes, each with the keys ``<index>_pk`` and ``<index>_sk``; an item without them is not in it.

days: images by UTC day (``2026-11-22``), channels: by ``team/channel``, people: by who handed them in; all
three in the order of their ids. open: what is to be done, by kind and shard (``task#3``), most urgent first.
"""
SHARDS = 8
"""Parts of each kind in ``open``, so that no partition takes more writes than one may (1,000 a second)."""
TTL = "forgotten_at"
"""An item with this attribute (seconds since the epoch) is forgotten some time after that."""


def definition() -> dict[str, Any]:
    """The arguments of ``CreateTable`` but for its name; CloudFormation's properties have the same names."""
    keys = ["pk", "sk", *(f"{name}_{part}" for name in INDEXES for part in ("pk", "sk"))]
    return {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in keys],
        "KeySchema": _schema("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": _schema(f"{name}_pk", f"{name}_sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for name in INDEXES
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    }


def _schema(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": hash_key, "KeyType": "HASH"},
        {"AttributeName": range_key, "KeyType": "RANGE"},
    ]
