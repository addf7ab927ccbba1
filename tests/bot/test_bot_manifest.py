"""The manifest asks for what the code uses, and for nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import needs
from bot.listeners.commands.imgstatus import COMMAND
from bot.listeners.shortcuts.check_image import CALLBACK
from bot.manifest import manifest

ROOM = Path(needs.__file__).parent


def trees() -> Iterator[ast.AST]:
    for path in ROOM.rglob("*.py"):
        yield ast.parse(path.read_text())


def called_methods() -> set[str]:
    """Every attribute of a client that is handed to ``call``."""
    found = set()
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "call":
                method = node.args[0]
                if isinstance(method, ast.Attribute):
                    family, _, rest = method.attr.partition("_")
                    words = rest.split("_")
                    found.add(f"{family}.{words[0]}" + "".join(word.capitalize() for word in words[1:]))
    return found


def heard_events() -> set[str]:
    found = set()
    for path in (ROOM / "listeners" / "events").glob("*.py"):
        found |= set(re.findall(r'@app\.event\("([a-z_]+)"\)', path.read_text()))
    return found


def test_every_method_that_is_called_is_in_the_table_and_no_other() -> None:
    assert called_methods() == set(needs.METHODS)


def test_every_subscribed_event_has_a_listener_and_every_listener_a_subscription() -> None:
    assert {event.partition(".")[0] for event in needs.EVENTS} == heard_events()


def test_every_scope_has_a_reason() -> None:
    assert all(needs.reasons(scope) for scope in needs.scopes())
    assert needs.reasons("files:read") == ["file_shared", "files.info"]


def test_command_and_shortcut_are_those_that_are_listened_to() -> None:
    features = manifest()["features"]
    assert [command["command"] for command in features["slash_commands"]] == [COMMAND] == list(needs.COMMANDS)
    assert [one["callback_id"] for one in features["shortcuts"]] == [CALLBACK] == list(needs.SHORTCUTS)


def test_no_client_method_is_called_past_call() -> None:
    """So that no refusal goes unsorted: client.x(...) is always ``call(client.x, ...)``."""
    for path in ROOM.rglob("*.py"):
        assert not re.search(r"client\.[a-z]+_[a-zA-Z_]+\(", path.read_text()), path


@pytest.mark.parametrize("address", [None, "https://loupe.example"])
def test_the_manifest_fits_slacks_lengths(address: str | None) -> None:
    made = manifest(address)
    shown = made["display_information"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4000
    assert made["settings"]["socket_mode_enabled"] == (address is None)
    assert ("request_url" in made["settings"]["event_subscriptions"]) == (address is not None)
    options = made["settings"]["interactivity"].get("message_menu_options_url")
    assert options == (f"{address}/slack/events" if address else None)
