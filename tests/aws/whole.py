"""Loupe as the template deploys it, in MiniStack: real functions, real queues, a real stream.

Nothing here calls a function: pictures are put into the bucket, and what came of them is read from the table.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loupe import settings
from loupe.cloud.ground import Cloud, cloud
from loupe.template import template
from pipeline.chain import Chain
from tests.aws import stacks
from tests.servers.ministack import MiniStack

SECRET = "a key for tests"
LAST = "report_publication"


@dataclass(frozen=True)
class Deployed:
    """A deployment, and what is in it."""

    aws: MiniStack
    there: Mapping[str, str]
    """Physical names of the resources, by their names in the template."""
    base: Cloud
    kinds: Mapping[str, str]
    """Types of the resources, by their names in the template."""

    def template(self) -> dict[str, Any]:
        """What was deployed, before SAM expanded it."""
        return template(self.base.chain, lambda bundle: f"s3://nowhere/{bundle}")

    def drop(self, pictures: Mapping[str, bytes]) -> None:
        """Put files into the bucket where people drop them."""
        s3, bucket = self.aws.client("s3"), self.base.settings.store_bucket
        for name, data in pictures.items():
            s3.put_object(Bucket=bucket, Key=f"drop/{name}", Body=data)

    def settled(self, count: int, patience: float) -> dict[str, dict[str, Any]]:
        """The reports of the images by the names of their files, once so many of them have settled."""
        found: dict[str, dict[str, Any]] = {}
        until = time.monotonic() + patience
        while time.monotonic() < until:
            for image in self.base.ledger.images("", 10_000):
                if image not in {each["id"] for each in found.values()}:
                    found |= self._settled(image)
            if len(found) >= count:
                return found
            time.sleep(0.5)
        raise AssertionError(f"{len(found)} of {count} have settled: {self.open()}")

    def parked(self) -> dict[str, int]:
        """How many messages lie in each dead-letter queue, where there are some."""
        sqs = self.aws.client("sqs")
        found = {}
        for key, url in self.there.items():
            if key.endswith("Parked"):
                asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
                found[key] = int(asked["Attributes"]["ApproximateNumberOfMessages"])
        return {key: count for key, count in found.items() if count}

    def keys(self, bucket: str) -> list[str]:
        """What lies in a bucket of the template."""
        pages = self.aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.there[bucket])
        return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def open(self) -> dict[str, Any]:
        """What is not done, for the words of a failure."""
        ledger = self.base.ledger
        return {image: dict(ledger.open_tasks(image)) for image in ledger.images("", 10_000)}

    def _settled(self, image: str) -> dict[str, dict[str, Any]]:
        if LAST not in self.base.ledger.rows(image) or self.base.ledger.open_tasks(image):
            return {}
        report = dict(self.base.catalog.report(image))
        return {report["source"]["name"]: report}


@contextmanager
def deployed(aws: MiniStack, chain: Chain, zips: Callable[[str], bytes]) -> Iterator[Deployed]:
    """The template of this chain; ``zips`` gives the bytes of a bundle.

    Each function gets one execution environment: here they share two processors.
    """
    with stacks.stack(aws, chain, zips) as name, aws.clients():
        made = stacks.resources(aws, name)
        there = {key: each["PhysicalResourceId"] for key, each in made.items()}
        aws.client("ssm").put_parameter(
            Name=f"/{name}/LOUPE_WATERMARK_KEY", Value=SECRET, Type="SecureString"
        )
        for key, each in made.items():
            if each["ResourceType"] == "AWS::Lambda::Function":
                aws.client("lambda").put_function_concurrency(
                    FunctionName=there[key], ReservedConcurrentExecutions=1
                )
        names = {"table": there["Table"], "store_bucket": there["Store"], "public_bucket": there["Public"]}
        kinds = {key: each["ResourceType"] for key, each in made.items()}
        yield Deployed(aws, there, cloud(settings.load(**names, data=Path("none")), chain), kinds)
