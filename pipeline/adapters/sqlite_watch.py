"""Watches over one person's images in the SQLite ledger's file."""

from pipeline.catalog import Catalog
from pipeline.errors import Unknown
from pipeline.ports import Report

NEWEST = 20


class SqliteWatch:
    """Sees which reports have changed since it was asked last."""

    def __init__(self, catalog: Catalog, person: str) -> None:
        self._catalog, self._person = catalog, person
        self._seen: dict[str, Report] = {}

    def changed(self) -> list[Report]:
        """The reports that have."""
        found = []
        for each in self._catalog.of_person("", self._person, NEWEST):
            try:
                report = self._catalog.report(each.image)
            except Unknown:
                continue
            if self._seen.get(each.image) != report:
                self._seen[each.image] = report
                found.append(report)
        return found
