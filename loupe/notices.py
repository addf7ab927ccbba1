"""What comes in by SNS: who checks it, and who hears of it."""

import logging
from dataclasses import dataclass

from loupe import alarming, carriers
from loupe.ground import Ground
from loupe.newsroom import newsroom
from pipeline.adapters.sns_messages import SnsMessages
from pipeline.adapters.sqlite_notices import SqliteNotices
from pipeline.errors import Transient
from pipeline.notices import Envelope, alarm, bounces, envelope
from pipeline.subscribers import Bounces

log = logging.getLogger("loupe.sns")


@dataclass(frozen=True, slots=True)
class Notices:
    """Takes deliveries of SNS, each once."""

    base: Ground
    messages: SnsMessages
    taken: SqliteNotices
    mail: Bounces | None

    def take(self, body: bytes) -> None:
        """See ``web.sns.Take``."""
        found = envelope(body)
        self.messages.check(found)
        if self.taken.known(found["MessageId"]):
            return
        if found["Type"] == "SubscriptionConfirmation":
            self.messages.confirm(found)
            log.info("sns: subscribed to %s", found["TopicArn"])
        elif found["Type"] == "Notification":
            self._hear(found)
        self.taken.keep(found["MessageId"])

    def _hear(self, found: Envelope) -> None:
        if told := alarm(found):
            newsroom(self.base).tell(told, alarming.hearers(self.base, told))
        back = bounces(found)
        for each in back if self.mail else ():
            assert self.mail
            self.mail.bounced(each.mailbox, each.permanent, each.words)
        if not told and not back:
            log.info("sns: a message that is neither an alarm nor about mail was put aside")


def notices(base: Ground, mail: Bounces | None = None) -> Notices:
    """For the topics of the settings. ``mail``: who keeps the mailboxes."""
    http = carriers.http(base.settings.news_hosts)

    def fetch(url: str) -> bytes:
        answer = http.get(url)
        if answer.status != 200:
            raise Transient(f"SNS answered {answer.status}.")
        return answer.body

    messages = SnsMessages(base.settings.sns_topics, fetch)
    return Notices(base, messages, SqliteNotices(base.database), mail)
