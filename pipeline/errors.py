"""Every error that Loupe raises on purpose.

LoupeError
├── Rejected          this image will never do; the words are for the person who posted it
├── Transient         not now; try again, optionally after so many seconds
│   └── Deferred      not this mailbox now; the others behind the same server may take theirs
├── Declaration       an actor's signature does not say what it must
├── Misconfigured     a setting is missing or wrong
├── Undeliverable     a piece of news that its address will never take; parked at once
├── Unwanted          an address that wants no more news at all; its sink is paused
├── Unavailable       something Loupe stands on is broken (ledger, folder, model file)
├── Unsuitable        words of a person that cannot be taken; ours say what to change
└── Unknown           no such image, actor or key

Anything else that leaves an actor is a bug: it is retried and then parked.
"""


class LoupeError(Exception):
    """Something that Loupe can put into words."""

    def __init__(self, words: str | None = None) -> None:
        super().__init__(words or self.__doc__)

    @property
    def words(self) -> str:
        """The sentence for the person who has to act."""
        return str(self)


class Rejected(LoupeError):
    """This image cannot be looked at, now or later."""


class Transient(LoupeError):
    """Not possible at the moment; it will be tried again."""

    def __init__(self, words: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(words)
        self.retry_after = retry_after
        """Seconds to wait at least, when the other side named them."""


class Deferred(Transient):
    """This mailbox does not take it now."""


class Declaration(LoupeError):
    """An actor is declared in a way the engine cannot wire."""


class Misconfigured(LoupeError):
    """A setting is missing or wrong."""


class Undeliverable(LoupeError):
    """This piece of news cannot be delivered, now or later."""


class Unwanted(LoupeError):
    """This address wants no more news."""


class Unavailable(LoupeError):
    """Something Loupe stands on does not work."""


class Unsuitable(LoupeError):
    """These words cannot be taken."""


class Unknown(LoupeError):
    """There is nothing under that name."""
