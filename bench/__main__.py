"""`python -m bench [NAME...]`: print every table of measurements, or those that are named."""

import importlib
import sys

from bench.rows import table

TABLES = {
    "findings": "Findings on a 12 MP JPEG",
    "engine": "Engine",
    "digest": "Digest of 100,000 images",
    "cards": "Cards, through the sandbox and every process",
    "renditions": "Renditions of a 12 MP JPEG",
    "watermark": "Invisible watermark",
    "news": "News to webhooks on loopback",
    "dashboard": "Dashboard",
    "site": "Upload page",
    "export": "Export of 100,000 images",
    "uploads": "Uploads on loopback",
    "functions": "Functions on AWS",
    "gallery": "A page of a gallery of 100,000 pictures",
    "lambda_start": "Cold starts on Lambda",
}


def main(names: list[str]) -> int:
    """Measure and print; 2 for a name that is none."""
    if unknown := [name for name in names if name not in TABLES]:
        print(f"There is no table '{unknown[0]}'. There are: {', '.join(TABLES)}.", file=sys.stderr)
        return 2
    for name in names or TABLES:
        print(table(TABLES[name], importlib.import_module(f"bench.{name}").run()), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
