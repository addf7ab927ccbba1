"""What came of a load: every file counted, every failure named, every hash compared."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path

import pytest

from loupe import loading_check
from loupe.distinct import Copy, same
from loupe.loading_check import MISSING, OTHER, SHARED, Outcome, Seen, Sent, load, quantile
from pipeline.errors import Unavailable


class Place:
    """Takes whatever is sent, and tells of it what the test likes."""

    def __init__(
        self, refuses: int = 0, wrong: int = 0, *, settles: bool = True, shared: bool = False
    ) -> None:
        self.refuses, self.settles, self.wrong, self.shared = refuses, settles, wrong, shared
        self.numbers, self.lock, self.at_once, self.most = count(1), threading.Lock(), 0, 0

    def send(self, copy: Copy) -> Sent:
        with self.lock:
            number = next(self.numbers)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        try:
            if number <= self.refuses:
                raise Unavailable("upload: 503 SlowDown")
            return Sent(copy.path.name, f"hash {number}", 1_000_000, f"image {number}", 0.5, 100.0)
        finally:
            with self.lock:
                self.at_once -= 1

    def settled(self, sent: Sequence[Sent]) -> Mapping[str, Seen]:
        if not self.settles:
            return {}
        return {each.image: self._seen(each) for each in sent}

    def _seen(self, each: Sent) -> Seen:
        number = int(each.image.split()[1])
        told = "another" if number <= self.wrong else each.sha256
        return Seen("one" if self.shared else each.image, told, 102.0)


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Copy]:
    monkeypatch.setattr(loading_check, "POLL_SECONDS", 0.01)
    (tmp_path / "a.jpg").write_bytes(b"x")
    return [same(tmp_path / "a.jpg")] * 20


def run(place: Place, copies: list[Copy], patience: float = 60.0, concurrency: int = 3) -> Outcome:
    ticks: list[int] = []
    found = load(copies, place, concurrency, patience, ticks.append)
    assert sum(ticks) == len(found.seen) + found.errors.total()
    return found


def test_where_all_goes_well_there_is_no_difference(copies: list[Copy]) -> None:
    found = run(Place(), copies)
    assert (len(found.sent), len(found.seen), found.errors) == (20, 20, Counter())
    assert found.differences() == Counter()
    assert found.uploads == [0.5] * 20
    assert found.settling == [2.0] * 20
    assert found.rate > 0


def test_no_more_are_sent_at_once_than_was_said(copies: list[Copy]) -> None:
    place = Place()
    run(place, copies, concurrency=2)
    assert place.most <= 2


def test_what_is_refused_is_counted_by_kind_and_the_others_go_on(copies: list[Copy]) -> None:
    found = run(Place(refuses=3), copies)
    assert found.errors == {"upload: 503 SlowDown": 3}
    assert (len(found.sent), found.differences()) == (17, Counter())


def test_what_does_not_settle_is_a_difference_once_patience_ends(copies: list[Copy]) -> None:
    assert run(Place(settles=False), copies, patience=0.05).differences() == {MISSING: 20}


def test_another_hash_is_a_difference(copies: list[Copy]) -> None:
    assert run(Place(wrong=2), copies).differences() == {OTHER: 2}


def test_one_image_for_different_files_is_a_difference(copies: list[Copy]) -> None:
    assert run(Place(shared=True), copies).differences() == {SHARED: 19}


def test_the_same_file_twice_may_be_one_image() -> None:
    sent = [Sent("a.jpg", "h", 1, "i", 0.1, 0.0)] * 2
    assert Outcome(sent=list(sent), seen={"i": Seen("i", "h", 1.0)}).differences() == Counter()


def test_quantiles_of_nothing_one_and_many() -> None:
    assert quantile([], 50) == 0.0
    assert quantile([2.0], 99) == 2.0
    assert [quantile([float(n) for n in range(101)], p) for p in (50, 95, 99)] == pytest.approx([50, 95, 99])
