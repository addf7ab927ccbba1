"""Loupe's handlers, and a line after each invocation that says where its time went: for `bench.functions`."""

import json
import time
from collections.abc import Callable
from typing import Any

from botocore.client import BaseClient

from loupe import aws

Event = dict[str, Any]


class Clock:
    """Adds up what requests of boto3 take, from the call to its answer."""

    def __init__(self) -> None:
        self.requests, self.seconds = 0, 0.0

    def install(self) -> None:
        """From now on in this process."""
        called, clock = BaseClient._make_api_call, self

        def timed(self: BaseClient, operation: str, arguments: Event) -> Any:
            began = time.perf_counter()
            try:
                return called(self, operation, arguments)
            finally:
                clock.requests += 1
                clock.seconds += time.perf_counter() - began

        BaseClient._make_api_call = timed


CLOCK = Clock()
CLOCK.install()


def told(handler: Callable[[Event, Any], Event]) -> Callable[[Event, Any], Event]:
    """The handler, and a line after it."""

    def timed(event: Event, context: Any) -> Event:
        requests, waited = CLOCK.requests, CLOCK.seconds
        began, worked = time.perf_counter(), time.process_time()
        answer = handler(event, context)
        found = {
            "ms": (time.perf_counter() - began) * 1000,
            "cpu_ms": (time.process_time() - worked) * 1000,
            "requests": CLOCK.requests - requests,
            "waited_ms": (CLOCK.seconds - waited) * 1000,
        }
        print(json.dumps({"timed": found}))
        return answer

    return timed


act, route = told(aws.act), told(aws.route)
