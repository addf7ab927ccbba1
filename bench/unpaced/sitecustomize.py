"""Python loads this in every process of a run without Slack's rates: Loupe's own pacing is lifted.

Slack allows 50 edits and 100 files.info a minute in a workspace; two thousand pictures would take most of an
hour, of which nearly all is waiting. The sandbox does not enforce its rates in such a run.
"""

import sys

SLACK_PARTS = {"bot", "web"}


def _lift() -> None:
    from bot import calls
    from pipeline.cards import Pace

    calls.PACES |= dict.fromkeys(calls.PACES, Pace(0.001, 1000))
    calls.EYES_PACE = Pace(0.001, 1000)
    calls.PER_CHANNEL = 0.0


if SLACK_PARTS & set(sys.orig_argv) or any("spawn_main" in word for word in sys.orig_argv):
    _lift()
