"""What packages are made of: the lock's closure, what is kept, compiled, stripped and zipped."""

import ast
import marshal
import os
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from loupe.packing import __main__ as command
from loupe.packing import bundle_of, entry_bundle, runtime
from loupe.packing.archive import Member, member, read, write
from loupe.packing.building import build
from loupe.packing.bundles import BUNDLES
from loupe.packing.compiled import compiled
from loupe.packing.install import FROM_SOURCE
from loupe.packing.lock import UNUSED, Pin, closure, pins
from loupe.packing.prune import SERVICES, kept
from loupe.packing.stripped import stripped
from loupe.packing.target import platforms, remark
from pipeline.chain import discover
from pipeline.errors import Misconfigured, Rejected, Unavailable, Unknown

ROOT = Path(__file__).parents[2]


def test_an_actors_ports_say_which_bundle_it_runs_from() -> None:
    assert {each.name: bundle_of(each) for each in discover()} == {
        "accept_image": "core",
        "archive_original": "core",
        "decide_release": "core",
        "detect_faces": "vision",
        "detect_nudity": "vision",
        "find_place": "places",
        "make_copies": "pixels",
        "make_renditions": "pixels",
        "publish_image": "core",
        "read_metadata": "pixels",
        "read_watermark": "pixels",
        "remove_original": "core",
        "report_findings": "core",
        "report_publication": "core",
        "restore_original": "core",
    }


def test_every_other_function_has_a_bundle() -> None:
    names = ["take_in", "route", "clock", "sweep", "slack", "slack_work", "send_cards", "deliver", "redrive"]
    assert {entry_bundle(name) for name in [*names, "page"]} <= BUNDLES.keys()
    with pytest.raises(Unknown, match="no entry 'nobody'"):
        entry_bundle("nobody")


def test_the_lock_is_read_for_linux_whatever_builds() -> None:
    found = pins()
    assert found["boto3"].text.startswith(f"boto3=={found['boto3'].version} \\\n    --hash=sha256:")
    assert "pywin32" not in found
    assert "colorama" not in found


def test_a_bundle_carries_what_its_roots_require_and_nothing_else() -> None:
    locked = pins()
    names = {pin.name for pin in closure(["boto3", "matplotlib"], locked)}
    assert {"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"} <= names
    assert {"matplotlib", "contourpy", "numpy"} <= names
    assert names.isdisjoint(UNUSED)
    assert not names & {"pytest", "mypy", "moto", "tableauhyperapi"}


def test_extras_are_followed() -> None:
    names = {pin.name for pin in closure(["pyvips-binary"], pins())}
    assert names == {"cffi", "pyvips-binary"}


def test_what_the_lock_does_not_name_is_not_carried() -> None:
    locked = {name: pin for name, pin in pins().items() if name != "jmespath"}
    with pytest.raises(Misconfigured, match=r"requirements\.lock has no jmespath"):
        closure(["boto3"], locked)
    with pytest.raises(Misconfigured, match="nonesuch is not installed"):
        closure(["nonesuch"], {"nonesuch": Pin("nonesuch", "1", "")})


def test_the_newest_wheels_that_run_there_are_preferred() -> None:
    found = platforms()
    assert found[0] == "manylinux_2_34_x86_64"
    assert found[-1] == "manylinux1_x86_64"
    assert found.index("manylinux_2_17_x86_64") + 1 == found.index("manylinux2014_x86_64")
    assert runtime() == f"python{sys.version_info.major}.{sys.version_info.minor}"


def test_who_builds_with_a_python_that_lambda_has_on_too_old_a_system_is_told() -> None:
    assert remark((3, 12)) is None
    words = remark((3, 11))
    assert words is not None
    assert "install with Python 3.12 or newer" in words


def test_only_what_runs_is_kept() -> None:
    names = ["numpy/__init__.py", "numpy/__init__.pyi", "numpy/tests/test_x.py", "numpy/f2py/x.py"]
    names += [
        "numpy/_core/_simd.so",
        "numpy.libs/blas.so",
        "numpy-2.dist-info/METADATA",
        "numpy-2.dist-info/RECORD",
    ]
    assert kept("numpy", names) == ["numpy/__init__.py", "numpy.libs/blas.so", "numpy-2.dist-info/METADATA"]
    assert kept("unheard-of", ["a.py", "b/c.json", "b/d.md"]) == ["a.py", "b/c.json"]


def test_of_botocore_the_newest_description_of_each_used_service_is_kept() -> None:
    names = [f"botocore/data/s3/{day}/service-2.json.gz" for day in ("2006-03-01", "2024-01-01")]
    names += [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/endpoints.json",
        "botocore/client.py",
    ]
    assert kept("botocore", names) == [
        "botocore/data/s3/2024-01-01/service-2.json.gz",
        "botocore/data/endpoints.json",
        "botocore/client.py",
    ]


