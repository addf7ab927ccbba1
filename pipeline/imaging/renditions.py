"""Makes renditions: scaled once, marked once, compressed once per file, without metadata.

Only where the mark cannot be read back from a finished file is that marked and compressed once more.

    picture = original(stream, budget)
    for rendered in render(picture, plan(*picture.size, picture.has_alpha, picture.animated)): ...

One file at a time is handed out and forgotten; between them only the scaled pictures are kept, from which
smaller ones are made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO

from PIL import Image

from pipeline.imaging.decode_damage import FAULTS
from pipeline.imaging.encode import Avif, Encoder, LosslessWebP, MozJpeg, PlainJpeg, WebP
from pipeline.imaging.encode_png import plain_png, png
from pipeline.imaging.quality_sample import Sample
from pipeline.imaging.quality_search import TARGET, Found, lowest
from pipeline.imaging.renditions_canvas import is_clear, on_canvas
from pipeline.imaging.renditions_marking import Canvas, Marker
from pipeline.imaging.renditions_plan import Format, Spec
from pipeline.imaging.resize import SCALING, Sizes, Source

METADATA = frozenset({"exif", "xmp", "photoshop", "comment", "icc_profile", "Raw profile type exif"})
"""What Pillow calls the parts of a file that say more than how it looks."""
PLAIN, PLAIN_QUALITY = PlainJpeg((1, 92, 100)), 92
ENCODERS: Mapping[Format, Sequence[Encoder]] = {
    "JPEG": (MozJpeg((40, 82, 92), "4:2:0"), MozJpeg((55, 80, 98), "4:4:4")),
    "WEBP": (WebP((40, 84, 98)), LosslessWebP()),
    "AVIF": (Avif((45, 70, 90), "4:2:0"), Avif((45, 70, 98), "4:4:4")),
}
"""By format, what is tried in turn until the target is reached. Halved colours do for photographs, not for
red lettering. Below the lowest quality blocks are seen, whatever the score says."""

Compressor = Callable[[Callable[[], bytes], Format], bytes | None]
"""Compresses a lossless PNG, made when it is called for, into a file of the format; None where it does not
want to. That PNG can cost more than all the rest."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One finished file and how it came about."""

    spec: Spec
    data: bytes
    width: int
    height: int
    format: Format
    encoder: str
    quality: int | None
    """The encoder's own; None where there is none to choose (PNG, a service)."""
    score: float | None
    """SSIMULACRA2 of the sample that the quality was chosen by."""
    scaling: str
    marked: bool
    """Was the mark read back from ``data``? See ``Marker.is_in``."""
    bytes_uncompressed: int
    """Before compression: what the scaled picture takes as programs write it that do not try to be small. A
    baseline JPEG of quality 92, ImageMagick's default, or a lossless PNG of Pillow where the file is a PNG.
    Not width x height x 3: a saving over that would flatter every compression."""


@dataclass(frozen=True, slots=True)
class _File:
    """A compressed picture."""

    data: bytes
    encoder: str
    quality: int | None = None
    score: float | None = None


@dataclass
class Making:
    """What renditions are made with."""

    marker: Marker | None = None
    compressor: Compressor | None = None
    target: float = TARGET
    """SSIMULACRA2 to aim at, 0-100."""
    encoders: Mapping[Format, Sequence[Encoder]] = field(default_factory=lambda: ENCODERS)


def render(picture: Source, specs: Iterable[Spec], making: Making | None = None) -> Iterator[Rendered]:
    """Make ``specs`` of ``picture``, in the order given; largest first decodes the original once.

    Raises ``Rejected`` where the original turns out too damaged.
    """
    making, sizes = making or Making(), Sizes(picture)
    compression = _Compression(making)
    shown: tuple[object, _Shown] | None = None
    for spec in specs:
        pixels = sizes.at(spec.scaled)
        look = (spec.scaled, spec.width, spec.height, is_clear(pixels, spec.format))
        if shown is None or shown[0] != look:
            shown = look, _Shown(Canvas(partial(on_canvas, pixels, spec), making.marker))
        yield compression.rendered(spec, shown[1])


class _Shown:
    """A picture to be compressed in one or more formats, and what is found out once for all of them."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.chosen: dict[Format, tuple[Encoder, Found]] = {}
        """By format, with what it is compressed."""
        self._before: dict[bool, int] = {}

    def before(self, format: Format) -> int:
        """Bytes before compression, measured when first asked for."""
        lossless = format == "PNG"
        if lossless not in self._before:
            picture = self.canvas.first.picture
            solid = picture.convert("RGB") if picture.mode == "RGBA" else picture
            data = plain_png(picture) if lossless else PLAIN.encode(solid, PLAIN_QUALITY)
            self._before[lossless] = len(data)
        return self._before[lossless]


class _Compression:
    """Compresses; remembers which quality each way needed last, since the next size needs about that."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._last: dict[str, int] = {}

    def rendered(self, spec: Spec, shown: _Shown) -> Rendered:
        """The finished file: the first in which the mark holds, else the first of all, marked faintest."""
        before = shown.before(spec.format)
        files: list[_File] = []
        marked = False
        for version in shown.canvas.versions():
            files.append(self._compressed(version.picture, spec.format, shown))
            if marked := shown.canvas.is_marked(files[-1].data):
                break
        file = files[-1 if marked else 0]
        size = spec.width, spec.height
        return Rendered(
            spec,
            file.data,
            *size,
            spec.format,
            file.encoder,
            file.quality,
            file.score,
            SCALING,
            marked,
            before,
        )

    def _compressed(self, picture: Image.Image, format: Format, shown: _Shown) -> _File:
        compressor = self._making.compressor
        lossless = partial(plain_png, picture)
        if compressor and (data := compressor(lossless, format)) and _is(data, picture, format):
            return _File(data, "TinyPNG")
        if format == "PNG":
            return _File(*png(picture))
        if format not in shown.chosen:
            shown.chosen[format] = self._chosen(shown.canvas.first.part, format)
        encoder, found = shown.chosen[format]
        return _File(encoder.encode(picture, found.quality), encoder.name, found.quality, found.score)

    def _chosen(self, part: Sample, format: Format) -> tuple[Encoder, Found]:
        """The first encoder that reaches the target, and at which quality; the last where none does."""
        for encoder in self._making.encoders[format]:
            found = self._quality(part, encoder)
            if found.reached:
                break
        self._last[encoder.name] = found.quality
        return encoder, found

    def _quality(self, part: Sample, encoder: Encoder) -> Found:
        low, usual, high = encoder.qualities
        if low == high:
            return Found(usual, None, 0)

        def score(quality: int) -> float:
            return part.score(encoder.encode(part.picture, quality, part.whole))

        first = self._last.get(encoder.name, usual)
        return lowest(score, (low, high), first, self._making.target)


def _is(data: bytes, picture: Image.Image, format: Format) -> bool:
    """Is what a service sent a file of the format, of the picture's size and without metadata?"""
    try:
        with Image.open(BytesIO(data)) as image:
            image.load()
            bare = METADATA.isdisjoint(image.info)
            return (image.format, image.size, bare) == (format, picture.size, True)
    except FAULTS:
        return False
