"""Alarms and news of images as Slack shows them: short, and complete without any block. Pure."""

from bot.cards.message import Content, saying
from bot.cards.words import date, escape, link
from pipeline import telling
from pipeline.news import Piece


def bulletin(piece: Piece) -> Content:
    """What a piece of news says in a channel; it is told as it may be told now."""
    page = telling.link(piece)
    more = [link(page, "Look at it")] if page else []
    head = f"*{escape(telling.headline(piece))}*"
    return saying("\n".join([head, *map(escape, telling.lines(piece)), *more, date(piece.at)]))
