"""Slack: listeners, cards, commands, manifest and the adapters that speak to Slack."""
