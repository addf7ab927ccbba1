"""Who may import whom: the floors of the house. Read from the source, so nothing needs to be importable."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [{"loupe"}, {"bot", "web", "scheduler", "sandbox"}, {"handlers"}, {"pipeline"}]
"""From top to bottom; nothing imports upward, and rooms on one floor do not import each other."""
FLOOR = {room: depth for depth, rooms in enumerate(FLOORS) for room in rooms}
WORDS = {"model", "errors", "results", "ports"}
PURE = WORDS | {"ledger", "catalog", "cards", "codec", "report", "state", "shortid", "fetching", "text"}
PURE |= {"export", "export_rows", "export_schema"}
PURE |= {"alt", "markup", "opinions", "publication", "archiving", "diary", "erasure"}
PURE |= {"figures", "facts", "news", "outbox", "telling", "events", "breaker", "digest", "notices"}
PURE |= {"counting", "durations", "ways", "alarms", "habits", "beats", "chart"}
PURE |= {"letters", "subscribers", "posting"}
PURE |= {"wakes", "alarm_rules"}
PURE |= {"tickets", "post_policy", "gathering", "visitors", "gallery"}
PURE |= {"drops", "topic"}
"""The port-level modules of the pipeline: words, values and Protocols."""
DECLARING = PURE | {"actor"}
WIRING = DECLARING | {"chain", "plan", "retry", "flow"}
RUNNING = WIRING | {"engine", "processes"}
PIPELINE = (
    dict.fromkeys(PURE, PURE)
    | {"appointments": RUNNING, "wishes": RUNNING, "erasing": RUNNING | {"takedown"}, "sending": RUNNING}
    | {"mailing": PURE, "subscribing": PURE, "signing_in": PURE | {"mailing"}}
    | {"exporting": RUNNING, "tracing": RUNNING, "uploading": RUNNING, "inbox": RUNNING | {"uploading"}}
    | {"dropping": RUNNING}
    | {"actor": DECLARING, "processes": {"errors"}, "workers": RUNNING | {"workers"}, "engine": RUNNING}
    | dict.fromkeys(("chain", "plan", "retry", "flow"), WIRING)
    | {"rendering": PURE | {"imaging"}, "takedown": PURE}
    | {"imaging": {"imaging", "model", "errors"}, "adapters": PURE | {"adapters", "imaging", "processes"}}
)
"""Which modules and rooms of the pipeline may import which."""
ONLY_IN = {
    "boto3": "pipeline.adapters",
    "botocore": "pipeline.adapters",
    "requests": "pipeline.adapters",
    "urllib3": "pipeline.adapters",
    "geopy": "pipeline.adapters",
    "onnxruntime": "pipeline.adapters",
    "opentelemetry": "pipeline.adapters",
    "pyarrow": "pipeline.adapters",
    "tableauhyperapi": "pipeline.adapters",
    "slack_bolt": "bot",
    "slack_sdk": "bot",
}


@dataclass(frozen=True)
class Import:
    """One import: the module that does it, where, and what."""

    importer: str
    line: int
    imported: str

    def __str__(self) -> str:
        return f"{self.importer}, line {self.line}, imports {self.imported}"


def modules() -> Iterator[tuple[str, Path]]:
    for room in sorted(FLOOR):
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__"), path


@cache
def imports() -> list[Import]:
    known = {name for name, _ in modules()}
    found: list[Import] = []
    for name, path in modules():
        for node in ast.walk(ast.parse(path.read_text(), str(path))):
            found += [Import(name, node.lineno, each) for each in imported(name, path, node, known)]  # type: ignore[attr-defined]
    return list(dict.fromkeys(found))


def imported(name: str, path: Path, node: ast.AST, known: set[str]) -> list[str]:
    """The modules that a statement imports; ``from package import module`` counts as the module."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join([*above, *([node.module] if node.module else [])])
        return [f"{source}.{a.name}" if f"{source}.{a.name}" in known else source for a in node.names]
    return []


def room(module: str) -> str:
    return module.split(".")[0]


def within(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def rule_of_floors(each: Import) -> bool:
    above, below = room(each.importer), room(each.imported)
    return below not in FLOOR or above == below or FLOOR[above] < FLOOR[below]


def rule_of_adapters(each: Import) -> bool:
    """The front door alone wires adapters."""
    return not within(each.imported, "pipeline.adapters") or room(each.importer) in ("loupe", "pipeline")


def rule_of_the_pipeline(each: Import) -> bool:
    if room(each.importer) != "pipeline" or room(each.imported) != "pipeline":
        return True
    importer, what = each.importer.split("."), each.imported.split(".")
    return len(what) == 1 or len(importer) == 1 or what[1] in PIPELINE[importer[1]]


def rule_of_outside_things(each: Import) -> bool:
    package = room(each.imported)
    return package not in ONLY_IN or within(each.importer, ONLY_IN[package])


def rule_of_tests(each: Import) -> bool:
    return room(each.imported) not in ("tests", "bench", "hypothesis", "pytest")


RULES = [rule_of_floors, rule_of_adapters, rule_of_the_pipeline, rule_of_outside_things, rule_of_tests]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_nobody_imports_what_it_must_not(rule) -> None:  # type: ignore[no-untyped-def]
    broken = [str(each) for each in imports() if not rule(each)]
    assert broken == [], "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("importer", "imported", "rule"),
    [
        ("pipeline.engine", "loupe.settings", rule_of_floors),
        ("handlers.accept_image", "bot.api", rule_of_floors),
        ("bot.api", "web.app", rule_of_floors),
        ("bot.files", "pipeline.adapters.disk_store", rule_of_adapters),
        ("handlers.accept_image", "pipeline.adapters.disk_store", rule_of_adapters),
        ("pipeline.plan", "pipeline.engine", rule_of_the_pipeline),
        ("pipeline.ledger", "pipeline.adapters.disk_store", rule_of_the_pipeline),
        ("pipeline.imaging.decode", "pipeline.ports", rule_of_the_pipeline),
        ("pipeline.adapters.disk_store", "pipeline.engine", rule_of_the_pipeline),
        ("pipeline.engine", "requests", rule_of_outside_things),
        ("loupe.wiring", "boto3.session", rule_of_outside_things),
        ("pipeline.adapters.news", "slack_sdk", rule_of_outside_things),
        ("pipeline.adaptersmith", "boto3", rule_of_outside_things),
        ("pipeline.engine", "tests.flow.toy", rule_of_tests),
    ],
)
def test_each_rule_can_be_broken(importer: str, imported: str, rule) -> None:  # type: ignore[no-untyped-def]
    assert not rule(Import(importer, 1, imported))


def test_the_rules_know_every_module_of_the_pipeline() -> None:
    there = {name.split(".")[1] for name, _ in modules() if name.startswith("pipeline.")}
    assert there <= PIPELINE.keys()


def test_imports_of_every_form_are_seen() -> None:
    text = "import a.b, c\nfrom d import e\nfrom . import f\nfrom ..g import h\ndef i():\n    import j\n"
    found = [
        what
        for node in ast.walk(ast.parse(text))
        for what in imported("x.y.z", Path("z.py"), node, {"d.e"})
    ]  # fmt: skip
    assert sorted(found) == ["a.b", "c", "d.e", "j", "x.g", "x.y"]
