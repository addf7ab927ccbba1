"""``loupe doctor``: what is configured, reachable, missing, and how to mend it."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from loupe import doctor, settings
from loupe.options import data_option, json_option


@click.command()
@click.option("--reach", is_flag=True, help="Connect to the mail server as well; nothing is sent.")
@json_option
@data_option
def command(reach: bool, as_json: bool, data: Path | None) -> None:
    """Say what is configured, what is missing, and how to mend it.

    Exit status 1 when something is not well.
    """
    config = settings.load(data=data)
    findings = [*doctor.examine(config), *(doctor.reach(config) if reach else ())]
    for finding in findings:
        mark = "ok  " if finding.well else "MEND"
        click.echo(json.dumps(asdict(finding)) if as_json else f"{mark}  {finding.name:<12} {finding.words}")
    sys.exit(0 if all(finding.well for finding in findings) else 1)
