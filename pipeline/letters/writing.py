"""From a piece of news and its reader to a letter."""

from dataclasses import dataclass, replace

from pipeline.letters.digests import digest_letter
from pipeline.letters.happenings import alarm_letter, image_letter, plain_letter
from pipeline.letters.letter import Letter, Link
from pipeline.letters.signing_in import Key, key_letter
from pipeline.news import Piece

OPERATOR = "You get this because LOUPE_MAIL_TO or a sink names your mailbox."
SUBSCRIBER = "You get this because you asked for it and confirmed it."
ASKED = (
    "Somebody, hopefully you, asked Loupe to send its daily digest to this mailbox. Nothing comes before you"
    " press the button behind this link. If it was not you, do nothing: you will hear no more of it."
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a letter."""

    mailbox: str
    operator: bool
    """Named by a setting; all others are subscribers."""
    stop: str = ""
    """Address of the page where a subscriber ends it."""
    confirm: str = ""
    """Address of the page where somebody who was asked for becomes a subscriber."""
    key: Key | None = None
    """What lets somebody in who asked to sign in."""


def letter(piece: Piece, reader: Reader, chart: bytes | None) -> Letter:
    """The letter that tells a piece of news, as ``pipeline.telling.told`` lets it be told, to its reader."""
    if piece.kind == "confirm":
        return confirmation(reader)
    if reader.key:
        return key_letter(reader.key)
    written = _written(piece, reader, chart)
    whence = OPERATOR if reader.operator else SUBSCRIBER
    stop = Link("Stop this mail", reader.stop) if reader.stop else None
    return replace(written, why=f"{written.why} {whence}".strip(), stop=stop)


def confirmation(reader: Reader) -> Letter:
    """Asks whether somebody wants the digest."""
    return Letter(
        subject="Loupe: do you want the daily digest?",
        title="Do you want Loupe’s daily digest?",
        lead=ASKED,
        link=Link("Yes, send it to me", reader.confirm),
        why="The link works once, within a week.",
    )


def _written(piece: Piece, reader: Reader, chart: bytes | None) -> Letter:
    match piece.kind:
        case "digest":
            return digest_letter(piece.data, chart, everything=reader.operator)
        case "alarm":
            return alarm_letter(piece.data)
        case "verdict" | "held" | "published" | "failed":
            return image_letter(piece)
        case _:
            return plain_letter(piece.data)
