"""What Loupe on AWS does not do, in words for who asks for it (docs/aws.md)."""

from pipeline.errors import Unsuitable

MAIL = "This Loupe runs on AWS, where it sends no mail to subscribers."
LINKS = "This Loupe takes no uploads from a page. You can say where the picture was taken: press Add a place."


class NoMail:
    """The desk of ``/imgstatus mail`` that says so."""

    def on(self, words: str, asker: str) -> str:
        """Nothing is sent."""
        return MAIL

    def off(self, asker: str) -> str:
        """Nothing was."""
        return MAIL


def no_link(team: str, user: str, image: str) -> str:
    """A ``PersonalLink`` that says so."""
    raise Unsuitable(LINKS)
