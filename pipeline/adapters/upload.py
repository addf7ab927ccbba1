"""Post bytes to an address over HTTP, bounded in time. No redirect is followed, .netrc is never read."""

import requests

from pipeline.errors import Transient

CONNECT, READ = 5, 20
"""Seconds to connect, and for the answer."""


def put(address: str, data: bytes) -> None:
    """Post the bytes. Raises ``Transient`` for every answer but 200."""
    try:
        with requests.Session() as session:
            answer = session.post(
                address,
                data=data,
                headers={"Content-Type": "application/octet-stream"},
                timeout=(CONNECT, READ),
                allow_redirects=False,
                auth=lambda request: request,
            )
    except requests.RequestException as fault:
        raise Transient(f"The upload broke off ({type(fault).__name__}).") from None
    if answer.status_code != 200:
        raise Transient(f"The upload was answered with HTTP {answer.status_code}.")
