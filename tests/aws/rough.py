"""Loupe's own handlers on a rough day: what ``ROUGH`` in the environment says is different, and nothing else.

``ROUGH`` is JSON with the fields of ``Day``. Functions of a run with chaos use these handlers in place of
those in ``loupe.aws``, which they call.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from loupe import aws
from loupe.aws import act, redrive, route, sweep, take_in
from loupe.cloud import batches, running, wiring
from loupe.cloud.ground import Cloud
from pipeline import ports as port
from pipeline.engine import Engine
from pipeline.imaging.renditions_plan import Spec
from pipeline.ledger import ARRIVAL, Outcome, Work
from pipeline.model import Face
from pipeline.results import Arrived
from pipeline.retry import Backoff
from tests.aws.rough_day import Day, Poison, today
from tests.aws.rough_requests import Rough, install

__all__ = ["act", "redrive", "route", "sweep", "take_in"]


class NoNudity:
    """``NudityDetector`` that says 0.1 %."""

    model = "none"

    def score(self, picture: object) -> float:
        """See ``NudityDetector.score``."""
        return 0.1


class NoFaces:
    """``FaceDetector`` that finds none."""

    model = "none"

    def faces(self, picture: object) -> tuple[Face, ...]:
        """See ``FaceDetector.faces``."""
        return ()


def begin(day: Day) -> None:
    """Let this process have such a day."""
    seed = f"{day.requests.get('seed')}/{os.environ.get('LOUPE_ACTOR')}/{os.getpid()}"
    install(Rough(**day.requests | {"seed": seed}), day.pause)
    if day.margin is not None:
        running.MARGIN, running.SHORTEST = day.margin, min(running.SHORTEST, day.margin)
    if day.slack is not None:
        running.SLACK = day.slack
    if day.overdue is not None:
        aws.OVERDUE_SECONDS = day.overdue
    batches.BACKOFF = Backoff(first=day.pause * 2, longest=300 * day.pause)
    if day.quick:
        quick: dict[type, Callable[[Cloud], object]]
        quick = {port.NudityDetector: lambda _: NoNudity(), port.FaceDetector: lambda _: NoFaces()}
        wiring.MAKERS = {**wiring.MAKERS, **quick}
        _one_rendition()
    waited, run = Backoff.delay, Engine.run

    def delay(self: Backoff, attempts: int, fault: BaseException) -> float:
        return day.pause * waited(self, attempts, fault)

    def guarded(self: Engine, work: Work) -> Outcome:
        for each in day.poison:
            if self._unrun(work) is None and _struck(each, work):
                if each.how == "dies":
                    os.kill(os.getpid(), signal.SIGKILL)
                return self._failed(work, RuntimeError("This picture is poison."), 0.0)
        return run(self, work)

    Backoff.delay, Engine.run = delay, guarded  # type: ignore[method-assign]


def _one_rendition() -> None:
    from pipeline.imaging import renditions_plan

    planned = renditions_plan.plan

    def plan(width: int, height: int, has_alpha: bool, animated: bool = False) -> tuple[Spec, ...]:
        found = planned(width, height, has_alpha, animated)
        return tuple(each for each in found if each.name == "box50")

    renditions_plan.plan = plan


def _struck(poison: Poison, work: Work) -> bool:
    arrived = work.rows[ARRIVAL].result if ARRIVAL in work.rows else None
    there = isinstance(arrived, Arrived) and arrived.source.name == poison.name
    return there and work.task.actor == poison.actor and not Path(poison.mended).exists()


begin(today())
