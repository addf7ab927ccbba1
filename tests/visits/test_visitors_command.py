"""``loupe visitors``: who has signed in, and how they are forgotten."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from loupe import visits as people
from loupe.cli import main
from pipeline.model import Source
from tests.visits.house import ANA, House, house


@pytest.fixture
def here(tmp_path: Path) -> House:
    made = house(tmp_path)
    visitor = made.sign_in(made.browser())
    made.base.engine().enter([("d", Source("upload", "a.jpg", "t/s", person=visitor.id))])
    people.invitations(made.base).of_slack("T1", "U1")
    return made


def said(here: House, *words: str) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["visitors", *words, "--data", str(here.base.settings.data)])
    return found.exit_code, found.output


def test_everybody_is_listed_with_what_they_brought(here: House) -> None:
    code, lines = said(here, "list")
    assert code == 0
    assert f"{ANA}, images: 1\n" in lines
    assert "Slack T1/U1, images: 0\n" in lines


def test_who_is_forgotten_is_signed_out_and_their_images_stay(here: House) -> None:
    browser = here.browser()
    visitor = here.sign_in(browser)
    code, words = said(here, "forget", "ANA@example.org")
    assert (code, "is forgotten. Images that stay: 1" in words) == (0, True)
    assert visitor.id in words
    assert here.who(browser) is None
    assert ANA not in said(here, "list")[1]
    assert here.count("images") == 1


@pytest.mark.parametrize(
    ("address", "words"), [("eve@example.org", "has never signed in"), ("eve", "needs an @")]
)
def test_who_was_never_here_is_told_so(here: House, address: str, words: str) -> None:
    code, told = said(here, "forget", address)
    assert (code, words in told) == (2, True)
