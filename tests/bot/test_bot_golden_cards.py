"""Every card as it is meant to look: tests/golden/cards/NAME/{report,expected}.json, and nothing else.

``python -m tests.bot.test_bot_golden_cards`` writes what is expected anew; read the difference first.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cards.message import card
from tests.examiner.blockkit import faults

GOLDEN = Path(__file__).parents[1] / "golden" / "cards"
CASES = sorted(path.name for path in GOLDEN.iterdir())
HERE, VALUE = "C1", "C1:1.1"
QUIET = ("face", "Interlaken", "Canon", "46.68", "openstreetmap", "97", "2024")
"""What no card of a held picture may say of it."""


def read(name: str, part: str) -> Any:
    return json.loads((GOLDEN / name / f"{part}.json").read_text("utf-8"))


def made(name: str) -> dict[str, Any]:
    told = read(name, "report")
    content = card(told if isinstance(told, list) else [told], HERE, VALUE)
    return {"text": content.text.split("\n"), "blocks": list(content.blocks)}


@pytest.mark.parametrize("name", CASES)
def test_the_card_looks_as_expected(name: str) -> None:
    assert made(name) == read(name, "expected")


@pytest.mark.parametrize("name", CASES)
def test_slack_would_take_it(name: str) -> None:
    expected = read(name, "expected")
    assert faults(expected["blocks"]) == []
    assert 0 < len("\n".join(expected["text"])) <= 4000


@pytest.mark.parametrize("name", ["held", "review"])
def test_a_held_picture_gives_nothing_away(name: str) -> None:
    shown = json.dumps(read(name, "expected"))
    assert [word for word in QUIET if word in shown] == []


@pytest.mark.parametrize("name", CASES)
def test_nobody_is_called_by_a_name_in_a_file(name: str) -> None:
    shown = json.dumps(read(name, "expected"))
    assert "<!channel" not in shown
    assert "<!here" not in shown
    assert "<@U1>" not in shown


if __name__ == "__main__":
    for case in CASES:
        text = json.dumps(made(case), indent=2, ensure_ascii=False)
        (GOLDEN / case / "expected.json").write_text(text + "\n", "utf-8")
