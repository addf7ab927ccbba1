"""The program that compiles modules; ``compiled`` starts it. It imports nothing but the standard library."""

import ast
import json
import marshal
import sys
from collections.abc import Iterable
from importlib.util import MAGIC_NUMBER, source_hash
from pathlib import Path

UNCHECKED = (1).to_bytes(4, "little")
"""Flags of a compiled file that is never compared with its source (PEP 552)."""
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def main(work: Iterable[tuple[str, str, str]], documented: bool) -> None:
    """Compile each (source, target, path for tracebacks); what is no Python of this version is left out."""
    for source, target, shown in work:
        text = Path(source).read_bytes()
        try:
            tree = ast.parse(text, shown)
            code = compile(tree if documented else undocumented(tree), shown, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            continue
        Path(target).write_bytes(MAGIC_NUMBER + UNCHECKED + source_hash(text) + marshal.dumps(code))


def undocumented(tree: ast.Module) -> ast.Module:
    """The module without docstrings, a quarter of what it compiles to. Asserts stay, unlike with -OO."""
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED):
            while node.body and _is_text(node.body[0]):
                del node.body[0]
            node.body = node.body or [ast.Pass()]
    return ast.fix_missing_locations(tree)


def _is_text(statement: ast.stmt) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


if __name__ == "__main__":
    main(json.load(sys.stdin), sys.argv[1:] == ["documented"])
