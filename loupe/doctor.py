"""What `loupe doctor` looks at: each thing in words, and how to mend it."""

import os
import shutil
from collections.abc import Iterator
from functools import partial

from loupe import dropping, mail, preflight, roster, visits
from loupe.finding import Finding, tried
from loupe.ground import folder, occupied
from loupe.settings import Settings, variable
from loupe.sinks import sinks
from loupe.values import SLACK_API
from pipeline.adapters import hook_forms, request_count
from pipeline.adapters.onnx_faces import YUNET
from pipeline.adapters.onnx_nudity import OPEN_NSFW
from pipeline.adapters.sqlite_alarms import SqliteAlarms
from pipeline.adapters.sqlite_beats import SqliteBeats
from pipeline.adapters.sqlite_database import Database
from pipeline.beats import PARTS, running, silent
from pipeline.chain import discover
from pipeline.errors import LoupeError

LOW_DISK = 1 << 30
"""Bytes free below which the doctor frowns."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything that can be told without changing anything but the data folder itself."""
    if settings.table:
        from loupe.cloud import examining  # and with it what speaks with AWS; only where it is used

        yield from examining.examine(settings)
        yield from _unknown_settings()
        return
    yield tried("data folder", lambda: folder(settings.data), f"{settings.data.absolute()} can be written to")
    yield _disk(settings)
    yield tried("ledger", lambda: preflight.check(settings), f"{settings.ledger} is sound")
    yield from _alarms(settings)
    for weights in (OPEN_NSFW, YUNET):
        yield tried("model", weights.path, f"{weights.file} is the one that was tested")
    yield tried("actors", discover, ", ".join(discover().names()))
    yield _parts(settings)
    yield _slack(settings)
    yield _geocoder(settings)
    yield _tinypng(settings)
    yield _mail(settings)
    yield from _drops(settings)
    yield Finding("visitors", True, visits.told(settings))
    yield from _sinks(settings)
    yield from _unknown_settings()


def _disk(settings: Settings) -> Finding:
    data = settings.data.absolute()
    free = shutil.disk_usage(next(each for each in (data, *data.parents) if os.path.exists(each))).free
    words = f"{free / 1e9:.1f} GB free"
    return Finding("disk", free > LOW_DISK, words if free > LOW_DISK else f"{words}: free some space")


def _alarms(settings: Settings) -> Iterator[Finding]:
    """What stands; of a ledger that is broken or not there nothing can be said."""
    if not settings.ledger.exists():
        return
    try:
        standing = SqliteAlarms(Database(settings.ledger)).standing()
    except LoupeError:
        return
    yield from (Finding("alarm", False, alarm.words.replace("\n", " ")) for alarm in standing)


def _parts(settings: Settings) -> Finding:
    """A part is missed only where others are there."""
    try:
        ages = SqliteBeats(Database(settings.ledger)).ages()
    except LoupeError as fault:
        return Finding("parts", False, fault.words)
    if not (occupied(settings.data) or running(ages)):
        return Finding("parts", True, "Loupe does not run on this data folder at the moment")
    if found := silent(ages):
        return Finding("parts", False, f"{', '.join(found)}: look into its log, or start `loupe up` again")
    return Finding("parts", True, f"{', '.join(PARTS)} are heard of")


def _slack(settings: Settings) -> Finding:
    if not settings.has_slack:
        return Finding("slack", True, "not configured: `loupe up` starts the sandbox workspace instead")
    way = "Socket Mode" if settings.slack_app_token else "HTTP requests"
    where = "Slack" if settings.slack_api_url == SLACK_API else settings.slack_api_url
    return Finding("slack", True, f"{where} by {way}")


def _geocoder(settings: Settings) -> Finding:
    if settings.nominatim:
        return Finding("geocoder", True, f"places are refined by Nominatim, contact {settings.nominatim}")
    return Finding("geocoder", True, "places are named offline; nothing leaves this machine")


def _tinypng(settings: Settings) -> Finding:
    if settings.tinypng_key:
        words = f"compresses pictures with transparency, at most {settings.tinypng_monthly} a month"
        return Finding("tinypng", True, f"{words}; they leave this machine")
    return Finding("tinypng", True, "off; pictures are compressed on this machine")


def _mail(settings: Settings) -> Finding:
    where = mail.where(settings)
    if where is None and settings.mail_to:
        return Finding("mail", False, "LOUPE_MAIL_TO names mailboxes, and LOUPE_MAIL is not set")
    if where is None:
        return Finding("mail", True, "off; nothing goes out")
    lacks = f"; for subscribers, set {missing}" if (missing := mail.missing(settings)) else ""
    to = f"to {len(settings.mail_to)} operators" if settings.mail_to else "to subscribers alone"
    return Finding("mail", True, f"by {where}, from {settings.mail_from}, {to}{lacks}")


def _drops(settings: Settings) -> Iterator[Finding]:
    """Can they be read, and reports be put into them? Buckets are only asked by ``reach``."""
    try:
        named = dropping.places(settings)
    except LoupeError as fault:
        yield Finding("drop", False, fault.words)
        return
    if not named:
        yield Finding("drop", True, "off; no folder or bucket is watched")
    for each in named:
        trouble = dropping.trouble(each, settings)
        yield Finding("drop", trouble is None, trouble or f"{each.address} is watched")


def reach(settings: Settings) -> Iterator[Finding]:
    """What only a connection tells. Nothing is sent."""
    for each in dropping.buckets(settings):
        fault = each.look()
        yield Finding("drop", fault is None, fault or f"{each.address} can be listed")
    if mail.where(settings) is not None:
        fault = mail.post(settings).look()
        yield Finding("mail server", fault is None, fault or "is there and lets us in")


def _sinks(settings: Settings) -> Iterator[Finding]:
    """Can they be found, and may news go there? Nothing is sent."""
    if not settings.sinks:
        return
    from loupe.carriers import http  # carriers are loaded only where somebody hears news

    for sink in sinks(settings.sinks):
        where = f"{sink.name}: {sink.kind} {roster.host(sink)}"
        url = sink.address if "://" in sink.address else hook_forms.IFTTT
        if sink.kind in ("webhook", "zapier", "ifttt"):
            yield tried("sink", partial(http(settings.news_hosts).look, url), f"{where} may be sent news")
        else:
            yield Finding("sink", True, where)


def _unknown_settings() -> Iterator[Finding]:
    known = {variable(name) for name in Settings.model_fields} | {
        "LOUPE_ENVIRONMENT",
        "LOUPE_ZONE",
        request_count.FILE,
    }
    for name in sorted(os.environ):
        if name.startswith("LOUPE_") and name not in known and not name.startswith("LOUPE_SINKS__"):
            yield Finding("settings", False, f"{name} is not a setting of Loupe; see docs/settings.md")
