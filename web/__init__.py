"""The pages and public files: one Starlette app, health and metrics."""
