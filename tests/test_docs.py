"""Documents that can't lie: what they list is what there is."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.manifest import manifest
from loupe.cli import main
from loupe.ground import ground
from loupe.metering import meters
from loupe.settings import Settings, load, variable
from pipeline.chain import discover
from pipeline.export_schema import TABLES, Table, described
from pipeline.flow import flow
from pipeline.ledger import ARRIVAL, Row
from pipeline.model import Source
from pipeline.report import report
from pipeline.results import Arrived
from pipeline.shortid import new_image
from web.metrics import Scrape

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCS = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
ALL = README + "".join(DOCS.values()) + (ROOT / "CHANGELOG.md").read_text()


def test_the_flow_document_is_what_the_signatures_say() -> None:
    assert DOCS["flow.md"] == flow(discover())


def test_loupe_flow_prints_that_document() -> None:
    assert CliRunner().invoke(main, ["flow"]).output == DOCS["flow.md"]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default_and_an_example(name: str) -> None:
    field = Settings.model_fields[name]
    row = next(line for line in DOCS["settings.md"].splitlines() if f"| `{variable(name)}` |" in line)
    assert field.description is not None
    assert field.description in row
    assert f"`{variable(name)}={(field.examples or [''])[0]}`" in row
    if field.default not in (None, "", (), {}) and name != "workers":
        assert f"| `{field.default}` |" in row


def test_no_setting_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCS["settings.md"], re.MULTILINE))
    assert documented == {variable(name) for name in Settings.model_fields}


COMMANDS = [
    "alt",
    "archive",
    "check",
    "deploy",
    "digest",
    "doctor",
    "erase",
    "export",
    "find-mark",
    "flow",
    "hold",
    "load",
    "manifest",
    "mark",
    "place",
    "release",
    "replay",
    "restore",
    "sinks",
    "status",
    "subscribers",
    "template",
    "up",
    "visitors",
]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named_in_the_documents_and_helps(name: str) -> None:
    assert f"loupe {name}" in ALL or f"`{name}`" in ALL
    answer = CliRunner().invoke(main, [name, "--help"])
    assert answer.exit_code == 0
    assert "--data" in answer.output


def test_every_key_of_the_report_is_documented() -> None:
    documented = set(re.findall(r"`([a-z0-9_]+)`", DOCS["report.md"]))
    image = new_image()
    source = Source(kind="slack", name="a.jpg", locator="F1")
    at = datetime.now(UTC)
    rows = {ARRIVAL: Row(image, ARRIVAL, Arrived(image, "IMG-1111", source, at), at)}
    assert set(report(rows, {}, discover().names())) - documented == set()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_of_an_export_is_documented_as_it_is(table: Table) -> None:
    assert f"\n{described(table)}\n" in DOCS["export.md"]


def test_the_manifest_command_prints_json_for_socket_mode_and_for_http() -> None:
    socket = json.loads(CliRunner().invoke(main, ["manifest"]).output)
    http = json.loads(CliRunner().invoke(main, ["manifest", "--address", "https://x.example"]).output)
    assert socket == manifest(None)
    assert http["settings"]["event_subscriptions"]["request_url"] == "https://x.example/slack/events"


def test_every_link_within_the_documents_leads_somewhere() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_procfile_and_make_start_what_the_documents_say() -> None:
    assert set(re.findall(r"^(\w+):", (ROOT / "Procfile").read_text(), re.MULTILINE)) == {
        "web", "bot", "worker", "clock", "news", "drop",
    }  # fmt: skip
    assert "make test" in README
    assert "\nmake test\n" in (ROOT / ".ci" / "run").read_text()


def test_the_metrics_that_are_documented_are_those_that_a_scrape_gives(tmp_path: Path) -> None:
    given = {}
    for family in Scrape(meters(ground(load(data=tmp_path)))).collect():
        ending = {"counter": "_total", "info": "_info"}.get(family.type, "")
        labels = ["version"] if family.type == "info" else family._labelnames  # type: ignore[attr-defined]
        given[family.name + ending] = (family.type, ", ".join(labels))
    rows = re.findall(r"^\| `(loupe_\w+)` \| (\w+) \| ?([\w, ]*?) ?\| .", DOCS["metrics.md"], re.MULTILINE)
    assert {name: (kind, labels) for name, kind, labels in rows} == given
