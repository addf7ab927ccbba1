"""What Loupe on AWS does not do, in words for who asks for it (docs/aws.md)."""

from pipeline.errors import Unsuitable
from pipeline.habits import Habit

DIGESTS = "This Loupe runs on AWS, where it makes no digests. `/imgstatus channel` lists the newest pictures."
MAIL = "This Loupe runs on AWS, where it sends no mail to subscribers."
LINKS = "This Loupe takes no uploads from a page. You can say where the picture was taken: press Add a place."


class NoDigests:
    """``bot.ports.Digests`` that says so."""

    def habit(self, team: str, channel: str) -> Habit:
        """See ``Digests.habit``."""
        raise Unsuitable(DIGESTS)

    def choose(self, habit: Habit) -> None:
        """See ``Digests.choose``."""
        raise Unsuitable(DIGESTS)

    def next_at(self, team: str, channel: str) -> float | None:
        """See ``Digests.next_at``."""
        raise Unsuitable(DIGESTS)

    def headline(self, team: str, channel: str) -> str:
        """See ``Digests.headline``."""
        raise Unsuitable(DIGESTS)

    def post_now(self, team: str, channel: str) -> float:
        """See ``Digests.post_now``."""
        raise Unsuitable(DIGESTS)


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
