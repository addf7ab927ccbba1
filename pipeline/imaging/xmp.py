"""XMP: the simple properties of a packet, read as a stream and without entities or a DTD.

Source: XMP part 1 (ISO 16684-1). Only properties of the picture itself count: those directly below
``rdf:RDF/rdf:Description``. What lies deeper, such as the GPS fields of ``Iptc4xmpExt:LocationShown``,
belongs to something that the picture shows.
"""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler, feature_namespaces

from defusedxml.common import DefusedXmlException
from defusedxml.sax import make_parser

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PREFIXES = {
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
}
ABOVE = [(RDF, "RDF"), (RDF, "Description")]
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 (2.2) does not know."""
BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
ATTRIBUTE = re.compile(rb"""\b((?:exif|exifEX|tiff|photoshop):\w{1,40})=["']([^"'<>]+)["']""")
OTHERS = re.compile(rb"Location(?:Shown|Created)")
MAX_PACKET = 2 << 20
"""Bytes that are read; larger packets carry a history of edits after the properties."""
MAX_DEPTH, MAX_ELEMENTS = 64, 50_000
MAX_TEXT = 4096
MAX_PROPERTIES = 2000

Name = tuple[str | None, str]
Xmp = Mapping[str, str]
"""Properties by prefixed name, such as ``exif:GPSLatitude``."""


def read_xmp(packet: bytes | None) -> Xmp:
    """The properties that Loupe may ask for, of a damaged packet those that can still be told.

    Bytes that are not UTF-8, control characters and bare ampersands, which writers do leave behind,
    are mended; where the XML is broken, attributes that look like properties count.
    """
    if not packet:
        return {}
    packet = packet[:MAX_PACKET].strip(b"\0 \r\n\t")
    found, whole = _parse(packet)
    return found if whole else {**_picked(packet), **_parse(_mended(packet))[0], **found}


def _parse(packet: bytes) -> tuple[dict[str, str], bool]:
    """What was found, and whether the packet could be read to its end."""
    handler = _Properties()
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(handler)
    try:
        parser.feed(packet)
        parser.close()
    except (SAXException, DefusedXmlException, ValueError, LookupError):
        return handler.found, False
    return handler.found, True


def _picked(packet: bytes) -> dict[str, str]:
    """Attributes by their usual prefixes, unless something that the picture shows may own them."""
    if OTHERS.search(packet):
        return {}
    pairs = islice(ATTRIBUTE.finditer(packet), MAX_PROPERTIES)
    return {pair[1].decode(): pair[2].decode("utf-8", "replace").strip()[:MAX_TEXT] for pair in pairs}


def _mended(packet: bytes) -> bytes:
    words = FORBIDDEN.sub(" ", packet.decode("utf-8", "replace")).strip()
    return BARE_AMPERSAND.sub("&amp;", words).encode()


def orientation_of(xmp: Xmp) -> int | None:
    """``tiff:Orientation``, 1-8; None where it is missing or anything else."""
    stated = xmp.get("tiff:Orientation", "")
    return int(stated) if stated in set("12345678") else None


class _Properties(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.path: list[Name] = []
        self.elements = 0
        self.text: list[str] = []

    def startElementNS(self, name: Name, qname: str | None, attrs: Any) -> None:  # noqa: N802
        if [*self.path[-1:], name] == ABOVE:
            for attribute, value in attrs.items():
                self._keep(attribute, value)
        self.elements += 1
        if len(self.path) > MAX_DEPTH or self.elements > MAX_ELEMENTS:
            raise SAXException("more than a picture has to say")
        self.path.append(name)
        self.text = []

    def endElementNS(self, name: Name, qname: str | None) -> None:  # noqa: N802
        self.path.pop()
        if self.path[-2:] == ABOVE:
            self._keep(name, "".join(self.text))
        self.text = []

    def characters(self, content: str) -> None:
        if len(self.text) < MAX_TEXT:
            self.text.append(content)

    def _keep(self, name: Name, value: str) -> None:
        prefix, value = PREFIXES.get(name[0] or ""), value.strip()[:MAX_TEXT]
        if prefix and value and len(self.found) < MAX_PROPERTIES:
            self.found.setdefault(f"{prefix}:{name[1]}", value)
