"""An OpenTelemetry collector that takes traces by OTLP over HTTP, with the project's own exporter.

It is an extra (``loupe[otel]``), imported when it is needed.
"""

from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipeline.errors import Misconfigured, Unavailable
from pipeline.ways import Span, Way

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

PATH = "/v1/traces"
SECONDS = 10
NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


class OtlpCollector:
    """``pipeline.ways.Collector``. ``endpoint``: an address without ``/v1/traces``.

    Raises ``Misconfigured`` where the extra is not installed.
    """

    def __init__(self, endpoint: str, version: str) -> None:
        if not _installed():
            raise Misconfigured(
                "LOUPE_OTLP_ENDPOINT needs what is not installed: pip install 'loupe[otel]', or leave it out."
            )
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        self._version = version
        self._exporter = OTLPSpanExporter(endpoint=f"{endpoint.removesuffix(PATH)}{PATH}", timeout=SECONDS)

    def take(self, ways: Sequence[Way]) -> None:
        """See ``Collector.take``: one request, which the exporter repeats for some seconds where it may."""
        from opentelemetry.sdk.trace.export import SpanExportResult

        spans = [_readable(way, span, self._version) for way in ways for span in way.spans]
        if self._exporter.export(spans) is not SpanExportResult.SUCCESS:
            raise Unavailable("The OpenTelemetry collector did not take the traces; they are sent again.")


def _installed() -> bool:
    try:
        return all(find_spec(name) for name in NEEDED)
    except ModuleNotFoundError:
        return False


def _readable(way: Way, span: Span, version: str) -> "ReadableSpan":
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    def context(number: int) -> SpanContext:
        return SpanContext(way.id, number, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    return ReadableSpan(
        name=span.name,
        context=context(span.id),
        parent=None if span.parent is None else context(span.parent),
        resource=Resource({"service.name": "loupe", "service.version": version}),
        instrumentation_scope=InstrumentationScope("loupe", version),
        attributes=dict(span.attributes),
        kind=SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
        start_time=_nanoseconds(span.start),
        end_time=_nanoseconds(span.end),
    )


def _nanoseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000) * 1_000
