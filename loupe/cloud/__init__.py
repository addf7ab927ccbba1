"""Loupe on AWS: what stands behind the handlers in ``loupe.aws``."""
