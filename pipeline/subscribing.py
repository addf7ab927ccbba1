"""Taking subscribers in: a mailbox is named, a letter goes there, and only its reader can say yes."""

from dataclasses import dataclass

from pipeline.errors import Unsuitable
from pipeline.letters.mailbox import mailbox, masked
from pipeline.news import MAIL, Address, Draft
from pipeline.outbox import Newsroom
from pipeline.subscribers import Subscriber, Subscribers

CLOSED = "Loupe sends no mail to subscribers here: whoever runs it has to set {missing}."
SENT = "A letter is on its way to {mailbox}. Mail begins when you press the button behind its link."
STOPPED = "No more mail goes to {mailboxes}."
NOTHING = "There is no mailbox that you asked for."


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people ask for mail, and say that it is enough."""

    subscribers: Subscribers
    newsroom: Newsroom
    missing: str = ""
    """The settings without which no letter can go out; empty when it can."""

    def ask(self, words: str, asker: str) -> Subscriber:
        """Send a letter of confirmation. Raises ``Unsuitable`` with words.

        What is answered says nothing of whether the mailbox gets mail already.
        """
        if self.missing:
            raise Unsuitable(CLOSED.format(missing=self.missing))
        asked = self.subscribers.ask(mailbox(words), asker)
        self.newsroom.tell(draft(asked), [Address(MAIL, asked.mailbox)])
        return asked

    def on(self, words: str, asker: str) -> str:
        """The same, with the answer for a person."""
        try:
            return SENT.format(mailbox=self.ask(words, asker).mailbox)
        except Unsuitable as fault:
            return fault.words

    def off(self, asker: str) -> str:
        """Stop what this person asked for; the answer."""
        found = self.subscribers.stop_asked_by(asker)
        return STOPPED.format(mailboxes=", ".join(map(masked, found))) if found else NOTHING


def draft(asked: Subscriber) -> Draft:
    """The letter of confirmation as a piece of news. It names neither the mailbox nor its link's secret."""
    key = f"confirm/{asked.nonce}"
    return Draft(key, "confirm", key, {"headline": "Do you want Loupe's daily digest?"})
