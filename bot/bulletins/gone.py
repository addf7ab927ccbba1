"""Refusals that end a bulletin, in words for whoever runs Loupe. Pure."""

from bot.refusals import Refusal

GONE = {
    "channel_not_found": "Slack has no such channel for Loupe: it was deleted, or Loupe was never in it.",
    "not_in_channel": "Loupe is not a member of the channel.",
    "is_archived": "The channel was archived.",
    "channel_is_archived": "The channel was archived.",
}
MEND = "Invite it with `/invite @Loupe`, then `loupe sinks replay`."


def gone(refusal: Refusal) -> str:
    """Why the bulletin is given up, and what helps."""
    words = GONE.get(refusal.error)
    return f"{words} {MEND}" if words else refusal.words
