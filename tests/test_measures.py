"""The house measures: small files, small functions, in the product's code.

They keep a newcomer able to hold a file in mind. A function counts from its ``def`` to its end without its
docstring; a file counts all its lines.
"""

import ast
from functools import cache
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
ROOMS = ("loupe", "bot", "web", "scheduler", "sandbox", "handlers", "pipeline")
FILE_MEDIAN, FILE_MOST, FUNCTION_MEDIAN, FUNCTION_MOST = 90, 300, 10, 60


@cache
def files() -> dict[str, str]:
    """The text of every product file with any content."""
    found = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for path in found}
    return {name: text for name, text in texts.items() if "__init__" not in name}


def file_lengths() -> dict[str, int]:
    return {name: len(text.splitlines()) for name, text in files().items()}


def function_lengths(name: str, text: str) -> dict[str, int]:
    functions = (
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return {f"{name}:{each.lineno} {each.name}": length(each) for each in functions}


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def functions() -> dict[str, int]:
    return {where: n for name, text in files().items() for where, n in function_lengths(name, text).items()}


def beyond(lengths: dict[str, int], most: int) -> list[str]:
    return [f"{where}: {count} lines" for where, count in lengths.items() if count > most]


def test_no_file_is_too_long_to_read() -> None:
    assert beyond(file_lengths(), FILE_MOST) == []


def test_files_are_short_as_a_rule() -> None:
    assert median(file_lengths().values()) <= FILE_MEDIAN


def test_no_function_is_too_long_to_read() -> None:
    assert beyond(functions(), FUNCTION_MOST) == []


def test_functions_are_short_as_a_rule() -> None:
    assert median(functions().values()) <= FUNCTION_MEDIAN


def test_a_function_is_measured_without_its_docstring() -> None:
    text = 'def f():\n    """One.\n\n    Two.\n    """\n    return 1\n\n\nasync def g(): ...\n'
    assert function_lengths("x", text) == {"x:1 f": 2, "x:9 g": 1}


def test_every_public_name_says_what_it_is() -> None:
    silent = []
    for name, text in files().items():
        tree = ast.parse(text)
        kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
        named = [node for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
        silent += [name] * (ast.get_docstring(tree) is None)
        silent += [f"{name}:{n.lineno} {n.name}" for n in named if ast.get_docstring(n) is None]
    assert silent == []
