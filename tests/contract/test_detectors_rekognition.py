"""The detectors of Amazon Rekognition, through the actors: what is sent, and what is made of answers.

Nobody here can say what the service sees in a picture: botocore checks requests and answers against its own
description of the service, and the answers are ours, in the form that its documentation shows.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber
from PIL import Image

from handlers.detect_faces import detect_faces
from handlers.detect_nudity import detect_nudity
from pipeline.adapters.disk_store import DiskStore
from pipeline.adapters.pictures import StoredPictures
from pipeline.adapters.rekognition import BUSY, LEAST, LONGEST, MOST
from pipeline.adapters.rekognition_faces import RekognitionFaces
from pipeline.adapters.rekognition_nudity import RekognitionNudity
from pipeline.errors import Transient, Unavailable
from pipeline.imaging.sendable import sendable
from pipeline.results import Accepted

PHOTO = Path(__file__).parents[1] / "data" / "face_recognition--two_people.jpg"
Label = tuple[str, str, float]
BEACH: list[Label] = [
    ("Non-Explicit Nudity of Intimate parts and Kissing", "", 99.5),
    ("Non-Explicit Nudity", "Non-Explicit Nudity of Intimate parts and Kissing", 99.5),
    ("Exposed Male Nipple", "Non-Explicit Nudity", 99.5),
    ("Swimwear or Underwear", "", 97.0),
]
ACT: list[Label] = [("Explicit", "", 99.8), ("Explicit Nudity", "Explicit", 99.1)]
OLDER: list[Label] = [("Explicit Nudity", "", 91.25), ("Graphic Female Nudity", "Explicit Nudity", 91.25)]


class Service:
    """A real client whose answers are given; notes what it was sent."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "rekognition", "eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        self.stubber = Stubber(self.client)
        self.stubber.activate()
        self.bodies: list[dict[str, Any]] = []
        self.sent: list[Image.Image] = []
        self.client.meta.events.register("before-parameter-build.rekognition.*", self._note)

    def _note(self, params: dict[str, Any], **_: Any) -> None:
        jpeg = params["Image"]["Bytes"]
        assert len(jpeg) <= MOST
        self.bodies.append(params)
        self.sent.append(Image.open(io.BytesIO(jpeg)))

    def labels(self, *labels: Label, version: str = "7.0") -> None:
        said = [{"Name": name, "ParentName": above, "Confidence": sure} for name, above, sure in labels]
        answer = {"ModerationLabels": said, "ModerationModelVersion": version}
        self.stubber.add_response("detect_moderation_labels", answer, {"Image": ANY, "MinConfidence": 0.0})

    def faces(self, *faces: tuple[float, float, float, float, float]) -> None:
        said = [
            {"BoundingBox": {"Left": x, "Top": y, "Width": w, "Height": h}, "Confidence": sure}
            for x, y, w, h, sure in faces
        ]
        self.stubber.add_response("detect_faces", {"FaceDetails": said}, {"Image": ANY})

    @property
    def nudity(self) -> RekognitionNudity:
        return RekognitionNudity(lambda: self.client)

    @property
    def finder(self) -> RekognitionFaces:
        return RekognitionFaces(lambda: self.client)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.stubber.assert_no_pending_responses()


def blank(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), "teal")


def noise(width: int, height: int) -> Image.Image:
    values = np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(values)


@pytest.fixture
def pictures(tmp_path: Path) -> StoredPictures:
    store = DiskStore(tmp_path)
    with PHOTO.open("rb") as stream:
        store.put("photo", stream)
    large = io.BytesIO()
    blank(4000, 3000).save(large, "JPEG")
    large.seek(0)
    store.put("large", large)
    return StoredPictures(store)


def accepted() -> Accepted:
    with Image.open(PHOTO) as photo:
        return Accepted("0" * 64, "photo", "JPEG", *photo.size, bytes=1)


def test_the_score_is_the_greatest_confidence_in_what_is_explicit(service: Service) -> None:
    service.labels(*ACT, *BEACH)
    assert service.nudity.score(blank(640, 480)) == 99.8
    service.labels(*OLDER, version="6.1")
    assert service.nudity.score(blank(640, 480)) == 91.25


def test_what_is_not_explicit_counts_for_nothing(service: Service) -> None:
    service.labels(*BEACH)
    assert service.nudity.score(blank(640, 480)) == 0
    service.labels()
    assert service.nudity.score(blank(640, 480)) == 0


def test_the_model_is_the_one_that_answered(service: Service, pictures: StoredPictures) -> None:
    detector = service.nudity
    assert detector.model == "Amazon Rekognition moderation"
    service.labels(version="7.0")
    result = detect_nudity(accepted(), pictures, detector)
    assert (result.score, result.model) == (0, "Amazon Rekognition moderation 7.0")


