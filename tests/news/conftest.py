"""Outboxes that DynamoDB keeps, and SNS and SQS on loopback: MiniStack, of tests/aws."""

from tests.aws.conftest import aws, fresh_table

__all__ = ["aws", "fresh_table"]
