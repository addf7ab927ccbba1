"""`python -m bench.aws_cost USAGE.json [--write DOCUMENT.md]`: what 1,000 images cost on AWS.

USAGE.json is a `loupe.costing.Usage` as `dataclasses.asdict` makes it: what was counted. With --write the
tables take the place of what stands between `<!-- costs -->` and `<!-- /costs -->` in the document.
"""

import json
import re
import sys
from argparse import ArgumentParser
from pathlib import Path

from loupe.costing import markdown, usage_of

BETWEEN = re.compile(r"(<!-- costs -->\n).*?(<!-- /costs -->)", re.DOTALL)


def main(words: list[str]) -> int:
    """Print the tables, or write them; 2 where the document has no place for them."""
    parser = ArgumentParser(prog="python -m bench.aws_cost")
    parser.add_argument("usage", type=Path)
    parser.add_argument("--write", type=Path, metavar="DOCUMENT")
    given = parser.parse_args(words)
    tables = markdown(usage_of(json.loads(given.usage.read_text())))
    if given.write is None:
        print(tables)
        return 0
    text, places = BETWEEN.subn(lambda found: f"{found[1]}{tables}\n{found[2]}", given.write.read_text())
    if not places:
        print(f"{given.write} has no line <!-- costs -->.", file=sys.stderr)
        return 2
    given.write.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
