"""The load program: every message counted, every card timed, every failure named."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from loupe import loading
from loupe.loading import Outcome, _cards, load
from pipeline.errors import Unavailable
from sandbox.config import SandboxConfig
from sandbox.testing import Control, ControlError, running
from tests.cli.running import lines, loupe

SECONDS = st.lists(st.floats(0, 1000), min_size=1, max_size=50)


def outcome(*seconds: float, sent: int | None = None, **more: Any) -> Outcome:
    return Outcome(len(seconds) if sent is None else sent, seconds, more.pop("doubled", 0), {}, 1.0)


@examples(deadline=None)
@given(SECONDS)
def test_quantiles_lie_within_what_was_measured_and_rise(seconds: list[float]) -> None:
    found = [outcome(*seconds).quantile(percent) for percent in (1, 50, 95, 99)]
    assert min(seconds) - 1e-6 <= found[0]
    assert found[-1] <= max(seconds) + 1e-6
    assert all(later >= sooner - 1e-6 for sooner, later in pairwise(found))


def test_the_quantiles_of_a_hundred_and_one_even_steps_are_their_numbers() -> None:
    steps = outcome(*[float(n) for n in range(101)])
    assert [steps.quantile(percent) for percent in (1, 50, 95, 99)] == pytest.approx([1, 50, 95, 99])


def test_one_card_is_every_quantile_and_none_is_nothing() -> None:
    assert [outcome(2.5).quantile(percent) for percent in (50, 99)] == [2.5, 2.5]
    assert outcome(sent=3).quantile(95) == 0.0
    assert outcome(1.0, sent=3).missing == 2


def message(ts: str, thread_ts: str = "", bot: bool = True) -> dict[str, Any]:
    return {"ts": ts, "thread_ts": thread_ts} | ({"bot_id": "B1"} if bot else {})


def test_a_card_is_the_bots_answer_in_a_thread_of_ours() -> None:
    messages = [
        message("1.0", bot=False),
        message("1.1", "1.0"),
        message("1.2", "1.0"),
        message("2.0", bot=False),
        message("2.1", "2.0", bot=False),
        message("3.0"),
        message("9.1", "9.0"),
        message("4.0", "4.0"),
    ]
    assert _cards(messages, {"1.0", "2.0", "3.0", "4.0"}) == {"1.0": ["1.1", "1.2"]}


class Sandbox(Control):
    """A sandbox with a bot that answers each post so many times, at once."""

    def __init__(self, answers: int = 1, refuses: int = 0) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answers, self.refuses, self.posted = answers, refuses, list[str]()

    def post(self, *files: tuple[str, bytes], **fields: Any) -> dict[str, Any]:
        if self.refuses:
            self.refuses -= 1
            raise ControlError({"error": "is_archived"})
        self.posted.append(f"{len(self.posted) + 1}.5")
        return {"ts": self.posted[-1]}

    def messages(self, channel: str = "C0PICTURES", since: str = "") -> list[dict[str, Any]]:
        return [message(f"{float(ts) + n + 1}", ts) for ts in self.posted for n in range(self.answers)]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setattr(loading, "POLL_SECONDS", 0.01)
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(b"x")
    return [tmp_path / "a.jpg", tmp_path / "b.jpg"]


def test_every_message_gets_its_card_and_its_time(files: list[Path]) -> None:
    ticks: list[int] = []
    found = load(Sandbox(), files, 5, 1, 60, ticks.append)
    assert (found.sent, found.missing, found.doubled, found.errors) == (5, 0, 0, {})
    assert found.seconds == pytest.approx([1.0] * 5)
    assert sum(ticks) == 5


def test_a_second_card_is_a_doubled_one_and_the_first_is_timed(files: list[Path]) -> None:
    found = load(Sandbox(answers=3), files, 2, 1, 60, lambda more: None)
    assert (found.doubled, found.missing) == (4, 0)
    assert found.seconds == pytest.approx([1.0, 1.0])


def test_what_was_refused_is_an_error_by_name_and_not_missing(files: list[Path]) -> None:
    found = load(Sandbox(refuses=2), files, 5, 1, 60, lambda more: None)
    assert (found.sent, found.missing, found.errors) == (3, 0, {"is_archived": 2})


def test_patience_ends_and_what_did_not_come_is_missing(files: list[Path]) -> None:
    found = load(Sandbox(answers=0), files, 3, 2, 0.05, lambda more: None)
    assert (found.sent, found.missing, found.seconds) == (3, 3, ())


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"gone\.jpg cannot be read: No such file"):
        load(Sandbox(), [tmp_path / "gone.jpg"], 1, 1, 1, lambda more: None)


@pytest.fixture(scope="module")
def mute() -> Iterator[Control]:
    """A sandbox with nobody behind it."""
    with running(SandboxConfig()) as control:
        yield control


def test_where_no_sandbox_is_a_sentence_says_so(files: list[Path]) -> None:
    ended = loupe("load", files[0], "--count", "1", "--url", "http://127.0.0.1:9")
    assert ended.exit_code == 1
    assert ended.stderr.startswith("No sandbox answers at http://127.0.0.1:9")
    assert "loupe up" in ended.stderr


def test_what_is_no_sandbox_is_told_as_well(files: list[Path], mute: Control) -> None:
    ended = loupe("load", files[0], "--count", "1", "--url", f"{mute.url}/static")
    assert ended.exit_code == 1
    assert "No sandbox answers" in ended.stderr


def test_missing_cards_are_status_1_and_a_line_of_numbers(files: list[Path], mute: Control) -> None:
    arguments = ["--count", "3", "--concurrency", "2", "--patience", "0", "--url", f"{mute.url}/"]
    ended = loupe("load", files[0].parent, *arguments)
    assert ended.exit_code == 1
    assert ended.stdout.startswith("3 sent, 0 cards, 3 missing, 0 doubled, 0.0/s\n")
    assert "Errors: none" in ended.stdout
    (found,) = lines(loupe("load", files[0].parent, *arguments, "--json"))
    assert (found["sent"], found["missing"], found["p95"]) == (3, 3, 0.0)
    assert {"sent", "missing", "doubled", "errors", "wall", "p50", "p95", "p99"} == set(found)


@pytest.mark.parametrize("arguments", [["--count", "0"], ["--concurrency", "65"], ["--to", "moon"]])
def test_a_load_that_makes_no_sense_is_wrong_usage(files: list[Path], arguments: list[str]) -> None:
    assert loupe("load", files[0], *arguments).exit_code == 2


def test_an_empty_folder_is_wrong_usage(tmp_path: Path) -> None:
    ended = loupe("load", tmp_path)
    assert ended.exit_code == 2
    assert "There is no file below" in ended.stderr
