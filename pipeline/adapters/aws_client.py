"""Clients of AWS services. boto3 reads the standard settings (AWS_*, profiles, a function's role).

One client per service and process, shared by threads. ``AWS_ENDPOINT_URL`` and ``AWS_ENDPOINT_URL_<SERVICE>``
name another server.
"""

import os
from functools import cache
from typing import Any
from urllib.parse import urlencode

from pipeline.adapters.request_count import counting

CONNECT, READ = 3.0, 20.0
"""Seconds to connect, and between two pieces of an answer."""
ATTEMPTS = 5
"""Of one request, with growing pauses (throttles included); whoever asks tries again later."""
CONNECTIONS = 16
"""Open at once."""


MENDED = {
    "NoRegionError": "no region is set; say AWS_REGION=eu-central-1, or yours",
    "NoCredentialsError": "there are no credentials; run `aws configure`, or say AWS_PROFILE",
    "PartialCredentialsError": "the credentials are not complete; run `aws configure`",
    "ProfileNotFound": "AWS_PROFILE names a profile that is not there",
}
"""What a person can do about faults of botocore, by their names."""


def why(fault: Exception) -> str:
    """Why AWS cannot be asked: in words where a person can mend it, else the fault's name."""
    name = type(fault).__name__
    return MENDED.get(name, name)


def client(service: str, region: str | None = None) -> Any:
    """The client of a service. Raises ``BotoCoreError`` where no region is set."""
    return _client(service, region, os.environ.get("AWS_ENDPOINT_URL"))


@cache
def _client(service: str, region: str | None, _server: str | None) -> Any:
    """One for each server. boto3 is loaded here: it costs whoever needs none of it 0.3 s and 30 MB."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        max_pool_connections=CONNECTIONS,
        # A tenth of what a small request costs here: the server checks parameters, too, and the long name of
        # the client is put together anew for every request.
        parameter_validation=False,
        user_agent="loupe",
    )
    made = boto3.session.Session().client(service, region_name=region, config=config)
    made.meta.events.register_first(f"request-created.{service}", _encoded_once)
    return counting(made)


def _encoded_once(request: Any, **_: Any) -> None:
    """Encode a form here: botocore does it twice, to sign and to send, a third of what publishing costs."""
    if isinstance(request.data, dict) and request.method == "POST":
        request.data = urlencode(request.data, doseq=True).encode()
