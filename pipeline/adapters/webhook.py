"""Carries news to an address by HTTP: webhooks, Zapier and IFTTT, which differ in what is written."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pipeline.adapters.guarded_http import Answer, GuardedHttp, shown
from pipeline.adapters.hook_forms import Form
from pipeline.errors import Transient, Unwanted
from pipeline.outbox import Delivery, Note
from pipeline.telling import told

GONE = 410
BUSY = (429, 503)
"""Answers that may say how long to wait."""


class HttpCarrier:
    """``pipeline.outbox.Carrier`` for one sink."""

    def __init__(self, http: GuardedHttp, form: Form) -> None:
        self._http, self._form = http, form

    def carry(self, delivery: Delivery, note: Note) -> None:
        """See ``Carrier.carry``. Taken is what was answered with 2xx; nothing is noted on the way."""
        post = self._form(told(delivery))
        judge(self._http.post(post.url, post.body, post.headers), shown(post.url))


def judge(answer: Answer, origin: str) -> None:
    """Was it taken? Raises ``Transient`` or ``Unwanted``, in words that name the ``origin`` alone."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status == GONE:
        raise Unwanted(f"{origin} answered 410: it wants no more news. `loupe sinks replay` starts again.")
    if 300 <= status < 400:
        raise Transient(f"{origin} answered {status}: it wants to redirect, which is not followed.")
    asked = retry_after(answer.headers.get("retry-after", "")) if status in BUSY else None
    raise Transient(f"{origin} answered {status}.", asked)


def retry_after(value: str) -> float | None:
    """Seconds that the header Retry-After asks for, as a number or a date (RFC 9110, 10.2.3)."""
    if value.strip().isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        at = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
