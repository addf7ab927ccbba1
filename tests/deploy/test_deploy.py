"""``loupe deploy`` with a `sam` and a `make` of its own, which write down how they were called."""

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loupe import deploying
from loupe.cli import main
from loupe.originals_key import public_half
from loupe.settings import load
from pipeline.errors import Misconfigured, Unavailable
from tests.template.made import resources

PROGRAM = """#!/bin/sh
{{ printf '%s' "{name}"; printf ' [%s]' "$@"; echo " telemetry=$SAM_CLI_TELEMETRY"; }} >> "{told}"
{then}
"""


class Kept:
    """Stands for SSM's Parameter Store."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.regions: list[str | None] = []

    def keep(self, name: str, value: str, region: str | None = None, *, replace: bool) -> bool:
        self.regions.append(region)
        if name in self.values and not replace:
            return False
        self.values[name] = value
        return True


class Machine:
    """A machine with programs that write down their arguments."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.told = folder / "bin", folder / "told"
        self.folder.mkdir()
        self.install("make")
        self.install("sam")

    def install(self, name: str, then: str = "") -> None:
        program = self.folder / name
        program.write_text(PROGRAM.format(name=name, told=self.told, then=then))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    @property
    def lines(self) -> list[str]:
        return self.told.read_text().splitlines() if self.told.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine(tmp_path)
    monkeypatch.setenv("PATH", str(made.folder))
    monkeypatch.delenv("SAM_CLI_TELEMETRY", raising=False)
    monkeypatch.setattr(deploying, "BUILD", tmp_path / "build")
    monkeypatch.setattr(deploying, "remark", lambda: None)
    return made


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    made = Kept()
    monkeypatch.setattr(deploying, "keep", made.keep)
    return made


Run = Callable[..., Result]


@pytest.fixture
def loupe(machine: Machine, kept: Kept) -> Run:
    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, ["deploy", *arguments], input=typed)

    return run


def test_packages_are_built_then_sam_deploys_and_reports_to_nobody(loupe: Run, machine: Machine) -> None:
    answer = loupe("--region", "eu-central-1")
    assert answer.exit_code == 0, answer.output
    assert machine.lines == [
        "make [packages] telemetry=0",
        "sam [deploy] [--template-file] [build/template.json] [--stack-name] [loupe]"
        " [--region] [eu-central-1] [--resolve-s3] [--capabilities] [CAPABILITY_IAM]"
        " [--no-fail-on-empty-changeset] telemetry=0",
    ]


def test_each_command_is_shown_before_it_is_run(loupe: Run) -> None:
    words = loupe("--stack", "second").output
    assert words.index("$ make packages") < words.index("$ sam deploy --template-file build/template.json")
    assert "--secret SLACK_BOT_TOKEN" in words
    assert "--stack second" in words


def test_parameters_and_questions_are_handed_on(loupe: Run, machine: Machine) -> None:
    loupe("--guided", "--set", "SafeBelow=0.3", "--set", "AlarmMail=Ops <ops@example.org>")
    assert machine.lines[1].endswith(
        "[--guided] [--parameter-overrides] [SafeBelow=0.3] [AlarmMail=Ops <ops@example.org>] telemetry=0"
    )


def test_the_key_of_originals_is_made_and_its_public_half_handed_on(
    loupe: Run, machine: Machine, tmp_path: Path
) -> None:
    file = tmp_path / "originals.pem"
    dry = loupe("--originals-key", str(file), "--dry-run")
    assert (dry.exit_code, file.exists()) == (0, False)
    assert f"{file} would be made" in dry.output
    first = loupe("--originals-key", str(file), "--set", "LogDays=7")
    assert f"{file}: made now." in first.output
    word = f"[OriginalsKey={public_half(file)}]"
    assert machine.lines[1].endswith(f"[--parameter-overrides] [LogDays=7] {word} telemetry=0")
    again = loupe("--originals-key", str(file))
    assert "made now" not in again.output
    assert word in machine.lines[3]
    assert "PRIVATE KEY" not in first.output + again.output
    file.write_text("no key")
    assert loupe("--originals-key", str(file)).exit_code == 2


def test_the_template_is_written_where_the_zips_are(loupe: Run, tmp_path: Path) -> None:
    loupe()
    written = json.loads((tmp_path / "build" / "template.json").read_text())
    assert written["Resources"].keys() == resources().keys()
    assert written["Resources"]["Router"]["Properties"]["CodeUri"] == "lambda/core.zip"


def test_the_key_of_watermarks_is_made_once_and_shown_to_nobody(loupe: Run, kept: Kept) -> None:
    first = loupe("--region", "eu-west-1")
    key = kept.values["/loupe/LOUPE_WATERMARK_KEY"]
    assert len(key) == 64
    assert key not in first.output
    assert "It was made now" in first.output
    again = loupe("--region", "eu-west-1")
    assert kept.values == {"/loupe/LOUPE_WATERMARK_KEY": key}
    assert "It was made now" not in again.output
    assert kept.regions == ["eu-west-1"] * 2


