"""``/imgstatus mail``: the digest by mail, asked for and ended in Slack. Only the asker is answered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.config import SandboxConfig
from tests.bot.house import House, house

ADA = "U0ADALOVE1"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, SandboxConfig(retry_delays=(0.05, 0.1))) as made:
        yield made


def ask(home: House, line: str) -> str:
    """What only the person hears."""
    told = home.slack.call("command", channel="C0PICTURES", user=ADA, line=f"/imgstatus {line}")
    assert told["body"]["response_type"] == "ephemeral"
    return str(told["body"]["text"])


@pytest.mark.parametrize("typed", ["Ada.L@example.org", "<mailto:Ada.L@example.org|Ada.L@example.org>"])
def test_a_mailbox_is_asked_and_keeps_its_case(home: House, typed: str) -> None:
    assert "A letter is on its way to Ada.L@example.org." in ask(home, f"mail {typed}")
    (one,) = home.people.all()
    assert (one.mailbox, one.state) == ("Ada.L@example.org", "pending")
    assert home.people.agree(one.mailbox)
    assert ask(home, "mail off") == "No more mail goes to A…@example.org."
    assert home.people.all()[0].state == "stopped"


def test_what_is_no_mailbox_is_told(home: House) -> None:
    assert "needs an @" in ask(home, "mail ada")
    assert "Say `/imgstatus mail you@example.org`" in ask(home, "mail")
    assert "There is no mailbox that you asked for." in ask(home, "mail off")
    assert home.people.all() == []


def test_help_names_it(home: House) -> None:
    assert "/imgstatus mail ADDRESS" in ask(home, "help")
