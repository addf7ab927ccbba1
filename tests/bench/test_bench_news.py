"""The bench of news measures what it says, and its chaos sees what is wrong."""

import pytest

from bench import news, newschaos


def test_a_sender_and_a_bare_loop_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(news, "PIECES", 50)
    rate, memory = news.rate("sender")
    assert rate > 0
    assert memory > 10


def test_chaos_sees_a_lost_piece_and_a_wrong_order() -> None:
    pieces = newschaos.drafts(6)
    ids = [each.id for each in pieces]
    whole = [(float(at), each) for at, each in enumerate([*ids, ids[0]])]
    assert newschaos.faults(pieces, [whole]) == []
    assert newschaos.faults(pieces, [whole[1:5]]) != []
    assert newschaos.faults(pieces, [[whole[1], whole[0], *whole[2:]]]) == [
        "sink 0 got 1 pieces before what came before them"
    ]
    assert newschaos.faults(pieces, [[*whole[3:6], *whole[:3]]]) == []