def test_an_unsure_first_look_is_followed_by_one_at_full_size(
    service: Service, pictures: StoredPictures
) -> None:
    service.labels(("Explicit", "", 40.0))
    service.labels(("Explicit", "", 71.5))
    large = Accepted("0" * 64, "large", "JPEG", 4000, 3000, bytes=1)
    assert detect_nudity(large, pictures, service.nudity).score == 71.5
    assert [each.size for each in service.sent] == [(1000, 750), (LONGEST, 1440)]


def test_faces_are_fractions_of_the_picture_largest_first(service: Service, pictures: StoredPictures) -> None:
    service.faces((0.1, 0.2, 0.05, 0.1, 99.98765), (0.5, 0.25, 0.25, 0.5, 90.5))
    found = detect_faces(accepted(), pictures, service.finder)
    assert found.model == "Amazon Rekognition faces"
    boxes = [(face.box.x, face.box.y, face.box.width, face.box.height) for face in found.faces]
    assert [pytest.approx(box) for box in boxes] == [(0.5, 0.25, 0.25, 0.5), (0.1, 0.2, 0.05, 0.1)]
    assert [face.score for face in found.faces] == [90.5, 99.99]


def test_a_box_that_reaches_beyond_the_edge_ends_there(service: Service) -> None:
    service.faces((-0.1, 0.9, 0.3, 0.2, 99.0), (1.2, 0.1, 0.1, 0.1, 99.0))
    (face,) = service.finder.faces(blank(640, 480))
    box = face.box
    assert (box.x, box.y, box.x + box.width, box.y + box.height) == pytest.approx((0.0, 0.9, 0.2, 1.0))


def test_where_there_are_no_faces_none_are_found(service: Service) -> None:
    service.faces()
    assert service.finder.faces(blank(640, 480)) == ()


def test_a_picture_that_is_too_small_gets_white_around_it_and_its_faces_stay_where_they_are(
    service: Service,
) -> None:
    service.faces((0.1, 0.2, 0.2, 0.1, 99.0))
    (face,) = service.finder.faces(blank(40, 160))
    (sent,) = service.sent
    assert sent.size == (LEAST, 160)
    assert sent.getpixel((70, 80)) == (255, 255, 255)
    box = face.box
    assert (box.x, box.y, box.width, box.height) == pytest.approx((0.2, 0.2, 0.4, 0.1))


@pytest.mark.parametrize("size", [(1, 1), (5000, 20), (79, 81), (3072, 2304), (1920, 1080)])
def test_whatever_is_sent_is_neither_too_small_nor_too_long(service: Service, size: tuple[int, int]) -> None:
    service.labels()
    service.nudity.score(blank(*size))
    (sent,) = service.sent
    assert sent.format == "JPEG"
    assert not sent.getexif()
    assert min(sent.size) >= LEAST
    assert max(sent.size) <= LONGEST


def test_what_does_not_compress_is_made_smaller_until_it_is_small_enough() -> None:
    whole = sendable(noise(1000, 800), 80, 1920, MOST)
    less = sendable(noise(1000, 800), 80, 1920, len(whole.jpeg) // 2)
    assert len(less.jpeg) <= len(whole.jpeg) // 2
    sizes = [Image.open(io.BytesIO(each.jpeg)).size for each in (whole, less)]
    assert sizes[0] == (1000, 800)
    assert sizes[1][0] / sizes[1][1] == pytest.approx(1.25, abs=0.01)
    assert Image.open(io.BytesIO(sendable(noise(90, 90), 80, 1920, 10).jpeg)).size == (80, 80)


@pytest.mark.parametrize("code", BUSY)
@pytest.mark.parametrize("operation", ["detect_moderation_labels", "detect_faces"])
def test_a_busy_service_is_asked_again_later(service: Service, operation: str, code: str) -> None:
    service.stubber.add_client_error(operation, code)
    act = service.nudity.score if operation == "detect_moderation_labels" else service.finder.faces
    with pytest.raises(Transient, match=f"Amazon Rekognition answered {code}") as told:
        act(blank(640, 480))
    assert told.value.retry_after == 10


def test_a_refusal_is_told_in_words(service: Service) -> None:
    service.stubber.add_client_error("detect_faces", "AccessDeniedException")
    with pytest.raises(Unavailable, match="answered AccessDeniedException to DetectFaces"):
        service.finder.faces(blank(640, 480))


def test_a_service_that_does_not_answer_is_asked_again_later() -> None:
    def nobody() -> Any:
        raise EndpointConnectionError(endpoint_url="https://rekognition.eu-west-1.amazonaws.com")

    with pytest.raises(Transient, match="cannot be reached"):
        RekognitionNudity(nobody).score(blank(640, 480))


def test_the_requests_are_those_that_botocore_knows(service: Service) -> None:
    """And nothing but the picture and the threshold goes out."""
    service.labels()
    service.faces()
    service.nudity.score(blank(640, 480))
    service.finder.faces(blank(640, 480))
    assert [sorted(body) for body in service.bodies] == [["Image", "MinConfidence"], ["Image"]]
    assert json.dumps([sorted(body["Image"]) for body in service.bodies]) == '[["Bytes"], ["Bytes"]]'
