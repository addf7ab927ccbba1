"""Pure functions on pixels and metadata."""
