"""The validators: Nu for HTML, AMP's own, axe and Lighthouse for pages in chromium. All work offline."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
AXE = PACKAGES / "axe-core" / "axe.min.js"
NU = PACKAGES / "vnu-jar" / "build" / "dist" / "vnu.jar"
AMP = PACKAGES / "next" / "dist" / "compiled" / "amphtml-validator" / "validator_wasm.js"
LIGHTHOUSE = PACKAGES / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("accessibility", "best-practices")
PATIENCE = 100
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title></head>'
    "<body><p>{}</p></body></html>"
)
APPEAR = "-amp-start 8s steps(1,end) 0s 1 normal both"
PREFIXES = ("-webkit-", "-moz-", "-ms-", "")
STEPS = "-amp-start{from{visibility:hidden}to{visibility:visible}}"
Documents = Mapping[str, str]


def amp_page(body: str) -> str:
    """An AMP document with all that the format demands around ``body``."""
    animated = "body{" + ";".join(f"{p}animation:{APPEAR}" for p in PREFIXES) + "}"
    frames = "".join(f"@{p}keyframes {STEPS}" for p in ("-webkit-", "-moz-", "-ms-", "-o-", ""))
    plain = "body{" + ";".join(f"{p}animation:none" for p in PREFIXES) + "}"
    return (
        '<!doctype html><html amp lang="en"><head><meta charset="utf-8">'
        '<script async src="https://cdn.ampproject.org/v0.js"></script><title>A page</title>'
        '<link rel="canonical" href="https://pictures.example.org/">'
        '<meta name="viewport" content="width=device-width">'
        f"<style amp-boilerplate>{animated}{frames}</style>"
        f"<noscript><style amp-boilerplate>{plain}</style></noscript></head><body>{body}</body></html>"
    )


def need(*files: Path, program: str = "node") -> None:
    """Skip where a validator is missing, but never in CI."""
    missing = [str(file.relative_to(HERE)) for file in files if not file.exists()]
    missing += [] if shutil.which(program) else [program]
    if not missing:
        return
    words = f"{', '.join(missing)} missing: run .ci/tools"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


def wrong_html(documents: Documents) -> dict[str, list[str]]:
    """What the Nu checker says of each document: errors and warnings. All in one start of Java."""
    need(NU, program="java")
    with TemporaryDirectory() as folder:
        for name, text in documents.items():
            (Path(folder) / f"{name}.html").write_text(text, encoding="utf-8")
        command = ["java", "-Xmx512m", "-jar", str(NU), "--format", "json", "--exit-zero-always"]
        command += ["--no-langdetect", folder]  # it guesses at random; axe sees to the lang attribute
        run = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    wrong: dict[str, list[str]] = {name: [] for name in documents}
    messages: list[dict[str, Any]] = json.loads(run.stderr)["messages"]
    for each in messages:
        assert "url" in each, each
        wrong[Path(each["url"]).stem].append(f"{each.get('lastLine')}: {each['message']}")
    return wrong


def wrong_amp(documents: Documents) -> dict[str, list[str]]:
    """What AMP's validator says of each document."""
    need(AMP)
    command = ["node", str(HERE / "amp.js")]
    run = subprocess.run(
        command, input=json.dumps(documents), capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    wrong: dict[str, list[str]] = json.loads(run.stdout)
    return wrong


def lighthouse(url: str, cookie: str, chromium: Path) -> tuple[dict[str, float], list[str]]:
    """Lighthouse's scores of a page, 0-1 by category, and what is wrong. ``cookie``: who is signed in."""
    need(LIGHTHOUSE)
    arguments = [
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps({'Cookie': cookie})}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        "--max-wait-for-load=30000",
        "--no-enable-error-reporting",
        "--output=json",
        "--quiet",
    ]
    run = subprocess.run(
        ["node", str(LIGHTHOUSE), url, *arguments],
        env=os.environ | {"CHROME_PATH": str(chromium)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    scores = {name: found["categories"][name]["score"] for name in CATEGORIES}
    audits = [each for each in found["audits"].values() if each["score"] is not None]
    return scores, [f"{each['id']}: {each['title']}" for each in audits if each["score"] < 1]
