"""Slack: listeners, cards, commands, the outbox and the way files come in."""
