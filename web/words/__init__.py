"""What the upload site says, in several languages: a file per language and part, ``<language>/<part>.json``.

A key says where a text stands; ``{name}`` is filled in. Which language a person gets: the one chosen on the
page (a cookie), else the first that the browser asks for and that is here, else English.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape
from starlette.requests import Request

HERE = Path(__file__).parent
DEFAULT = "en"
COOKIE = "loupe-language"


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    language: str
    """BCP 47."""
    parts: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **known: object) -> Markup:
        """The text ``part.name``, filled in; what is filled in is escaped."""
        part, _, name = key.partition(".")
        return Markup(escape(self.parts[part][name])).format(**known)  # noqa: S704

    def plain(self, key: str, **known: object) -> str:
        """The same for a place that is not HTML."""
        part, _, name = key.partition(".")
        return self.parts[part][name].format(**known)

    def part(self, name: str) -> Mapping[str, str]:
        """All texts of a part, for scripts."""
        return self.parts[name]


def _read(folder: Path) -> Words:
    parts = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    return Words(folder.name, parts)


LANGUAGES: Mapping[str, Words] = {
    folder.name: _read(folder)
    for folder in sorted(HERE.iterdir())
    if folder.is_dir() and folder.name[0] != "_"
}


def of(request: Request) -> Words:
    """The words for whoever asks."""
    asked = [request.cookies.get(COOKIE, "")]
    ranked = sorted(map(_weighed, request.headers.get("accept-language", "").split(",")), reverse=True)
    asked += [language for weight, language in ranked if weight > 0]
    return next((LANGUAGES[each] for each in asked if each in LANGUAGES), LANGUAGES[DEFAULT])


def _weighed(said: str) -> tuple[float, str]:
    """``de-AT;q=0.8`` as (0.8, ``de``); what makes no sense weighs nothing (RFC 9110, 12.4.2)."""
    language, _, weight = said.strip().partition(";q=")
    try:
        return float(weight or 1), language.split("-")[0].strip().lower()
    except ValueError:
        return 0.0, ""