def test_every_service_that_adapters_ask_is_described() -> None:
    asked = set()
    for path in (ROOT / "pipeline" / "adapters").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                named = getattr(node.func, "attr", getattr(node.func, "id", ""))
                asked |= {node.args[0].value} if named == "client" else set()
    assert {"dynamodb", "s3"} <= asked
    assert asked <= set(SERVICES)


@pytest.fixture(name="library")
def a_shared_library() -> Path:
    spec = find_spec("PIL._imaging")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


def test_a_library_loses_what_debuggers_read_and_nothing_else(library: Path, tmp_path: Path) -> None:
    content = library.read_bytes()
    lean = stripped(content)
    assert len(lean) == len(content)
    assert sum(a != b for a, b in zip(content, lean, strict=True)) > len(content) // 4
    assert len(member("x", lean).data) < len(member("x", content).data) / 2
    (tmp_path / library.name).write_bytes(lean)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import _imaging; print(_imaging.PILLOW_VERSION)"
    )
    beside = {"LD_LIBRARY_PATH": str(library.parents[1] / "pillow.libs")}
    done = subprocess.run(
        [sys.executable, "-S", "-c", program], env=beside, capture_output=True, text=True, check=True
    )
    assert done.stdout[0].isdigit()


def test_what_is_no_library_stays_as_it_is() -> None:
    assert stripped(b"\x89PNG and so on") == b"\x89PNG and so on"
    assert stripped(b"") == b""


def test_a_zip_tells_nothing_of_when_and_where_it_was_made(tmp_path: Path) -> None:
    write(path := tmp_path / "a.zip", [member("b/ü.txt", b"two"), member("a.txt", b"one" * 1000)])
    with zipfile.ZipFile(path) as zipped:
        assert zipped.testzip() is None
        assert zipped.namelist() == ["a.txt", "b/ü.txt"]
        assert zipped.read("a.txt") == b"one" * 1000
        for each in zipped.infolist():
            assert (each.date_time, each.extra, each.comment) == ((1980, 1, 1, 0, 0, 0), b"", b"")
            assert (each.create_system, each.external_attr >> 16) == (3, 0o100644)


def test_what_was_compressed_is_carried_over_as_it_is(tmp_path: Path) -> None:
    members = [member("b/ü.txt", b"two"), member("a.txt", b"")]
    write(first := tmp_path / "a.zip", members)
    assert list(read(first)) == sorted(members, key=lambda each: each.name)
    write(second := tmp_path / "b.zip", read(first))
    assert second.read_bytes() == first.read_bytes()


def test_two_files_of_one_name_make_no_zip(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="two distributions bring x"):
        write(tmp_path / "a.zip", [Member("x", 0, 0, b""), Member("x", 0, 0, b"")])
    assert not (tmp_path / "a.zip").exists()


TEXT = (
    '"""Doc."""\n\n\ndef f():\n    """Doc."""\n\n\nclass A:\n    """Doc."""\n    """More."""\n    size = 1\n'
)


def test_modules_are_compiled_as_they_will_lie_on_lambda(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "m.py").write_text(TEXT)
    (tmp_path / "p" / "broken.py").write_text("print 1")
    found = compiled(tmp_path, ["p/m.py", "p/broken.py", "p/data.json"], lean=False)
    assert found.keys() == {"p/m.py"}
    code = marshal.loads(found["p/m.py"][16:])
    assert code.co_filename == "/var/task/p/m.py"
    exec(code, module := {"__name__": "m"})
    assert module["__doc__"] == "Doc."


def test_others_modules_are_compiled_without_docstrings_and_asserts(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("from __future__ import annotations\n" + TEXT.replace("True", "False"))
    code = marshal.loads(compiled(tmp_path, ["m.py"], lean=True)["m.py"][16:])
    exec(code, module := {"__name__": "m"})
    assert module["f"].__doc__ is None


def test_what_is_compiled_names_neither_time_nor_folder(tmp_path: Path) -> None:
    found = []
    for number, name in enumerate(("here", "there")):
        (tmp_path / name).mkdir()
        (file := tmp_path / name / "m.py").write_text(TEXT)
        os.utime(file, (number, number))
        found.append(compiled(tmp_path / name, ["m.py"], lean=True))
    assert found[0] == found[1]


def test_a_bundle_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unknown):
        build(["nonesuch"])
    assert command.main(["nonesuch"]) == 2
    assert "There is no bundle 'nonesuch'. There are: core, pixels" in capsys.readouterr().err


def test_what_pip_cannot_install_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from loupe.packing.install import install

    for name in list(os.environ):
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    pin = pins()["six"]
    with pytest.raises(Unavailable, match="pip could not install what the packages carry: ERROR: "):
        install([pin], tmp_path)
    assert not list(tmp_path.glob("installed-*"))


def test_what_comes_without_wheels_is_in_the_lock() -> None:
    assert set(FROM_SOURCE) <= pins().keys()
