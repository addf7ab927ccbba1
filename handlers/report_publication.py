"""The news after the findings: where the copies are, what they save, where the original went."""

from pipeline.actor import actor
from pipeline.ports import News
from pipeline.report import findings
from pipeline.results import (
    Accepted,
    Archived,
    Arrived,
    Copies,
    Faces,
    Failed,
    Metadata,
    Nudity,
    Placed,
    PublicationReported,
    Published,
    Release,
    Removed,
    Renditions,
    Reported,
    Restored,
    Skipped,
    WatermarkSeen,
)


@actor(timeout=10, memory=64, attempts=8, priority=60)
def report_publication(
    arrived: Arrived,
    accepted: Accepted | Failed | Skipped,
    metadata: Metadata | Failed | Skipped,
    placed: Placed | Failed | Skipped,
    nudity: Nudity | Failed | Skipped,
    faces: Faces | Failed | Skipped,
    seen: WatermarkSeen | Failed | Skipped,
    release: Release | Failed | Skipped,
    reported: Reported | Failed | Skipped,
    made: Renditions | Failed | Skipped,
    copies: Copies | Failed | Skipped,
    published: Published | Failed | Skipped,
    archived: Archived | Failed | Skipped,
    restored: Restored | Failed | Skipped,
    removed: Removed | Failed | Skipped,
    news: News,
) -> PublicationReported:
    """Hand the whole report to the sinks again; the Slack card is edited."""
    looked = accepted, metadata, placed, nudity, faces, seen, release, reported
    report = findings(arrived, *looked, made, copies, published, archived, restored, removed)
    return PublicationReported(sinks=news.announce(arrived.image, arrived.source, report))
