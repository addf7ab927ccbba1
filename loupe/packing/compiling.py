"""The program that compiles modules; ``compiled`` starts it. It imports nothing but the standard library."""

import json
import marshal
import sys
from collections.abc import Iterable
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

UNCHECKED = (1).to_bytes(4, "little")
"""Flags of a compiled file that is never compared with its source (PEP 552)."""


def main(work: Iterable[tuple[str, str, str]], optimize: int) -> None:
    """Compile each (source, target, path for tracebacks); what is no Python of this version is left out.

    ``optimize``: 0 all of it, 2 without asserts and docstrings (``python -OO``).
    """
    for source, target, shown in work:
        text = Path(source).read_bytes()
        try:
            code = compile(text, shown, "exec", dont_inherit=True, optimize=optimize)
        except (SyntaxError, ValueError):
            continue
        Path(target).write_bytes(MAGIC_NUMBER + UNCHECKED + source_hash(text) + marshal.dumps(code))


if __name__ == "__main__":
    main(json.load(sys.stdin), int(sys.argv[1]))
