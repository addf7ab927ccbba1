"""Messages that answer nobody: digests, alarms, and news that a channel asked for. Each exactly once."""
