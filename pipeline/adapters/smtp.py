"""Hands messages to an SMTP server (RFC 5321), step by step: the last step is known before it is taken.

One connection serves several messages and is opened anew after a pause or a fault. Waiting is bounded.
"""

import base64
import contextlib
import re
import smtplib
import ssl
import time
from collections.abc import Callable

from pipeline.letters.mailbox import line
from pipeline.posting import Answer, Never, NotNow, Parcel, SmtpOffice, Taken, Unsure

SECONDS, ANSWER_SECONDS = 15.0, 60.0
"""For each step, and for the answer to a whole message: a server may look into it first."""
IDLE = 20.0
"""Seconds after which a connection is not used again."""
MOST = 50
"""Messages over one connection."""
DOT = re.compile(rb"^\.", re.MULTILINE)
ENHANCED = re.compile(r"\b[245]\.(\d{1,3})\.(\d{1,3})\b")
"""RFC 3463: subject and detail."""
END = b".\r\n"
WHOSE = {"550", "551", "553"}
"""Plain codes that speak of the mailbox when they answer RCPT (RFC 5321, section 4.2.3)."""


class Smtp:
    """``pipeline.posting.Post``. For one thread at a time."""

    def __init__(
        self, office: SmtpOffice, name: str, seconds: float = SECONDS, answer: float = ANSWER_SECONDS
    ) -> None:
        self._office, self._name, self._seconds, self._answer = office, name, seconds, answer
        self._server: smtplib.SMTP | None = None
        self._used, self._sent = 0.0, 0

    def hand_in(self, parcel: Parcel, last: Callable[[], None]) -> Answer:
        """See ``Post.hand_in``."""
        try:
            server = self._ready()
            if refused := _offered(server, parcel):
                self._used = time.monotonic()
                return refused
            server.send(_body(parcel.message))
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            return NotNow(self._words(fault))
        try:
            last()
        except BaseException:
            self._drop()  # in the middle of a message: the server throws it away
            raise
        return self._end(server)

    def look(self) -> str | None:
        """See ``Post.look``."""
        try:
            self._ready()
        except (smtplib.SMTPException, OSError) as fault:
            return self._words(fault)
        finally:
            self.close()
        return None

    def close(self) -> None:
        """Say goodbye; the next message opens another connection."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if self._server:
                self._server.quit()
        self._drop()

    def _end(self, server: smtplib.SMTP) -> Answer:
        try:
            _patience(server, self._answer)
            server.send(END)
            code, words = server.getreply()
            _patience(server, self._seconds)
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            return Unsure(self._words(fault))
        self._used, self._sent = time.monotonic(), self._sent + 1
        if code == 421:
            self._drop()
        return Taken() if 200 <= code < 300 else _refused(code, words, "the message")

    def _ready(self) -> smtplib.SMTP:
        """A connection on which a message may begin."""
        if self._server and (
            time.monotonic() - self._used > IDLE or self._sent >= MOST or not _lives(self._server)
        ):
            self._drop()
        if self._server is None:
            self._server, self._sent = self._opened(), 0
        return self._server

    def _opened(self) -> smtplib.SMTP:
        office, context = self._office, ssl.create_default_context()
        server: smtplib.SMTP
        if office.secrecy == "tls":
            server = smtplib.SMTP_SSL(
                office.host, office.port, self._name, timeout=self._seconds, context=context
            )
        else:
            server = smtplib.SMTP(office.host, office.port, self._name, timeout=self._seconds)
        try:
            server.ehlo_or_helo_if_needed()
            if office.secrecy == "starttls":
                server.starttls(context=context)
                server.ehlo()
            if office.user:
                server.login(office.user, office.password)
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        """Close without a word: QUIT in the middle of a message would be taken for a part of it."""
        if self._server:
            self._server.close()
        self._server = None

    def _words(self, fault: Exception) -> str:
        where = f"{self._office.host}:{self._office.port}"
        match fault:
            case smtplib.SMTPAuthenticationError():
                words = f"does not let us in: {fault.smtp_code} {_said(fault.smtp_error)}. Look at LOUPE_MAIL"
            case smtplib.SMTPNotSupportedError() if self._office.secrecy == "starttls" and "STARTTLS" in str(
                fault
            ):
                words = (
                    "does not offer STARTTLS, so others could read along. Use smtps:, or say ?starttls=off"
                )
            case smtplib.SMTPNotSupportedError():
                words = f"cannot be used: {line(fault)}"
            case ssl.SSLCertVerificationError():
                why = fault.verify_message
                words = f"is not trusted: {why}. SSL_CERT_FILE may name who signed its certificate"
            case smtplib.SMTPResponseException():
                words = f"does not serve us: {fault.smtp_code} {_said(fault.smtp_error)}"
            case _ if isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError):
                words = "does not answer in time"
            case _:
                words = f"broke off ({type(fault).__name__}: {line(fault)})"
        return self._without_password(f"{where} {words}.")

    def _without_password(self, words: str) -> str:
        """A server may repeat what it was told."""
        secret = self._office.password
        if not secret:
            return words
        coded = [f"{self._office.user}\0{secret}", f"\0{self._office.user}\0{secret}", secret]
        for each in [secret, *(base64.b64encode(form.encode()).decode() for form in coded)]:
            words = words.replace(each, "…")
        return words


def _offered(server: smtplib.SMTP, parcel: Parcel) -> Answer | None:
    """Name sender and mailbox, begin the message; what the server refuses."""
    code, words = server.mail(parcel.sender)
    if code != 250:
        server.rset()
        return NotNow(
            f"The sender {parcel.sender} was refused: {code} {_said(words)}. Look at LOUPE_MAIL_FROM."
        )
    code, words = server.rcpt(parcel.mailbox)
    if code not in (250, 251):
        server.rset()
        return _refused(code, words, "the mailbox")
    server.putcmd("data")
    code, words = server.getreply()
    if code != 354:
        server.rset()
        return _refused(code, words, "the message")
    return None


def _refused(code: int, words: bytes, what: str) -> Answer:
    said = f"{what[0].upper()}{what[1:]} was refused: {code} {_said(words)}"
    speaks_of = ENHANCED.search(_said(words))
    subject, detail = (speaks_of[1], speaks_of[2]) if speaks_of else ("", "")
    full = subject == "2" and detail == "2"
    mailbox = subject in ("1", "2") or (
        what == "the mailbox" and not subject and (str(code) in WHOSE or code < 500)
    )
    return Never(said, mailbox) if code >= 500 and not full else NotNow(said, mailbox)


def _body(message: bytes) -> bytes:
    """The message as it goes over the wire, but for its end: no line is a dot alone."""
    ended = message if message.endswith(b"\r\n") else message + b"\r\n"
    return DOT.sub(b"..", ended)


def _lives(server: smtplib.SMTP) -> bool:
    try:
        return server.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _patience(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock:
        server.sock.settimeout(seconds)


def _said(words: bytes | str) -> str:
    return line(words.decode("utf-8", "replace") if isinstance(words, bytes) else words)
