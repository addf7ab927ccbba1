"""Mailboxes: whom mail goes to and comes from. Nothing that is taken here can break out of a header.

What is taken is the dot-atom form of RFC 5322, section 3.4.1, no longer than RFC 5321, section 4.5.3.1, says.
Quoted local parts, address literals and local parts beyond ASCII (RFC 6531) are refused, because many servers
refuse them too. Domains beyond ASCII are written as IDNA 2008 does (RFC 5891).
"""

import re
import unicodedata
from email.headerregistry import Address

import idna

from pipeline.errors import Unsuitable

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*")
NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<mailbox>[^<>]*)>")
LONGEST_LOCAL, LONGEST = 64, 254
"""Octets of the local part, and of all."""
SHOWN = 60
"""Characters of a wrong mailbox that are repeated to whoever wrote it."""


def mailbox(words: str) -> str:
    """``local@domain``, its domain in lower case and ASCII. Raises ``Unsuitable`` with what is wrong."""
    local, at, domain = words.strip(" ").rpartition("@")
    if not at:
        raise Unsuitable(f"“{line(words, SHOWN)}” is no e-mail address: it needs an @.")
    if not LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise Unsuitable(
            f"“{line(words, SHOWN)}” cannot be used: before the @ go plain letters, digits and dots."
        )
    found = f"{local}@{_domain(domain, words)}"
    if len(found) > LONGEST:
        raise Unsuitable(f"“{line(words, SHOWN)}” is too long for an e-mail address.")
    return found


def folded(mailbox: str) -> str:
    """Equal for mailboxes that count as one. Servers may tell local parts apart by case; none in use does."""
    return mailbox.lower()


def masked(mailbox: str) -> str:
    """Enough of a mailbox for its owner to know it: ``y…@example.org``."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local[:1]}…@{domain}"


def sender(words: str) -> Address:
    """``Loupe <loupe@example.org>`` or a mailbox alone. Raises ``Unsuitable``."""
    named = NAMED.fullmatch(words.strip(" "))
    name = line(named["name"].strip(' "')) if named else ""
    if named and name != named["name"].strip(' "'):
        raise Unsuitable("The sender's name has characters that no header can hold.")
    return Address(name, addr_spec=mailbox(named["mailbox"] if named else words))


def line(words: object, longest: int = 200) -> str:
    """Anybody's words on one line: what controls, breaks lines or cannot be written becomes a space.

    So does an encoded word (RFC 2047): the standard library would decode it, line breaks and all.
    """
    kept = "".join(c if unicodedata.category(c)[0] not in "CZ" else " " for c in str(words)).replace(
        "=?", "= ?"
    )
    whole = " ".join(kept.split())
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


def _domain(domain: str, words: str) -> str:
    try:
        plain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        plain = ""
    if not DOMAIN.fullmatch(plain):
        raise Unsuitable(f"“{line(words, SHOWN)}” cannot be used: what follows the @ is no name of a host.")
    return plain
