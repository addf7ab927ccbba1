"""One call of a Web API method: who calls, with which arguments; and the registry of methods."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.model import Channel, Json, Token, TokenKind
from sandbox.refusal import Refusal
from sandbox.room import Room
from sandbox.strict_json import read_json

FALSE_WORDS = ("", "0", "false", "False", "none")


@dataclass(frozen=True)
class Call:
    """A call whose token is good. Arguments from JSON, a form or the query read the same."""

    room: Room
    arguments: Json
    token: Token

    @property
    def user(self) -> str:
        """The user the call acts as."""
        return self.token.user

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.arguments.get(name)
        if value is None:
            return default
        return value if isinstance(value, str) else json.dumps(value)

    def needed(self, name: str) -> str:
        """An argument that must be there; Slack's invalid_arguments names it."""
        value = self.text(name)
        if not value:
            raise missing(name)
        return value

    def number(self, name: str, default: int) -> int:
        """An argument as a whole number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise Refusal("invalid_arguments") from None

    def flag(self, name: str) -> bool:
        """An argument as yes or no: 1, true."""
        return self.text(name) not in FALSE_WORDS

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """An argument that is JSON, sent as it is or as a string with JSON inside; None where absent."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return read_json(value) if value else None
        except ValueError:
            raise Refusal(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names, as the caller can see it."""
        return self.room.workspace.channel(self.needed(name), self.user)

    def need_scope(self, scope: str) -> None:
        """Refuse with missing_scope where the token was not granted this one."""
        if scope not in self.token.scopes:
            provided = ",".join(sorted(self.token.scopes))
            raise Refusal("missing_scope", needed=scope, provided=provided)


def missing(name: str) -> Refusal:
    """The refusal of a call that lacks a required argument."""
    messages = [f"[ERROR] missing required field: {name}"]
    return Refusal("invalid_arguments", response_metadata={"messages": messages})


@dataclass(frozen=True)
class Method:
    """A method's handler, the scope it needs (empty: none, or it depends) and the kinds of token it takes."""

    handle: Callable[[Call], Json]
    scope: str
    kinds: tuple[TokenKind, ...]


METHODS: dict[str, Method] = {}


def method(
    name: str, scope: str = "", kinds: tuple[TokenKind, ...] = ("bot", "user")
) -> Callable[[Callable[[Call], Json]], Callable[[Call], Json]]:
    """Register a function as the Web API method of this name."""

    def register(handle: Callable[[Call], Json]) -> Callable[[Call], Json]:
        METHODS[name] = Method(handle, scope, kinds)
        return handle

    return register
