"""Which zip an actor needs, by the ports it names."""

from pipeline import ports
from pipeline.actor import Actor

BUNDLES = {
    ports.NudityDetector: "vision",
    ports.FaceDetector: "vision",
    ports.Pictures: "pixels",
    ports.Rendering: "pixels",
    ports.Gazetteer: "places",
}
"""The first that an actor names decides."""
CORE = "core"


def bundle_of(actor: Actor) -> str:
    """The name of the bundle."""
    return next((bundle for port, bundle in BUNDLES.items() if port in actor.ports.values()), CORE)
