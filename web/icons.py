"""Draws the icons of the installed app, the shapes of ``static/icon.svg``: ``python -m web.icons``."""

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parent / "static" / "site"
UNITS = 32.0
"""Side of the drawing in its own units."""
FINE = 4
"""Times that the drawing is larger than the icon before it is made smooth."""
INK, PAPER = "#0b6b5e", "#fbfaf8"
ICONS: Mapping[str, tuple[int, float]] = {
    "icon-192.png": (192, 0.72),
    "icon-512.png": (512, 0.72),
    "icon-maskable-512.png": (512, 0.56),
    "icon-apple-180.png": (180, 0.68),
}
"""Pixels of a side, and the part of it that the drawing takes. A mask may cut off all but the circle whose
diameter is 80 % of the side (w3.org/TR/appmanifest, 'icon masks'): the drawing's diagonal stays within."""


def drawn(size: int, part: float) -> Image.Image:
    """The magnifying glass in the middle of a sheet of paper."""
    side = size * FINE
    sheet = Image.new("RGB", (side, side), PAPER)
    unit, edge = side * part / UNITS, side * (1 - part) / 2
    pen = ImageDraw.Draw(sheet)

    def disc(x: float, y: float, radius: float, colour: str) -> None:
        middle = (edge + x * unit, edge + y * unit)
        pen.ellipse([each + by * radius * unit for by in (-1, 1) for each in middle], fill=colour)

    disc(13, 13, 11, INK)
    disc(13, 13, 7, PAPER)
    pen.line([(edge + at * unit, edge + at * unit) for at in (20, 29)], INK, round(5 * unit))
    disc(20, 20, 2.5, INK)
    disc(29, 29, 2.5, INK)
    return sheet.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Write all icons, with as few colours as they need."""
    for name, (size, part) in ICONS.items():
        drawn(size, part).quantize(32).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
