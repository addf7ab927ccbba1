"""The template before those who check templates: cfn-lint, SAM itself, checkov."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from loupe.template import exceptions, template
from pipeline.chain import discover
from tests.servers.needed import need

BIN = Path(__file__).parents[1] / "linters" / ".venv" / "bin"
SECONDS = 100
CLEAN = {"PATH": os.environ.get("PATH", ""), "AWS_DEFAULT_REGION": "eu-west-1", "SAM_CLI_TELEMETRY": "0"}
"""No credentials, no proxy, no account: nothing leaves this machine."""


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    return template(discover())


Done = subprocess.CompletedProcess[str]


def run(folder: Path, made: dict[str, Any], program: str, *arguments: str) -> Done:
    """What a program says of ``template.json``."""
    need(BIN / program)
    (folder / "template.json").write_text(json.dumps(made))
    command: Sequence[str | Path] = (BIN / program, *arguments)
    return subprocess.run(
        command,
        cwd=folder,
        env=CLEAN | {"HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )


def test_cfn_lint_has_nothing_to_say(tmp_path: Path, whole: dict[str, Any]) -> None:
    done = run(tmp_path, whole, "cfn-lint", "template.json")
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_sam_can_expand_it(tmp_path: Path, whole: dict[str, Any]) -> None:
    done = run(tmp_path, whole, "sam", "validate", "--lint", "--template", "template.json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_checkov_finds_what_is_excepted_and_nothing_else(tmp_path: Path, whole: dict[str, Any]) -> None:
    """Without the exceptions, so that one that is no longer needed is seen, too."""
    everything = whole["Resources"].items()
    bare = {name: {k: v for k, v in each.items() if k != "Metadata"} for name, each in everything}
    told = ("--framework", "cloudformation", "--output", "json", "--skip-download", "--quiet")
    done = run(tmp_path, whole | {"Resources": bare}, "checkov", "--file", "template.json", *told)
    found = json.loads(done.stdout)
    assert found["summary"]["parsing_errors"] == 0
    failed = {(*each["resource"].split("."), each["check_id"]) for each in found["results"]["failed_checks"]}
    assert {(kind, rule) for kind, name, rule in failed if not excepted(kind, name, rule)} == set()
    used = {rule for _, _, rule in failed}
    assert {rule for rules in exceptions.CHECKOV.values() for rule in rules} - used == set()


def excepted(kind: str, name: str, rule: str) -> bool:
    return any(rule in exceptions.CHECKOV.get(which, {}) for which in (kind, name))


def test_the_exceptions_stand_in_the_template_with_their_reasons(whole: dict[str, Any]) -> None:
    skipped = whole["Resources"]["Store"]["Metadata"]["checkov"]["skip"]
    assert {each["id"]: each["comment"] for each in skipped} == exceptions.CHECKOV["AWS::S3::Bucket"]
    assert whole["Resources"]["Distribution"]["Metadata"]["cfn-lint"]["config"]["ignore_checks"] == ["W1030"]
