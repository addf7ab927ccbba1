"""What a file is, told from its first bytes; its name is never asked.

Sources: each format's specification; the list of file signatures of the PRONOM registry.
"""

import re

HEAD = 4096
"""Bytes that are enough to tell."""

PICTURES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
}
TIFF = re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+")
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
AVIF_BRANDS = {b"avif", b"avis"}

OTHERS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (0, b"8BPS", "a Photoshop document (PSD)"),
    (0, b"\0\0\1\0", "an icon (ICO)"),
    (0, b"\0\0\2\0", "a mouse pointer (CUR)"),
    (0, b"icns", "an Apple icon (ICNS)"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"II\xbc", "a JPEG XR picture"),
    (8, b"CR\2\0", "a camera raw file (Canon CR2), built like a TIFF"),
    (0, b"IIRO", "a camera raw file (Olympus ORF), built like a TIFF"),
    (0, b"IIRS", "a camera raw file (Olympus ORF), built like a TIFF"),
    (0, b"MMOR", "a camera raw file (Olympus ORF), built like a TIFF"),
    (0, b"IIU\0", "a camera raw file (Panasonic RW2), built like a TIFF"),
    (0, b"FUJIFILMCCD-RAW", "a camera raw file (Fujifilm RAF)"),
    (0, b"\0MRM", "a camera raw file (Minolta MRW)"),
    (0, b"FOVb", "a camera raw file (Sigma X3F)"),
    (6, b"HEAPCCDR", "a camera raw file (Canon CRW)"),
    (8, b"AVI ", "a film (AVI)"),
    (8, b"WAVE", "a sound recording (WAV)"),
    (0, b"\x1aE\xdf\xa3", "a film (Matroska or WebM)"),
    (0, b"OggS", "a sound recording or film (Ogg)"),
    (0, b"ID3", "a sound recording (MP3)"),
    (0, b"fLaC", "a sound recording (FLAC)"),
    (0, b"FLV\1", "a film (Flash)"),
    (0, b"\x00\x00\x01\xba", "a film (MPEG)"),
    (0, b"\x30\x26\xb2\x75", "a film (Windows Media)"),
    (0, b"PK\3\4", "a ZIP archive or an office document"),
    (0, b"PK\5\6", "an empty ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an XZ archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"\xd0\xcf\x11\xe0", "an old office document"),
    (0, b"%!PS", "a PostScript document"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript document (EPS)"),
    (0, b"gimp xcf", "a GIMP document (XCF)"),
    (0, b"v/1\1", "an OpenEXR picture"),
    (0, b"#?RADIANCE", "a Radiance HDR picture"),
    (0, b"DDS ", "a DDS texture"),
    (0, b"qoif", "a QOI picture"),
    (0, b"\x8aMNG", "an MNG animation"),
    (0, b"\x8bJNG", "a JNG picture"),
    (0, b"AT&TFORM", "a DjVu document"),
    (0, b"BPG\xfb", "a BPG picture"),
    (128, b"DICM", "a medical picture (DICOM)"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a Windows program"),
    (0, b"SQLite format 3", "a database"),
)
PORTABLE = re.compile(rb"P[1-7][\s#]")
ADVICE = "Loupe looks at JPEG, PNG, GIF, WebP, HEIC, AVIF, TIFF, BMP and MPO."


def picture(head: bytes) -> str | None:
    """The format's name where Loupe can look at it (MPO begins like JPEG), else None."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if any(head[offset:].startswith(mark) for offset, mark, _ in OTHERS):
        return None
    if TIFF.match(head):
        return "TIFF"
    return next((name for mark, name in PICTURES.items() if head.startswith(mark)), None)


def refusal(head: bytes) -> str:
    """A sentence that says what the file is instead of a picture."""
    if not head:
        return "This file is empty (0 bytes): its upload may have been cut off. Please send it again."
    return f"This is {_name(head)}, not a picture that Loupe can look at. {ADVICE}"


def _brands(head: bytes) -> list[bytes]:
    size = min(max(int.from_bytes(head[:4], "big"), 16), 256)
    return [head[8:12], *(head[i : i + 4] for i in range(16, size, 4))]


def _by_brand(head: bytes) -> str | None:
    major, *compatible = _brands(head)
    if major in AVIF_BRANDS or (major in {b"mif1", b"msf1"} and AVIF_BRANDS & set(compatible)):
        return "AVIF"
    return "HEIF" if major in HEIF_BRANDS else None


def _name(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return _film(head[8:12])
    for offset, mark, name in OTHERS:
        if head[offset:].startswith(mark):
            return name
    if PORTABLE.match(head):
        return "a portable bitmap (PNM)"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "a film (QuickTime)"
    return _written(head)


def _film(brand: bytes) -> str:
    if brand.startswith(b"crx"):
        return "a camera raw file (Canon CR3)"
    if brand.startswith(b"M4A"):
        return "a sound recording (M4A)"
    return "a film (QuickTime)" if brand == b"qt  " else "a film (MP4)"


def _written(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "a text file"
    words = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in words:
        return "an SVG drawing"
    if re.match(rb"(<!--.*?-->\s*)?(<!doctype html|<html|<head|<body)", words, re.DOTALL):
        return "a web page, perhaps the login page of where it came from"
    if words.startswith(b"<?xml"):
        return "an XML document"
    if re.match(rb'[{\[]\s*["{\[\d\]}]', words):
        return "a JSON document"
    plain = sum(byte >= 32 or byte in b"\t\r\n\f" for byte in head)
    return "a text file" if plain == len(head) else "a file of an unknown kind"
