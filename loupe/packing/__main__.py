"""``python -m loupe.packing [BUNDLE...]``: build packages and say how large they are."""

import sys
from collections.abc import Sequence

from loupe.packing.building import Package, build
from loupe.packing.target import remark, runtime
from pipeline.errors import LoupeError, Unknown

MB = 1e6


def main(bundles: Sequence[str]) -> int:
    """0; 2 for a name that is no bundle; 1 where something is missing."""
    try:
        made = build(bundles)
    except LoupeError as fault:
        print(fault, file=sys.stderr)
        return 2 if isinstance(fault, Unknown) else 1
    print(table(made))
    if words := remark():
        print(words, file=sys.stderr)
    return 0


def table(made: Sequence[Package]) -> str:
    """The packages as a table (Markdown)."""
    rows = [f"| bundle ({runtime()}) | zipped MB | unzipped MB | sha256 |", "|---|---:|---:|---|"]
    rows += [
        f"| {each.bundle} | {each.zipped / MB:.1f} | {each.unzipped / MB:.1f} | {each.sha256} |"
        for each in made
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
