"""What Loupe says in Slack, as pure functions from reports to (text, blocks)."""
