"""GET /metrics for Prometheus: what is known is asked for when a scrape comes, and nothing is kept twice.

Counters come from what only grows (tallies, tombstones); what an erasure or a replay may lower is a gauge.
The day's figures have the names of a digest's data. Names: prometheus.io/docs/practices/naming; format:
prometheus.io/docs/instrumenting/exposition_formats.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from pipeline.alarms import Alarms
from pipeline.beats import Beats
from pipeline.catalog import Catalog
from pipeline.digest import named
from pipeline.durations import PER_DECADE, bound
from pipeline.errors import LoupeError
from pipeline.figures import EVERYTHING, Numbers, Total, Totals, day_of
from pipeline.outbox import Outbox
from web.access import Endpoint

PLAIN = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
STATES = ("waiting", "done", "held", "rejected", "failed")
BUCKETS = tuple(decade * PER_DECADE + part for decade in range(5) for part in (0, 6, 14))
"""Classes of duration whose bounds are told: about 1, 2, 5, 10, ... ms, up to 50 s."""
RAN = ("done", "failed")
"""Outcomes of runs that took time."""
DAY = {
    "images": "Images that came in",
    "done": "Of those, looked at and settled well",
    "held": "Of those, not shown, at least until a person decides",
    "rejected": "Of those, not a picture, too big or damaged",
    "failed": "Of those, with a parked run",
    "waiting": "Of those, not settled",
    "nude": "Of those, with nudity",
    "with_faces": "Of those, with faces",
    "published": "Of those, with web copies",
    "median_seconds": "Until people were told what was found, the median",
    "p95_seconds": "Until people were told what was found, the 95th percentile",
    "bytes_in": "Bytes of the originals",
    "bytes_before": "Bytes of the web copies, uncompressed",
    "bytes_after": "Bytes of the web copies",
    "bytes_saved": "Bytes that compression saved",
}
"""Of a digest's data; each as ``loupe_day_...``."""


@dataclass(frozen=True, slots=True)
class Meters:
    """Where everything comes from."""

    version: str
    zone: str
    """Time zone of the installation's days (IANA)."""
    numbers: Numbers
    totals: Totals
    catalog: Catalog
    outbox: Outbox
    beats: Beats
    alarms: Alarms
    free_bytes: Callable[[], int]
    """On the disk with the data folder."""
    clock: Callable[[], float] = time.time


def route(meters: Meters, guard: Callable[[Endpoint], Endpoint]) -> Route:
    """``/metrics`` for those whom ``guard`` lets through: text, or OpenMetrics for who asks for that."""
    registry = CollectorRegistry()
    registry.register(Scrape(meters))

    def metrics(request: Request) -> Response:
        """The metrics. 503 while the ledger cannot be read."""
        encode, form = encoder(request.headers.get("accept", ""))
        try:
            return Response(encode(registry), headers=PLAIN | {"content-type": form, "vary": "accept"})
        except LoupeError as fault:
            return PlainTextResponse(f"{fault.words}\n", 503, PLAIN | {"retry-after": "10"})

    return Route("/metrics", guard(metrics))


def encoder(accept: str) -> tuple[Callable[[CollectorRegistry], bytes], str]:
    """What writes the metrics in the form that is asked for, and its content type; text for nonsense."""
    try:
        return choose_encoder(accept)
    except (TypeError, ValueError):  # a version that is no number
        return choose_encoder("")


