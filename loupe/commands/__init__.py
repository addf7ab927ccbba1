"""The commands of ``loupe``, one file each; ``command`` in it is what click runs."""
