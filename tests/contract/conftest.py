"""Contracts that DynamoDB keeps, too, are tried on MiniStack (tests/aws)."""

from tests.aws.conftest import aws, fresh_table

__all__ = ["aws", "fresh_table"]
