"""A key in the settings is all that it takes for TinyPNG to compress what make_renditions makes."""

import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from handlers.make_renditions import make_renditions
from loupe import wiring
from loupe.ground import ground
from loupe.settings import load
from pipeline import ports as port
from pipeline.adapters import tinypng
from pipeline.adapters.tinypng import TinyPng
from pipeline.results import Renditions
from tests.contract.tinypng_server import KEY, serving
from tests.unit.workshop import CLEARED, UNMARKED, Workshop, encoded, photo


def encoders(folder: Path, **given: object) -> dict[str, str]:
    """By name, what compressed the PNG renditions of a picture with transparency, by these settings."""
    clear = photo("exif-orientation-examples--Landscape_6.jpg", 260).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    # With some keys app108 needs a second try at its mark, and with it a third compression.
    base = ground(load(data=folder, watermark_key="of this test", **given))
    data = encoded(clear, "PNG")
    shop = Workshop(folder)
    ready: dict[type, Any] = wiring.ports(base)
    accepted = shop.accept(data)
    base.store.put(accepted.key, io.BytesIO(data))
    asked = (ready[kind] for kind in (port.Notes, port.Store, port.Marking, port.Rendering))
    made = make_renditions(shop.arrived, accepted, CLEARED, UNMARKED, *asked)
    base.database.close()
    assert isinstance(made, Renditions)
    return {each.name: each.encoder for each in made.renditions if each.format == "PNG"}


def test_a_key_is_enough_and_the_month_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        server.echo = True
        monkeypatch.setattr(tinypng, "TinyPng", partial(TinyPng, address=server.address))
        first = encoders(tmp_path / "one", tinypng_key=KEY, tinypng_monthly=2)
        assert first == {"app512": "TinyPNG", "app108": "TinyPNG"}
        then = encoders(tmp_path / "two", tinypng_key=KEY, tinypng_monthly=2)
        assert server.count == 2
    assert not any("TinyPNG" in encoder for encoder in then.values())


def test_a_key_that_is_refused_leaves_everything_to_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as server:
        monkeypatch.setattr(tinypng, "TinyPng", partial(TinyPng, address=server.address))
        made = encoders(tmp_path, tinypng_key="wrong")
        assert len(server.asked) == 1
    assert made.keys() == {"app512", "app108"}
    assert not any("TinyPNG" in encoder for encoder in made.values())


def test_without_a_key_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        monkeypatch.setattr(tinypng, "TinyPng", partial(TinyPng, address=server.address))
        encoders(tmp_path)
        assert server.asked == []
