"""The faults and habits that a test, or a person at the control API, can switch while the sandbox runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

LoginPage = Literal["html", "redirect"]


@dataclass
class Switches:
    """Everything that can be turned while the workspace runs.

    duplicates      copies of every event sent beyond the first
    reorder         events wait 50 ms for company and then leave newest first
    event_delay     seconds every event waits before its first delivery
    drop_acks       the next N answers of the app to events count as lost, so the event comes again
    connect_stubs   files in events are `{"id", "file_access": "check_file_info"}`, as in Slack Connect
    login_page      what a download without the right token answers: 200 and HTML, or 302 to a login page
    broken_downloads  even the right token gets the login page
    download_delay  seconds before a download is answered
    strip_exif      uploads by people lose EXIF and GPS
    enforce_rates   the per-method limits answer 429
    distributed     the app counts as a distributed non-Marketplace app: 1 history call a minute, 15 items
    data_visualization  this workspace already has the chart block of June 2026
    """

    duplicates: int = 0
    reorder: bool = False
    event_delay: float = 0.0
    drop_acks: int = 0
    connect_stubs: bool = False
    login_page: LoginPage = "html"
    broken_downloads: bool = False
    download_delay: float = 0.0
    strip_exif: bool = True
    enforce_rates: bool = True
    distributed: bool = False
    data_visualization: bool = False

    def turn(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Set the named switches, all or none, and return all of them.

        KeyError names one that does not exist, ValueError one that cannot have this value.
        """
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        for name, value in {
            name: _value(name, known[name], value) for name, value in changes.items()
        }.items():
            setattr(self, name, value)
        return asdict(self)


def _value(name: str, kind: type, given: Any) -> Any:
    if kind is bool:
        fits, value = isinstance(given, bool), given
    elif kind is str:
        fits, value = given in get_args(LoginPage), given
    else:
        value = kind(given)
        fits = not isinstance(given, bool) and 0 <= value < float("inf")
    if not fits:
        raise ValueError(f"{name} cannot be {given!r}")
    return value
