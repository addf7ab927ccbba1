"""``python -m loupe``."""

from loupe.cli import main

main()
