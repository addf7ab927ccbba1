"""A person's own images: whose they are, what is looked for among them, and what of them is shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.ports import Report
from pipeline.visitors import Visitor


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an image is, as its source says: a visitor (no team), or somebody in a Slack workspace."""

    team: str
    person: str


def owners(visitor: Visitor) -> tuple[Owner, ...]:
    """All that a visitor is: themselves, and their Slack account where there is one."""
    slack = (Owner(visitor.team, visitor.user),) if visitor.team and visitor.user else ()
    return (Owner("", visitor.id), *slack)


def own(report: Report, owners: Sequence[Owner]) -> dict[str, Any]:
    """An image's report as its owner may read it: of what somebody else had first, nothing is told."""
    seen, known = report.get("watermark"), dict(report)
    if not _theirs(report.get("duplicate_of"), owners):
        known["duplicate_of"] = None
    if seen and not _theirs(seen.get("earlier"), owners):
        known["watermark"] = {**seen, "earlier": None}
    return known


def _theirs(earlier: Mapping[str, Any] | None, owners: Sequence[Owner]) -> bool:
    return earlier is not None and Owner(earlier["team"] or "", earlier["person"] or "") in owners
