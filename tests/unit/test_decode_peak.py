"""The peak memory of a process that has both detectors loaded and looks at one 12 MP picture: 300 MB at most.

Measured in a process of its own, because a peak never goes down again.
"""

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

PHOTO = Path(__file__).parents[1] / "data" / "exifr--IMG_20180725_163423.jpg"
SIZE = (4000, 3000)
MOST_MB = 300
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "baseline JPEG": ("JPEG", {}),
    "progressive JPEG": ("JPEG", {"progressive": True}),
    "WebP": ("WEBP", {"method": 0}),
    "lossless WebP": ("WEBP", {"method": 0, "lossless": True, "quality": 0}),
    "AVIF": ("AVIF", {"speed": 10}),
    "HEIC": ("HEIF", {"quality": 30, "enc_params": {"preset": "ultrafast"}}),
    "PNG": ("PNG", {"compress_level": 1}),
    "TIFF": ("TIFF", {"compression": "tiff_lzw"}),
}
LOOK = """
import sys
from pipeline.adapters.onnx_faces import OnnxFaces
from pipeline.adapters.onnx_nudity import OnnxNudity
from pipeline.adapters import pictures
from pipeline.imaging.decode import upright
from PIL import Image

nudity, faces = OnnxNudity(), OnnxFaces()
blank = Image.new("RGB", (64, 64))
nudity.score(blank), faces.faces(blank)
with open(sys.argv[1], "rb") as stream:
    seen = upright(stream, 640, 1 << 30)
    nudity.score(seen), faces.faces(seen)
with open("/proc/self/status") as status:
    print(next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM")))
"""


@pytest.fixture(scope="module")
def scene() -> Image.Image:
    pillow_heif.register_heif_opener()
    with Image.open(PHOTO) as image:
        return image.convert("RGB").resize(SIZE)


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_of_12_megapixels_is_looked_at_within_300_mb(
    form: str, scene: Image.Image, tmp_path: Path
) -> None:
    format, options = FORMS[form]
    stream = BytesIO()
    scene.save(stream, format, **options)
    (tmp_path / "picture").write_bytes(stream.getvalue())
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    asked = subprocess.run(
        [sys.executable, "-c", LOOK, tmp_path / "picture"], capture_output=True, text=True, env=environment
    )
    assert asked.returncode == 0, asked.stderr
    assert int(asked.stdout) <= MOST_MB
