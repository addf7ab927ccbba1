"""The pipeline: words, results, ports, actors' wiring and the engine that runs them."""
