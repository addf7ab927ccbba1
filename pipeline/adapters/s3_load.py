"""Puts objects into a watched part of a bucket, and reads the reports that appear beside them."""

import json
from typing import Any, BinaryIO

from pipeline.adapters import s3_client
from pipeline.errors import Unavailable
from pipeline.ports import Report


class S3Load:
    """One bucket. Every method raises ``Unavailable`` whose words are a kind of failure."""

    def __init__(self, bucket: str) -> None:
        from botocore import exceptions

        self.bucket = bucket
        self._faults = (exceptions.BotoCoreError, exceptions.ClientError)
        try:
            self._client = s3_client.client()
        except self._faults as fault:
            raise Unavailable(f"The bucket {bucket} cannot be used: {fault}") from fault

    def put(self, key: str, stream: BinaryIO, size: int) -> str:
        """Put an object there; its ETag."""
        try:
            put = self._client.put_object(Bucket=self.bucket, Key=key, Body=stream, ContentLength=size)
            return str(put["ETag"])
        except self._faults as fault:
            raise Unavailable(f"put: {_kind(fault)}") from None

    def keys(self, prefix: str) -> set[str]:
        """The keys that begin like this."""
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
            return {each["Key"] for page in pages for each in page.get("Contents", [])}
        except self._faults as fault:
            raise Unavailable(f"The bucket {self.bucket} cannot be listed: {_kind(fault)}.") from None

    def report(self, key: str) -> Report:
        """The report under a key."""
        try:
            found: Report = json.loads(self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        except (*self._faults, ValueError) as fault:
            raise Unavailable(f"The report {key} cannot be read: {_kind(fault)}.") from None
        return found


def _kind(fault: Any) -> str:
    code = getattr(fault, "response", {}).get("Error", {}).get("Code", "")
    return str(code) or type(fault).__name__
