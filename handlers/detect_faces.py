"""Which faces an image shows, and where."""

from pipeline.actor import actor
from pipeline.ports import FaceDetector, Pictures
from pipeline.results import Accepted, Faces

SIDE = 640
"""Pixels of the long side to decode at; the same as for nudity, so that a worker decodes once for both."""


@actor(timeout=20, memory=1024)
def detect_faces(accepted: Accepted, pictures: Pictures, detector: FaceDetector) -> Faces:
    """Count the faces in an image and say where they are."""
    picture = pictures.upright(accepted.key, SIDE)
    return Faces(faces=detector.faces(picture), model=detector.model)
