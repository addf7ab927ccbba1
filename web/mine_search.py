"""What somebody looks for in their gallery, as the address says it, and addresses that say it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import get_args
from urllib.parse import urlencode

from pipeline.gallery import MOST_WORDS, HowMany, Query, Verdict

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FACES: tuple[HowMany, ...] = get_args(HowMany)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class Search:
    """One look into the gallery."""

    query: Query
    before: str
    """The id of the last image of the page before; empty on the first."""
    wrong: str = ""
    """What was given as a day and is none."""

    @property
    def fields(self) -> dict[str, str]:
        """What is looked for, as the form's fields have it; without those that are empty."""
        asked = self.query
        said = {
            "place": asked.place,
            "since": asked.since.isoformat() if asked.since else "",
            "until": asked.until.isoformat() if asked.until else "",
            "faces": asked.faces or "",
            "verdict": asked.verdict or "",
        }
        return {name: value for name, value in said.items() if value}

    def address(self, before: str = "") -> str:
        """Where the same is looked for, behind an image."""
        said = self.fields | ({"before": before} if before else {})
        return f"/mine?{urlencode(said)}" if said else "/mine"


def search(given: Mapping[str, str]) -> Search:
    """What the parameters of an address ask for. What makes no sense is passed over; a day is named."""
    days = {name: _day(given.get(name, "")) for name in ("since", "until")}
    wrong = next((given[name] for name, day in days.items() if given.get(name) and not day), "")
    faces, verdict = given.get("faces"), given.get("verdict")
    query = Query(
        place=" ".join(given.get("place", "")[:MOST_WORDS].split()),
        since=days["since"],
        until=days["until"],
        faces=next((each for each in FACES if each == faces), None),
        verdict=next((each for each in VERDICTS if each == verdict), None),
    )
    before = given.get("before", "")
    return Search(query, before if GUID.fullmatch(before) else "", wrong[:MOST_WORDS])


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None
