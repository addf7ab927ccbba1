"""Who waits for whom when many pictures come at once: verdicts first, then one picture after the other."""

from pipeline.actor import Actor
from pipeline.chain import discover

CHAIN = discover()


def after(name: str) -> list[Actor]:
    """The actors that build on one, and that one."""
    found = {name}
    for actor in CHAIN:
        if found.intersection(CHAIN.awaited(actor)):
            found.add(actor.name)
    return [actor for actor in CHAIN if actor.name in found]


def test_every_verdict_goes_before_any_web_copy() -> None:
    copies = {actor.name for actor in after("make_renditions")} | {"make_copies"}
    first = [actor for actor in CHAIN if actor.name not in copies]
    assert "report_findings" in {actor.name for actor in first}
    assert len({actor.priority for actor in first}) == 1
    assert max(actor.priority for actor in first) < min(CHAIN.actor(name).priority for name in copies)


def test_a_picture_is_finished_before_the_copies_of_the_next_are_begun() -> None:
    """Among equals the older picture goes first: a later step of lower rank would hold up its links."""
    assert {actor.priority for actor in after("make_renditions")} == {CHAIN.actor("make_copies").priority}
