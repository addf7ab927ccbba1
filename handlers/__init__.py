"""The actors: one file, one function, one result each."""
