"""What became of the pictures: counted from table, queues and buckets, once nothing is under way."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline import codec
from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_items import HEAD, RESULT, TASK, named
from pipeline.adapters.dynamo_table import loaded
from pipeline.ledger import ARRIVAL
from pipeline.results import Copies, Failed, Published, Renditions, Result
from tests.aws.deployed import Deployed, read_all

Images = Mapping[str, Mapping[str, dict[str, Any]]]
"""Items by sort key, by image."""
EXAMPLES = 3
"""Of each fault that are named."""


@dataclass
class Count:
    """What was found; every fault has a line of its own."""

    images: int = 0
    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    parked: set[tuple[str, str]] = field(default_factory=set)
    """File name and actor of runs that were given up."""
    letters: dict[str, set[str]] = field(default_factory=dict)
    """File names in the dead-letter queues that have any, by actor."""
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        states = ", ".join(f"{name} {count}" for name, count in sorted(self.states.items()))
        parked = ", ".join(f"{name} at {actor}" for name, actor in sorted(self.parked)) or "nothing"
        faults = "\n  ".join(self.faults) or "nothing lost, nothing doubled"
        return f"{self.images} images ({states}), {self.rows} rows, parked: {parked}\n  {faults}"


def count(there: Deployed, dropped: Collection[str], repeated: Collection[tuple[str, str]] = ()) -> Count:
    """Count everything. ``repeated``: file names and actors that were run again on purpose."""
    images: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    totals: Counter[str] = Counter()
    for item in map(loaded, read_all(there.table)):
        if item["pk"] == "counts":
            totals[item["sk"].partition("#")[0]] += item["images"]
        elif item["sk"] == HEAD or item["sk"].startswith((RESULT, TASK)):
            images[item["pk"]][item["sk"]] = item
    found = Count(images=len(images))
    names = {image: json.loads(items[HEAD]["source"])["name"] for image, items in images.items()}
    entered = Counter(names.values())
    _fault(found, "lost: never entered", set(dropped) - entered.keys())
    _fault(found, "entered twice", {name for name, count in entered.items() if count > 1})
    again = defaultdict(set)
    for name, actor in repeated:
        again[name].add(actor)
    for image, items in images.items():
        _one(found, there, names[image], items, again[names[image]])
    wrong = {s for s in totals.keys() | found.states.keys() if totals[s] != found.states[s]}
    _fault(found, f"numbers by state that differ from the heads ({dict(totals)})", wrong - {"waiting"})
    _public(found, there, images, names)
    found.letters = {name: {names.get(i, i) for i in which} for name, which in _letters(there).items()}
    return found


def _one(
    found: Count, there: Deployed, name: str, items: Mapping[str, dict[str, Any]], again: Collection[str]
) -> None:
    """One image: settled, every actor's row there, and no more rows than runs that were asked for."""
    state = items[HEAD]["state"]
    found.states[state] += 1
    _fault(found, "not settled", [name] if state == "waiting" else [])
    _fault(found, "still due", [f"{name}: {sk}" for sk in items if sk.startswith(TASK)])
    revisions: dict[str, set[int]] = defaultdict(set)
    for sk in items:
        if sk.startswith(RESULT) and (key := named(sk)):
            revisions[key[0]].add(key[1])
            found.rows += 1
    lacking = {ARRIVAL, *there.chain.names()} - revisions.keys()
    _fault(found, "rows missing", [f"{name}: {actor}" for actor in lacking])
    if not again:
        doubled = [f"{name}: {actor}" for actor, each in revisions.items() if each != {1}]
        _fault(found, "rows doubled", doubled)
    for actor, each in revisions.items():
        item = items[f"{RESULT}{actor}#{max(each):06d}"]
        result = codec.load(item["kind"], item["body"])
        if isinstance(result, Failed) and not result.rejected:
            found.parked.add((name, actor))


def _public(found: Count, there: Deployed, images: Images, names: Mapping[str, str]) -> None:
    """The public bucket has the files that rows of published images name, each once and no others."""
    wanted: set[str] = set()
    named: set[str] = set()
    for items in images.values():
        results = [_newest(items, actor) for actor in ("make_renditions", "make_copies")]
        keys = {
            each.key for made in results if isinstance(made, Renditions | Copies) for each in made.renditions
        }
        named |= keys
        if isinstance(_newest(items, "publish_image"), Published):
            wanted |= keys
    lying = set(keys_of(there.public))
    told = {key: names.get(key.partition("/")[0], "nobody's") for key in named | lying}
    _fault(found, "files that are not public", [f"{told[key]}: {key}" for key in wanted - lying])
    _fault(found, "files that no row names", [f"{told[key]}: {key}" for key in lying - named])


def _newest(items: Mapping[str, dict[str, Any]], actor: str) -> Result | None:
    keys = sorted(sk for sk in items if sk.startswith(f"{RESULT}{actor}#"))
    return codec.load(items[keys[-1]]["kind"], items[keys[-1]]["body"]) if keys else None


def keys_of(bucket: str) -> list[str]:
    """All keys of a bucket."""
    pages = client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [each["Key"] for page in pages for each in page.get("Contents", ())]


def _letters(there: Deployed) -> dict[str, set[str]]:
    """The images of which dead letters speak, by queue; the letters stay."""
    found: dict[str, set[str]] = {}
    for name in there.parked():
        url = there.dead_letters(name)
        got = client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        bodies = [json.loads(each["Body"]) for each in got.get("Messages", ())]
        found[name] = {str(body.get("subject", body)) for body in bodies}
    return found


def _fault(found: Count, what: str, which: Collection[str]) -> None:
    if which:
        some = ", ".join(sorted(which)[:EXAMPLES])
        found.faults.append(f"{len(which)} {what}: {some}")
