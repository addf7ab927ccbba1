"""``loupe original``: the file as it was posted, for whoever runs Loupe."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from loupe import moving, settings
from loupe.grounds import AnyGround, local, open_ground
from loupe.options import data_option
from loupe.settings import Settings
from pipeline.archiving import has, minute
from pipeline.catalog import Listed
from pipeline.errors import Misconfigured, Unavailable, Unknown, Unsuitable
from pipeline.results import Accepted

HOUR, WEEK = 60, 7 * 24 * 60
"""Minutes."""
MAKE_A_KEY = (
    "`loupe deploy --originals-key FILE` makes a key and tells CloudFront of it (docs/aws.md, Originals)."
)


@click.command()
@click.argument("name", metavar="ID")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Copy it into this new file.")
@click.option(
    "--for", "minutes", type=click.IntRange(1, WEEK), default=HOUR, show_default=True, metavar="MINUTES",
    help="On AWS, without --to: how long the address holds.",
)  # fmt: skip
@data_option
def command(name: str, to: Path | None, minutes: int, data: Path | None) -> None:
    """Give out an original: its path or, on AWS, an address that anybody can read for a while.

    What lies in the archive alone has to be brought back by `loupe restore ID` first.
    """
    base = open_ground(settings.load(data=data))
    image = moving.named(base, [name])[0]
    accepted = _accepted(base, image)
    if not has(base.store, accepted.key):
        raise Unknown(
            f"The original of {image.short} is in the archive: `loupe restore {image.short}` first."
        )
    if to:
        _copy(base, accepted, to)
        click.echo(f"{to}: {moving.size_text(accepted.bytes)}.")
    elif here := local(base):
        click.echo(here.settings.data / "store" / accepted.key)
    else:
        until = datetime.now(UTC) + timedelta(minutes=minutes)
        click.echo(_address(base.settings, accepted.key, until))
        click.echo(f"Whoever has this address can read it until {minute(until)}.", err=True)


def _accepted(base: AnyGround, image: Listed) -> Accepted:
    row = base.ledger.rows(image.image).get("accept_image")
    if not row or not isinstance(row.result, Accepted):
        raise Unknown(f"{image.short} has no original: `loupe status {image.short}` says why.")
    return row.result


def _copy(base: AnyGround, accepted: Accepted, to: Path) -> None:
    """Never over a file that is there; half a file does not stay."""
    with base.store.open(accepted.key) as stream:
        try:
            with to.open("xb") as file:
                shutil.copyfileobj(stream, file)
                os.fsync(file.fileno())
        except FileExistsError:
            raise Unsuitable(f"{to} is there already; name a new file.") from None
        except OSError as fault:
            to.unlink(missing_ok=True)
            raise Unavailable(f"{to} cannot be written: {fault.strerror}.") from fault


def _address(given: Settings, key: str, until: datetime) -> str:
    from pipeline.adapters.cloudfront_signer import CloudFrontSigner

    if not (given.originals_key and given.originals_key_id and given.public_url):
        raise Misconfigured(
            "To sign an address, LOUPE_ORIGINALS_KEY, LOUPE_ORIGINALS_KEY_ID and LOUPE_PUBLIC_URL are needed."
            f" {MAKE_A_KEY} Without one: `--to FILE`."
        )
    try:
        pem = given.originals_key.read_bytes()
    except OSError as fault:
        raise Misconfigured(
            f"LOUPE_ORIGINALS_KEY: {given.originals_key} cannot be read: {fault.strerror}. {MAKE_A_KEY}"
        ) from None
    return CloudFrontSigner(given.public_url, given.originals_key_id, pem).signed(key, until)
