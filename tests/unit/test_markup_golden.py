"""Markup from reports: a folder per case in tests/golden/markup, with the report and what is made of it.

``python -m tests.unit.test_markup_golden`` writes what is expected anew; read the difference first.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pipeline.markup import Markup, markup
from pipeline.model import Rendition
from tests.validators.checking import PAGE, amp_page, wrong_amp, wrong_html

CASES = sorted((Path(__file__).parents[1] / "golden" / "markup").iterdir())


def read(case: Path) -> Markup | None:
    report: dict[str, Any] = json.loads((case / "report.json").read_text())
    return markup([Rendition(**each) for each in report["renditions"]], report["alt"])


def lines(html: str) -> str:
    """One tag or candidate a line, so that a person can read and compare it."""
    return html.replace("><", ">\n<").replace(", http", ",\nhttp") + "\n"


def made(case: Path) -> dict[str, str]:
    found = read(case)
    return {f"{name}.html": lines(text) for name, text in asdict(found).items()} if found else {}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_markup_is_as_agreed(case: Path) -> None:
    assert made(case) == {file.name: file.read_text() for file in case.glob("*.html")}


def test_html_accepts_it_within_a_page() -> None:
    pages = {
        f"{case.name}-{name}": PAGE.format(text)
        for case in CASES
        if (found := read(case))
        for name, text in asdict(found).items()
        if name != "amp"
    }
    assert {name: wrong for name, wrong in wrong_html(pages).items() if wrong} == {}


def test_amp_accepts_it_within_an_amp_page() -> None:
    pages = {case.name: amp_page(found.amp) for case in CASES if (found := read(case))}
    assert {name: wrong for name, wrong in wrong_amp(pages).items() if wrong} == {}


def test_the_validators_would_tell() -> None:
    wrong = wrong_html({"a": PAGE.format('<img src="a.jpg" srcset="a.jpg 1x, b.jpg 20w" sizes="wide">')})
    assert len(wrong["a"]) == 3
    assert wrong_amp({"b": amp_page('<amp-img src="a.jpg"></amp-img>')})["b"] != []


if __name__ == "__main__":
    for case in CASES:
        for name, text in made(case).items():
            (case / name).write_text(text)
