"""Makes renditions: scaled once, marked once, compressed once per file, without metadata.

    picture = original(stream, budget)
    for rendered in render(picture, plan(*picture.size, picture.has_alpha, picture.animated)): ...

One file at a time is handed out and forgotten; between them only the scaled pictures are kept, from which
smaller ones are made.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from PIL import Image

from pipeline.imaging.encode import Avif, Encoder, LosslessWebP, MozJpeg, PlainJpeg, WebP
from pipeline.imaging.encode_png import plain_png, png
from pipeline.imaging.quality_sample import Sample, sample
from pipeline.imaging.quality_search import TARGET, Found, lowest
from pipeline.imaging.renditions_canvas import is_clear, on_canvas
from pipeline.imaging.renditions_plan import Format, Spec
from pipeline.imaging.resize import SCALING, Sizes, Source

PLAIN, PLAIN_QUALITY = PlainJpeg((1, 92, 100)), 92
ENCODERS: Mapping[Format, Sequence[Encoder]] = {
    "JPEG": (MozJpeg((40, 82, 92), "4:2:0"), MozJpeg((55, 80, 98), "4:4:4")),
    "WEBP": (WebP((40, 84, 98)), LosslessWebP()),
    "AVIF": (Avif((45, 70, 90), "4:2:0"), Avif((45, 70, 98), "4:4:4")),
}
"""By format, what is tried in turn until the target is reached. Halved colours do for photographs, not for
red lettering. Below the lowest quality blocks are seen, whatever the score says."""

Mark = Callable[[Image.Image], Image.Image]
"""Puts the invisible watermark into a picture, RGB or RGBA; the same size and mode come back."""
Verify = Callable[[bytes, Spec], None]
"""Looks at a finished file, and raises where it must not go out."""
Compressor = Callable[[bytes, Format], bytes | None]
"""Compresses a lossless PNG into a file of the format; None where it does not want to."""


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
    bytes_uncompressed: int
    """Before compression: what the scaled picture takes as programs write it that do not try to be small. A
    baseline JPEG of quality 92, ImageMagick's default, or a lossless PNG of Pillow where the file is a PNG.
    Not width x height x 3: a saving over that would flatter every compression."""


@dataclass
class Making:
    """What renditions are made with."""

    mark: Mark | None = None
    verify: Verify | None = None
    compressor: Compressor | None = None
    target: float = TARGET
    """SSIMULACRA2 to aim at, 0-100."""
    encoders: Mapping[Format, Sequence[Encoder]] = field(default_factory=lambda: ENCODERS)


def render(picture: Source, specs: Iterable[Spec], making: Making | None = None) -> Iterator[Rendered]:
    """Make ``specs`` of ``picture``, in the order given; largest first decodes the original once.

    Raises ``Rejected`` where the original turns out too damaged, and whatever ``mark`` and ``verify`` raise.
    """
    making, sizes = making or Making(), Sizes(picture)
    compression = _Compression(making)
    shown: tuple[object, _Uncompressed] | None = None
    for spec in specs:
        pixels = sizes.at(spec.scaled)
        look = (spec.scaled, spec.width, spec.height, is_clear(pixels, spec.format))
        if shown is None or shown[0] != look:
            shown = look, _Uncompressed(_marked(on_canvas(pixels, spec), making.mark))
        rendered = compression.rendered(spec, shown[1])
        if making.verify:
            making.verify(rendered.data, spec)
        yield rendered


def _marked(picture: Image.Image, mark: Mark | None) -> Image.Image:
    return mark(picture) if mark else picture


class _Uncompressed:
    """A picture to be compressed, and what it takes before."""

    def __init__(self, picture: Image.Image) -> None:
        self.picture = picture
        self._before: dict[bool, int] = {}

    def before(self, format: Format) -> int:
        """Bytes, measured when first asked for."""
        lossless = format == "PNG"
        if lossless not in self._before:
            solid = self.picture.convert("RGB") if self.picture.mode == "RGBA" else self.picture
            data = plain_png(self.picture) if lossless else PLAIN.encode(solid, PLAIN_QUALITY)
            self._before[lossless] = len(data)
        return self._before[lossless]


class _Compression:
    """Compresses; remembers which quality each way needed last, since the next size needs about that."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._last: dict[str, int] = {}

    def rendered(self, spec: Spec, uncompressed: _Uncompressed) -> Rendered:
        """The finished file."""
        before = uncompressed.before(spec.format)
        data, encoder, found = self._compressed(uncompressed.picture, spec.format)
        quality, score = (found.quality, found.score) if found else (None, None)
        size = spec.width, spec.height
        return Rendered(spec, data, *size, spec.format, encoder, quality, score, SCALING, before)

    def _compressed(self, picture: Image.Image, format: Format) -> tuple[bytes, str, Found | None]:
        compressor = self._making.compressor
        if compressor and (data := compressor(plain_png(picture), format)):
            return data, "TinyPNG", None
        if format == "PNG":
            return *png(picture), None
        encoder, found = self._chosen(picture, self._making.encoders[format])
        self._last[encoder.name] = found.quality
        return encoder.encode(picture, found.quality), encoder.name, found

    def _chosen(self, picture: Image.Image, encoders: Sequence[Encoder]) -> tuple[Encoder, Found]:
        """The first that reaches the target, and at which quality; the last where none does."""
        part = sample(picture)
        for encoder in encoders:
            found = self._quality(part, encoder)
            if found.reached:
                break
        return encoder, found

    def _quality(self, part: Sample, encoder: Encoder) -> Found:
        low, usual, high = encoder.qualities
        if low == high:
            return Found(usual, None, 0)

        def score(quality: int) -> float:
            return part.score(encoder.encode(part.picture, quality))

        first = self._last.get(encoder.name, usual)
        return lowest(score, (low, high), first, self._making.target)
