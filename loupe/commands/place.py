"""``loupe place``: where a picture was taken, as a person says it."""

import math
from pathlib import Path

import click

from loupe import settings
from loupe.grounds import AnyGround, open_ground, whereabouts
from loupe.options import data_option
from loupe.prepare import atlas
from pipeline.errors import Unknown, Unsuitable
from pipeline.model import Toponym

ACTOR = "read_metadata"
"""Reads the note, so it is the one to run again."""
OTHERS = 5
"""Places of the same name that are mentioned."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("name", metavar="ID")
@click.argument("where", metavar="[PLACE | LATITUDE,LONGITUDE]", required=False)
@click.option("--remove", is_flag=True, help="Take a person's place back; what the files say counts again.")
@data_option
def command(name: str, where: str | None, remove: bool, data: Path | None) -> None:
    """Print where an image was taken, or say it: "Sofia, BG" or 42.6975,23.3242.

    What the picture or its uploaded original says itself goes before a person's word.
    """
    if remove and where is not None:
        raise click.UsageError("Say either a place or --remove.")
    base = open_ground(settings.load(data=data))
    found = base.catalog.find(name)
    if not found:
        raise Unknown(f"There is no image '{name}' in {whereabouts(base)}.")
    if where is None and not remove:
        click.echo(_told(base, found.image))
        return
    if ((base.catalog.report(found.image).get("archive")) or {}).get("state") == "archived":
        raise Unsuitable(f"The original is in the archive; `loupe restore {found.short}` brings it back.")
    _change(base, found.image, where)


def _told(base: AnyGround, image: str) -> str:
    """The place of an image, its position, and whose word that is."""
    report = base.catalog.report(image)
    location, place = report["location"], report["place"] or {}
    if not location:
        return f"No location: {report['no_location'] or 'not looked for yet'}"
    named = ", ".join(place[key] for key in ("name", "region", "country") if place.get(key))
    said = "a person's word" if location["source"] == "person" else f"read from {location['source'].upper()}"
    return f"{named or 'No town is near'} ({location['latitude']:.5f},{location['longitude']:.5f}), {said}"


def _change(base: AnyGround, image: str, where: str | None) -> None:
    """The note first, durably: whatever reads the metadata from then on sees it."""
    notes = base.notes
    if where is None:
        notes.clear(image, "place")
    else:
        notes.set(image, "place", _position(where) or _looked_up(base, where))
    due = base.engine().replay(image, ACTOR)
    said = "Taken back" if where is None else "Noted"
    click.echo(f"{said}. {'The place is found anew.' if due else 'It counts once the image is looked at.'}")


def _position(where: str) -> str:
    """A position as it is noted; empty for words. Raises ``Unsuitable`` for one that is not on Earth."""
    try:
        latitude, longitude = map(float, where.split(","))
    except ValueError:
        return ""
    if not (math.isfinite(latitude + longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise Unsuitable(f"'{where}' is not on Earth: latitudes are -90 to 90, longitudes -180 to 180.")
    return f"{latitude:.5f},{longitude:.5f}"


def _looked_up(base: AnyGround, where: str) -> str:
    """The position of the first place that is called so; the others are mentioned."""
    found = atlas(base.settings.data).named(where, OTHERS + 1)
    if not found:
        raise Unsuitable(f"No place is called '{where}'. Say latitude and longitude: 42.6975,23.3242.")
    first, *others = found
    click.echo(_named(first))
    for each in others:
        click.echo(f"Not {_named(each)}", err=True)
    return f"{first.latitude:.5f},{first.longitude:.5f}"


def _named(place: Toponym) -> str:
    words = ", ".join(part for part in (place.name, place.region, place.country) if part)
    return f"{words} ({place.latitude:.5f},{place.longitude:.5f})"
