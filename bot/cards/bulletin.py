"""Alarms and news of images as Slack shows them: short, and complete without any block. Pure."""

from collections.abc import Mapping
from typing import Any

from bot.cards.message import Content, saying
from bot.cards.words import date, escape
from pipeline.outbox import Delivery

FALLBACK = {"test": "This is a test: news reaches this channel."}


def bulletin(delivery: Delivery) -> Content:
    """What a piece of news says in a channel."""
    piece = delivery.piece
    data: Mapping[str, Any] = piece.data
    head = escape(data.get("headline") or FALLBACK.get(piece.kind) or piece.kind.capitalize())
    return saying("\n".join([f"*{head}*", *map(escape, data.get("lines") or ()), date(piece.at)]))