class Scrape(Collector):
    """Asks everything anew each time."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters

    def collect(self) -> Iterator[Metric]:
        """Every metric. Raises ``Unavailable`` when the ledger cannot be read."""
        yield InfoMetricFamily("loupe_build", "This version of Loupe", {"version": self._meters.version})
        yield _counter("loupe_arrivals", "Images that ever came in", self._meters.totals.arrivals())
        yield from _of_runs(self._meters.totals.totals())
        yield from self._queue()
        yield from self._day()
        yield from self._sinks()
        yield from self._machine()

    def _queue(self) -> Iterator[Metric]:
        queue = self._meters.catalog.queue()
        images = {state: queue.images.get(state, 0) for state in STATES}
        yield _gauges("loupe_images", "Images in the ledger", "state", images)
        runs = {"waiting": queue.waiting, "running": queue.running, "delayed": queue.delayed}
        yield _gauges("loupe_queue_runs", "Runs that are due, run, or wait for another try", "state", runs)
        yield _gauge("loupe_queue_oldest_seconds", "Age of the oldest run that is due", queue.oldest_seconds)
        yield _gauge("loupe_parked_runs", "Runs that failed for good", queue.parked)

    def _day(self) -> Iterator[Metric]:
        """Of today; a figure that is not known yet has no sample."""
        today = day_of(self._meters.clock(), self._meters.zone)
        known = named(self._meters.numbers.days(EVERYTHING, [today])[0])
        for name, words in DAY.items():
            yield _gauge(f"loupe_day_{name}", f"{words}; today", known[name])

    def _sinks(self) -> Iterator[Metric]:
        standings = {each.sink: each for each in self._meters.outbox.standings()}
        taken = CounterMetricFamily("loupe_sink_deliveries", "Deliveries that a sink took", labels=["sink"])
        for name, each in standings.items():
            taken.add_metric([name], each.sent)
        yield taken
        due = {name: each.due for name, each in standings.items()}
        yield _gauges("loupe_sink_due", "Deliveries that wait to be sent", "sink", due)
        parked = {name: each.parked for name, each in standings.items()}
        yield _gauges("loupe_sink_parked", "Deliveries that were given up", "sink", parked)
        oldest = {name: each.oldest_seconds for name, each in standings.items()}
        yield _gauges("loupe_sink_oldest_seconds", "Age of the oldest delivery that waits", "sink", oldest)
        failures = {name: each.failures for name, each in standings.items()}
        yield _gauges("loupe_sink_failures", "Tries in a row that did not work", "sink", failures)

    def _machine(self) -> Iterator[Metric]:
        ages = {part: round(age, 3) for part, age in sorted(self._meters.beats.ages().items())}
        yield _gauges("loupe_part_age_seconds", "Seconds since a part was heard of", "part", ages)
        free = self._meters.free_bytes()
        yield _gauge("loupe_disk_free_bytes", "Free bytes on the disk with the data folder", free)
        standing = Counter(alarm.rule for alarm in self._meters.alarms.standing())
        yield _gauges("loupe_alarms", "Alarms that stand", "rule", standing)


def _of_runs(totals: list[Total]) -> Iterator[Metric]:
    runs = CounterMetricFamily(
        "loupe_actor_runs", "Runs of actors, by how they ended", labels=["actor", "outcome"]
    )
    seconds = HistogramMetricFamily(
        "loupe_actor_run_seconds", "Time that runs took which ended done or failed", labels=["actor"]
    )
    ran: defaultdict[str, Counter[int]] = defaultdict(Counter)
    took: defaultdict[str, float] = defaultdict(float)
    for each in totals:
        runs.add_metric([each.actor, each.outcome], each.runs)
        if each.outcome in RAN:
            ran[each.actor].update(each.classes)
            took[each.actor] += each.seconds
    for actor, classes in ran.items():
        seconds.add_metric([actor], buckets(classes), took[actor])
    yield runs
    yield seconds


def buckets(classes: Counter[int]) -> list[tuple[str, float]]:
    """The histogram of durations that were counted by class: bounds in seconds, and runs up to each."""
    found = [
        (f"{bound(number) / 1000:.4g}", float(sum(n for each, n in classes.items() if each <= number)))
        for number in BUCKETS
    ]
    return [*found, ("+Inf", float(classes.total()))]


def _counter(name: str, words: str, value: float) -> Metric:
    return CounterMetricFamily(name, words, value=value)


def _gauge(name: str, words: str, value: float | None) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _gauges(name: str, words: str, label: str, values: dict[str, int] | dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
