"""Pictures through every actor as Lambda functions, while mappings, requests and processes go wrong.

    python -m bench.cloudchaos --images 2000 --seed 7

Table, stream, buckets, topic and queues are MiniStack's; the functions are Loupe's own handlers under the
official runtime client; the mappings between them are simulated (tests/aws/mapping.py). One message in twenty
comes twice, in any order; batches are halved and handled in part; requests are throttled or unanswered;
functions are refused and killed at any point. One picture is poison: its actor dies of it every time, until
that is mended and ``loupe replay --parked`` has run. Then everything is counted. Exit status 1 where anything
was lost or doubled, or anything else parked. The dice follow the seed; which process is faster does not.
"""

import argparse
import random
import signal
import sys

from bench.cloudchaos.running import Order, cloud, run, say
from tests.servers.ministack import PYTHON


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m bench.cloudchaos", description=__doc__)
    parser.add_argument("--images", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--poisoned", default="detect_faces", help="the actor that the poison kills")
    parser.add_argument("--how", choices=["dies", "raises"], default="dies")
    parser.add_argument("--cure", choices=["replay", "redrive"], default="replay", help="once it is mended")
    parser.add_argument("--real", action="store_true", help="with the models and every rendition: slow")
    parser.add_argument("--kills", type=float, default=0.01, help="share of invocations killed midway")
    parser.add_argument("--rough", type=float, default=1.0, help="times as many requests fail")
    parser.add_argument("--overdue", type=float, default=300.0, help="seconds until the sweep helps")
    parser.add_argument("--patience", type=float, default=1800.0, help="seconds until it is lost")
    parser.add_argument("--concurrency", type=int, default=1, help="environments of each actor")
    parser.add_argument("--lanes", type=int, default=1, help="of the stream (RouterParallelization)")
    parser.add_argument("--crowd", type=int, default=200, help="pictures under way at a time, at most")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="drop no more after so many")
    given = parser.parse_args()
    if not PYTHON.exists():
        parser.error("MiniStack is missing: run .ci/tools")
    say(f"seed {given.seed}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # what was started is ended then, too
    order = Order(
        given.images, given.seed, given.poisoned, given.how, given.cure, not given.real, given.kills,
        rough=given.rough, timeout=20.0 if given.real else 10.0, overdue=given.overdue,
        concurrency=given.concurrency, lanes=given.lanes, crowd=given.crowd, patience=given.patience,
    )  # fmt: skip
    with cloud() as running:
        outcome = run(order, running, given.minutes * 60)
    print(outcome)
    sys.exit(0 if outcome.well else 1)


if __name__ == "__main__":
    main()
