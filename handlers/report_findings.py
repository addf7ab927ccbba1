"""The last step: what was found goes to everybody who wants to know."""

from pipeline.actor import actor
from pipeline.ports import News
from pipeline.report import findings
from pipeline.results import (
    Accepted,
    Arrived,
    Faces,
    Failed,
    Metadata,
    Nudity,
    Placed,
    Release,
    Reported,
    Skipped,
    WatermarkSeen,
)


@actor(timeout=10, memory=64, attempts=8)
def report_findings(
    arrived: Arrived,
    accepted: Accepted | Failed | Skipped,
    metadata: Metadata | Failed | Skipped,
    placed: Placed | Failed | Skipped,
    nudity: Nudity | Failed | Skipped,
    faces: Faces | Failed | Skipped,
    seen: WatermarkSeen | Failed | Skipped,
    release: Release | Failed | Skipped,
    news: News,
) -> Reported:
    """Hand the findings to the sinks: the Slack card and whoever else subscribed."""
    report = findings(arrived, accepted, metadata, placed, nudity, faces, seen, release)
    return Reported(sinks=news.announce(arrived.image, arrived.source, report))
