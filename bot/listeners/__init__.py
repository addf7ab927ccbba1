"""What Slack sends, one file per kind and name; each has a ``register``."""
