"""The program that compiles modules; ``compiled`` starts it. It imports nothing but the standard library."""

import json
import py_compile
import sys
from collections.abc import Iterable
from contextlib import suppress


def main(work: Iterable[tuple[str, str, str]]) -> None:
    """Compile each (source, target, path that tracebacks show); what is no Python of this version is left out."""
    for source, target, shown in work:
        with suppress(py_compile.PyCompileError):
            py_compile.compile(
                source,
                cfile=target,
                dfile=shown,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )


if __name__ == "__main__":
    main(json.load(sys.stdin))
