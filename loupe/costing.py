"""From what was counted to what it costs: money for 1,000 images, line by line. Pure.

What is counted: runs of functions (the REPORT lines that Lambda logs), requests and units of the table
(what ``pipeline.adapters.request_count`` wrote), bytes that stay. The requests by which Lambda reads queues
and SNS fills them cannot be counted from within; they follow from the runs: per run one to receive, one to
delete, and for each message one to send.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from loupe.prices import AS_OF, GB, PRICES, REGION

PER = 1000
"""Images that a line is for."""
S3_PUT = {"PutObject", "CopyObject", "PostObject", "CreateMultipartUpload", "UploadPart", "UploadPartCopy"}
S3_PUT |= {"CompleteMultipartUpload", "ListObjects", "ListObjectsV2", "ListObjectVersions", "ListBuckets"}
FREE = {"s3.DeleteObject", "s3.DeleteObjects", "s3.AbortMultipartUpload"}
SINGLY = {"sns": "sns.publish", "sqs": "sqs.request", "rekognition": "rekognition"}
"""Services whose requests all cost the same."""
IDLE = 5 * 3 * 60 * 24 * 30
"""Requests in a month by which Lambda waits at one queue: five pollers, 20 s each time.

Source: docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html and services-sqs-configure.html.
"""
REPORT = re.compile(r"REPORT RequestId.*Billed Duration: ([\d.]+) ms\s+Memory Size: (\d+) MB(.*)")


@dataclass(frozen=True, slots=True)
class Runs:
    """All runs of one function."""

    invocations: int
    ms: float
    """Billed milliseconds of all of them."""
    memory: int
    """MB (1024 x 1024 bytes)."""
    messages: int = 0
    """Messages that a queue brought; 0 for functions without one."""

    @property
    def gb_seconds(self) -> float:
        """What Lambda bills."""
        return self.ms / 1000 * self.memory / 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """What so many images used."""

    images: int
    functions: Mapping[str, Runs] = field(default_factory=dict)
    requests: Mapping[str, float] = field(default_factory=dict)
    """By service and operation, such as ``s3.PutObject``."""
    units: Mapping[str, float] = field(default_factory=dict)
    """``dynamodb.read`` and ``dynamodb.write``."""
    stored: Mapping[str, int] = field(default_factory=dict)
    """Bytes that stay, by names of prices: ``s3.standard``, ``dynamodb.stored`` ..."""
    logged: int = 0
    """Bytes of log."""
    standing: Mapping[str, int] = field(default_factory=dict)
    """What costs money whatever comes, in a month: ``queues``, ``alarm``, ``dashboard``, ``metric``, and
    ``schedule``: calls by the scheduler."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill."""

    name: str
    quantity: float
    unit: str
    price: str
    dollars: float


def lines(usage: Usage) -> list[Line]:
    """The bill for 1,000 images: what they used, and what of them is kept for a month."""
    share = PER / usage.images
    return [_line(name, count * share) for name, count in _counts(usage).items() if count]


def standing(usage: Usage) -> list[Line]:
    """The bill of a month in which nothing comes."""
    counts = {name: float(count) for name, count in usage.standing.items() if name != "queues"}
    counts["sqs.request"] = float(usage.standing.get("queues", 0) * IDLE)
    return [_line(name, count) for name, count in counts.items() if count]


def runs(log: Iterable[str], messages: int = 0) -> Runs:
    """A function's runs by its log, where Lambda ends each with a line REPORT. A cold start counts, too."""
    found = [match for each in log if (match := REPORT.search(each))]
    ms = sum(float(match[1]) for match in found)
    return Runs(len(found), ms, int(found[0][2]) if found else 0, messages)


def counted(written: Iterable[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Requests by operation, and units, from what ``request_count`` wrote: JSON lines of any processes."""
    requests: defaultdict[str, float] = defaultdict(float)
    units: defaultdict[str, float] = defaultdict(float)
    for each in written:
        found = json.loads(each)
        requests[found["request"]] += 1
        for name, count in found.get("units", {}).items():
            units[name] += count
    return dict(requests), dict(units)


def usage_of(found: Mapping[str, object]) -> Usage:
    """A usage that was kept as JSON (``dataclasses.asdict``)."""
    functions = {name: Runs(**each) for name, each in dict(found.get("functions", {})).items()}  # type: ignore[call-overload]
    return Usage(**{**found, "functions": functions})  # type: ignore[arg-type]


def markdown(usage: Usage) -> str:
    """The bill as tables for docs/operate.md."""
    text = [
        f"For 1,000 images, counted over {usage.images}, in US dollars ({REGION}, {AS_OF}, no free tier):",
        "",
        *_table(lines(usage)),
        "",
        "A month in which nothing comes:",
        "",
        *_table(standing(usage)),
        "",
        "Where the computing goes, for 1,000 images:",
        "",
        "| function | runs | ms each | MB | GB-s |",
        "|---|---:|---:|---:|---:|",
        *_functions(usage),
    ]
    return "\n".join(text)


def _counts(usage: Usage) -> dict[str, float]:
    """Quantities of all images, by the names of prices."""
    counts: defaultdict[str, float] = defaultdict(float)
    for each in usage.functions.values():
        counts["lambda.compute"] += each.gb_seconds
        counts["lambda.request"] += each.invocations
        if each.messages:
            counts["sqs.request"] += each.messages + 2 * each.invocations
    for request, count in usage.requests.items():
        if name := _priced(request):
            counts[name] += count
    for name, count in usage.units.items():
        counts[name] += count
    for name, size in usage.stored.items():
        counts[name] += size / GB
    counts["logs.in"] += usage.logged / GB
    return dict(counts)


def _priced(request: str) -> str | None:
    """The price that a request is for; None: free, or counted in units."""
    service, _, operation = request.partition(".")
    if service == "s3" and request not in FREE:
        return "s3.put" if operation in S3_PUT else "s3.get"
    if request == "cloudfront.CreateInvalidation":
        return "cloudfront.path"
    return SINGLY.get(service)


def _line(name: str, quantity: float) -> Line:
    price = PRICES[name]
    return Line(price.name, quantity, price.unit, price.words, price.of(quantity))


def _table(bill: list[Line]) -> Iterator[str]:
    yield "| what | how much | price | $ |"
    yield "|---|---:|---|---:|"
    for each in bill:
        yield f"| {each.name} | {_number(each.quantity)} {each.unit} | {each.price} | {each.dollars:.4f} |"
    yield f"| **together** | | | **{sum(each.dollars for each in bill):.4f}** |"


def _functions(usage: Usage) -> Iterator[str]:
    share = PER / usage.images
    for name, each in sorted(usage.functions.items(), key=lambda pair: -pair[1].gb_seconds):
        if each.invocations:
            yield (
                f"| `{name}` | {each.invocations * share:,.0f} | {each.ms / each.invocations:,.0f} "
                f"| {each.memory:,} | {each.gb_seconds * share:,.1f} |"
            )


def _number(quantity: float) -> str:
    """Whole from 100 on, else three digits."""
    return f"{quantity:,.0f}" if quantity >= 100 else f"{quantity:.3g}"
