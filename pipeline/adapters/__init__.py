"""One file per outside thing; no decisions in here."""
