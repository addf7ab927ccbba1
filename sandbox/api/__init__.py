"""The Web API, one module per family of methods. Importing this package registers all of them."""

from __future__ import annotations

from sandbox.api import bots, chat, conversations, files, history, reactions, uploads, users, views

__all__ = ["bots", "chat", "conversations", "files", "history", "reactions", "uploads", "users", "views"]
