"""Events: messages, shared files, departures."""
