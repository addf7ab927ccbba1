"""The letter that lets somebody in: a link and a code, in the language of the page that asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.letters.letter import Letter, Link


@dataclass(frozen=True, slots=True)
class Key:
    """What the letter brings."""

    host: str
    """Of the site, so that the reader sees where the link leads."""
    link: str = field(repr=False)
    code: str = field(repr=False)
    """Six digits, or nothing."""
    expires: float
    """Seconds since the epoch."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's."""

    subject: str
    title: str
    lead: str
    code: str
    link: str
    why: str


ENGLISH = Words(
    subject="Loupe: sign in at {host}",
    title="Sign in at {host}",
    lead="Press the button and then “Sign in”, or type the code into the page that asked for it.",
    code="Your code",
    link="Sign in",
    why="Link and code work once, until {until}. Somebody, hopefully you, asked for them at {host}. If it was"
    " not you, do nothing: without this letter nobody gets in. Nobody will ever ask you for the code.",
)
GERMAN = Words(
    subject="Loupe: Anmelden bei {host}",
    title="Anmelden bei {host}",
    lead="Drücken Sie den Knopf und dann „Anmelden“, oder tippen Sie den Code auf der Seite ein, die danach"
    " fragt.",
    code="Ihr Code",
    link="Anmelden",
    why="Link und Code gelten einmal, bis {until}. Jemand, hoffentlich Sie, hat sie bei {host} angefordert."
    " Waren Sie es nicht, dann tun Sie nichts: Ohne diesen Brief kommt niemand hinein. Niemand wird Sie"
    " jemals nach dem Code fragen.",
)
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "de": GERMAN}
"""Whoever uses another language reads English."""


def key_letter(key: Key) -> Letter:
    """The letter. Its subject has no code, because phones show subjects while they are locked."""
    words = LANGUAGES.get(key.language, ENGLISH)
    until = f"{datetime.fromtimestamp(key.expires, UTC):%H:%M} UTC"
    return Letter(
        subject=words.subject.format(host=key.host),
        title=words.title.format(host=key.host),
        lead=words.lead,
        pairs=[(words.code, key.code)] if key.code else [],
        link=Link(words.link, key.link),
        why=words.why.format(host=key.host, until=until),
        language=key.language if key.language in LANGUAGES else "en",
    )
