"""Deploying Loupe to AWS: which commands are run, in which order. The SAM CLI does the work."""

import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from pydantic import SecretStr, TypeAdapter, ValidationError

from loupe.packing.parts import HOME
from loupe.packing.target import remark
from loupe.settings import Settings, variable
from loupe.template import template
from loupe.template.parameters import PARAMETERS
from pipeline.adapters.ssm_keeping import keep
from pipeline.chain import discover
from pipeline.errors import Misconfigured, Unavailable, Unknown

BUILD = HOME / "build"
STACK = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,39}")
"""Names of functions begin with it and have 64 characters at most."""
KEY = "LOUPE_WATERMARK_KEY"
KEY_BYTES = 32
GET_SAM = (
    "The program `sam` is missing: it is what deploys to AWS. Install the AWS SAM CLI"
    " (pipx install aws-sam-cli, or"
    " https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html),"
    " then run this command again."
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Deployment:
    """What is to be deployed where."""

    stack: str = "loupe"
    region: str | None = None
    guided: bool = False
    parameters: Mapping[str, str] | None = None

    @property
    def path(self) -> str:
        """Below which its secrets lie."""
        return f"/{self.stack}"


def check(wanted: Deployment) -> None:
    """Raises ``Misconfigured`` or ``Unknown`` for what cannot be deployed."""
    if not STACK.fullmatch(wanted.stack):
        raise Misconfigured(
            f"'{wanted.stack}' will not do as a stack's name: a letter, then letters, digits and hyphens,"
            " 40 at most."
        )
    for name in wanted.parameters or {}:
        if name not in PARAMETERS:
            raise Unknown(f"The template has no parameter '{name}'. There are: {', '.join(PARAMETERS)}.")


def deploy(wanted: Deployment, say: Say, *, dry: bool) -> None:
    """Build, write the template, keep a key, deploy; ``dry``: say so and do nothing.

    Raises ``Misconfigured`` where something is missing here, ``Unavailable`` where a command or AWS fails.
    """
    check(wanted)
    if not shutil.which("sam"):
        raise Misconfigured(GET_SAM)
    if words := remark():
        if not dry:
            raise Misconfigured(words)
        say(words)
    say("1. The packages: one zip for each kind of function; those that did not change are not built again.")
    _run(["make", "packages"], say, dry=dry)
    say(f"2. The template, generated from the actors: {BUILD / 'template.json'}")
    if not dry:
        write(BUILD / "template.json")
    say(f"3. The key of the invisible watermark: {wanted.path}/{KEY}, made once and never replaced.")
    if not dry and keep(f"{wanted.path}/{KEY}", secrets.token_hex(KEY_BYTES), wanted.region, replace=False):
        say("   It was made now. Keep a copy: without it no mark is found again.")
    say("4. The stack: SAM uploads the zips and lets CloudFormation make what the template says.")
    _run(command(wanted), say, dry=dry)


def command(wanted: Deployment) -> list[str]:
    """The SAM CLI's command."""
    found = ["sam", "deploy", "--template-file", "build/template.json", "--stack-name", wanted.stack]
    found += ["--region", wanted.region] if wanted.region else []
    found += ["--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset"]
    found += ["--guided"] if wanted.guided else []
    if wanted.parameters:
        found += ["--parameter-overrides", *(f"{name}={value}" for name, value in wanted.parameters.items())]
    return found


def write(path: Path) -> None:
    """Write the template; zips are named as seen from its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = template(discover(), lambda bundle: f"lambda/{bundle}.zip")
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")


def sealed() -> dict[str, str]:
    """What may be kept as a secret: the variables, each with its field of the settings."""
    fields = Settings.model_fields.items()
    found = [name for name, field in fields if SecretStr in get_args(field.annotation)]
    return {variable(name): name for name in (*found, "sinks")}


def known(name: str) -> str:
    """The name of a secret. Raises ``Unknown``, naming those there are."""
    if name not in sealed():
        raise Unknown(f"There is no secret '{name}'. There are: {', '.join(sorted(sealed()))}.")
    return name


def seal(wanted: Deployment, name: str, value: str) -> str:
    """Keep a secret; where. Raises ``Misconfigured`` for a value that will not do, ``Unavailable``."""
    check(wanted)
    field = Settings.model_fields[sealed()[known(name)]]
    try:
        read = TypeAdapter(field.rebuild_annotation())
        read.validate_json(value) if name == variable("sinks") else read.validate_python(value)
    except ValidationError as fault:
        words = fault.errors()[0]["msg"].removeprefix("Value error, ").removesuffix(".")
        example = (field.examples or [""])[0]
        raise Misconfigured(f"{name}: its value will not do: {words}. Example: {name}={example}") from None
    keep(f"{wanted.path}/{name}", value, wanted.region, replace=True)
    return f"{wanted.path}/{name}"


def _run(words: Sequence[str], say: Say, *, dry: bool) -> None:
    say(f"   $ {shlex.join(words)}")
    if dry:
        return
    quiet = {"SAM_CLI_TELEMETRY": "0"} | os.environ
    try:
        done = subprocess.run(words, cwd=HOME, env=quiet)
    except OSError as fault:
        raise Misconfigured(f"`{words[0]}` cannot be started: {fault.strerror}.") from None
    if done.returncode:
        raise Unavailable(f"`{shlex.join(words[:2])}` ended with status {done.returncode}; see above.")
