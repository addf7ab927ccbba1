"""``loupe find-mark``: look for the invisible watermark in pictures."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from loupe import marking, settings
from loupe.options import data_option, json_option
from pipeline.errors import Rejected
from pipeline.imaging.watermark import Mark


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@json_option
@data_option
def command(paths: tuple[Path, ...], as_json: bool, data: Path | None) -> None:
    """Say of each picture whether it carries this Loupe's watermark, which number, and how sure that is."""
    config = settings.load(data=data)
    for path in paths:
        try:
            found = marking.find(path, config)
        except Rejected as fault:
            click.echo(
                json.dumps({"name": path.name, "error": fault.words}) if as_json else f"{path}: {fault}"
            )
            continue
        click.echo(_json(path, found) if as_json else f"{path}: {marking.mark_text(found)}")


def _json(path: Path, found: Mark) -> str:
    number = None if found.payload is None else f"{found.payload:016x}"
    return json.dumps({"name": path.name} | asdict(found) | {"payload": number})