def test_a_dry_run_says_all_and_does_nothing(
    loupe: Run, machine: Machine, kept: Kept, tmp_path: Path
) -> None:
    answer = loupe("--dry-run")
    assert answer.exit_code == 0
    assert "$ sam deploy" in answer.output
    assert machine.lines == []
    assert kept.values == {}
    assert not (tmp_path / "build").exists()


def test_without_sam_somebody_is_told_where_to_get_it(loupe: Run, machine: Machine) -> None:
    (machine.folder / "sam").unlink()
    answer = loupe()
    assert answer.exit_code == 2
    assert "Install the AWS SAM CLI" in answer.output
    assert machine.lines == []


def test_packages_that_lambda_would_not_run_are_not_deployed(
    loupe: Run, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploying, "remark", lambda: "These packages are for tests.")
    answer = loupe()
    assert (answer.exit_code, machine.lines) == (2, [])
    assert "These packages are for tests." in answer.output
    assert loupe("--dry-run").exit_code == 0


@pytest.mark.parametrize("program", ["make", "sam"])
def test_a_command_that_fails_ends_it(loupe: Run, machine: Machine, program: str) -> None:
    machine.install(program, "exit 3")
    answer = loupe()
    assert answer.exit_code == 1
    assert f"`{program} " in answer.output
    assert "ended with status 3" in answer.output
    assert machine.lines[-1].startswith(program)
    assert "Next" not in answer.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stack", "1st"], "will not do as a stack's name"),
        (["--stack", "a" * 41], "will not do as a stack's name"),
        (["--set", "SafeBelow"], "NAME=VALUE"),
        (["--set", "Nothing=1"], "no parameter 'Nothing'"),
        (["--secret", "LOUPE_PORT"], "no secret 'LOUPE_PORT'"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    loupe: Run, machine: Machine, arguments: list[str], words: str
) -> None:
    answer = loupe(*arguments)
    assert answer.exit_code == 2
    assert words in answer.output
    assert machine.lines == []


def test_a_secret_is_asked_for_kept_and_never_shown(loupe: Run, machine: Machine, kept: Kept) -> None:
    answer = loupe(
        "--secret", "SLACK_BOT_TOKEN", "--secret", "SLACK_SIGNING_SECRET", typed="xoxb-1-2-abc\nsesame\n"
    )
    assert answer.exit_code == 0, answer.output
    assert kept.values == {"/loupe/SLACK_BOT_TOKEN": "xoxb-1-2-abc", "/loupe/SLACK_SIGNING_SECRET": "sesame"}
    assert "xoxb" not in answer.output
    assert "sesame" not in answer.output
    assert machine.lines == []


def test_a_secret_that_will_not_do_is_not_kept_and_not_quoted(loupe: Run, kept: Kept) -> None:
    answer = loupe("--secret", "SLACK_BOT_TOKEN", typed="sesame\n")
    assert answer.exit_code == 2
    assert "SLACK_BOT_TOKEN: its value will not do" in answer.output
    assert "sesame" not in answer.output
    assert kept.values == {}


def test_sinks_are_kept_as_they_are_written_in_the_environment(
    loupe: Run, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    sinks = '{"ops": {"kind": "webhook", "address": "https://example.org/hook"}}'
    assert loupe("--secret", "LOUPE_SINKS", typed=f"{sinks}\n").exit_code == 0
    monkeypatch.setenv("LOUPE_SINKS", kept.values["/loupe/LOUPE_SINKS"])
    assert load().sinks.keys() == {"ops"}
    assert loupe("--secret", "LOUPE_SINKS", typed="{}}\n").exit_code == 2


def test_a_dry_run_asks_for_no_secret(loupe: Run, kept: Kept) -> None:
    answer = loupe("--secret", "LOUPE_TINYPNG_KEY", "--dry-run")
    assert "/loupe/LOUPE_TINYPNG_KEY would be kept" in answer.output
    assert kept.values == {}


def test_a_program_that_vanishes_is_told_in_words(machine: Machine, kept: Kept) -> None:
    (machine.folder / "make").unlink()
    with pytest.raises(Misconfigured, match="`make` cannot be started"):
        deploying.deploy(deploying.Deployment(), print, dry=False)


def test_when_aws_does_not_keep_the_key_nothing_is_deployed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise Unavailable("AWS answered AccessDeniedException.")

    monkeypatch.setattr(deploying, "keep", refuse)
    with pytest.raises(Unavailable):
        deploying.deploy(deploying.Deployment(), print, dry=False)
    assert [line.split()[0] for line in machine.lines] == ["make"]
