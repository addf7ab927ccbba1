"""`loupe hold` and `loupe release`: what may be seen is a person's last word."""

import pytest

from loupe.commands.hold import held
from loupe.commands.release import released
from loupe.ground import Ground
from tests.cli import keeping
from tests.cli.running import loupe


def public(base: Ground, name: str) -> list[str]:
    return list(base.public.keys(keeping.image(base, name)))


def test_a_held_picture_has_no_copies_and_a_released_one_has_them_again(base: Ground) -> None:
    one, image = keeping.short(base, "one"), keeping.image(base, "one")
    files, others = public(base, "one"), public(base, "two")
    assert files
    done = loupe("hold", one, "--data", base.settings.data)
    assert (done.exit_code, done.stdout) == (0, f"{one}: held; it has no web copies.\n")
    assert base.catalog.report(image)["state"] == "held"
    assert base.standings.publication(image) is None
    assert (public(base, "one"), public(base, "two")) == ([], others)
    back = loupe("release", one, "--data", base.settings.data)
    assert (back.exit_code, back.stdout) == (0, f"{one}: released. {base.catalog.report(image)['page']}\n")
    assert public(base, "one") == files


def test_what_the_detector_would_hold_is_shown_once_a_person_has_looked(
    base: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With these bands every score asks for a person."""
    monkeypatch.setenv("LOUPE_SAFE_BELOW", "0")
    one, image = keeping.short(base, "one"), keeping.image(base, "one")
    base.engine().replay(image, "decide_release")
    assert loupe("hold", one, "--data", base.settings.data).exit_code == 0
    assert base.catalog.report(image)["release"]["decision"] == "review"
    assert loupe("release", one, "--data", base.settings.data).exit_code == 0
    assert base.catalog.report(image)["page"]


def test_without_waiting_it_is_out_of_sight_at_once_all_the_same(base: Ground) -> None:
    one, image = keeping.short(base, "one"), keeping.image(base, "one")
    loupe("hold", one, "--wait", "0", "--data", base.settings.data)
    assert base.standings.publication(image) is None


def test_an_unknown_name_stops_it_before_anything_is_done(base: Ground) -> None:
    one = keeping.short(base, "one")
    done = loupe("hold", one, "IMG-0000", "--data", base.settings.data)
    assert done.exit_code == 2
    assert public(base, "one")


def test_every_ending_has_words() -> None:
    cleared = {"decision": "cleared", "reason": ""}
    assert released({"release": cleared, "page": "https://x"}) == (True, "released. https://x")
    assert released({"release": cleared, "page": None}) == (True, "released. It has no web copies.")
    assert released({"release": None, "page": None}) == (False, "not released: it was never looked at.")
    assert held({"release": cleared, "page": None})[0] is False
    assert held({"release": {"decision": "held", "reason": ""}, "page": None})[0] is True
