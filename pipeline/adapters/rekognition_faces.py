"""The port ``FaceDetector`` by Amazon Rekognition's DetectFaces. Pictures are sent to AWS.

Boxes are fractions of the picture and may reach beyond its edge; at most 100 faces, however they are turned:
docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectFaces.html and API_BoundingBox.html.
"""

from collections.abc import Mapping

from PIL.Image import Image

from pipeline.adapters.rekognition import Connect, ask, rekognition, sent
from pipeline.imaging.face_boxes import Corners, as_faces
from pipeline.model import Face


class RekognitionFaces:
    """Finds faces; their score is the service's confidence."""

    model = "Amazon Rekognition faces"

    def __init__(self, connect: Connect = rekognition) -> None:
        self._connect = connect

    def faces(self, picture: Image) -> tuple[Face, ...]:
        """The faces of an upright RGB ``picture``, largest first.

        Raises ``Transient`` where the service is busy, ``Unavailable`` where it refuses.
        """
        given = sent(picture)
        found = ask(self._connect, "detect_faces", given.jpeg).get("FaceDetails", ())
        return as_faces(
            [(_corners(each["BoundingBox"], given.beyond), each["Confidence"] / 100) for each in found]
        )


def _corners(box: Mapping[str, float], beyond: tuple[float, float]) -> Corners:
    across, down = beyond
    left, top = box["Left"] * across, box["Top"] * down
    return left, top, left + box["Width"] * across, top + box["Height"] * down
