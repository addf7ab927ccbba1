"""How news reaches the app: signed HTTP requests, or Socket Mode where a connection is open."""
