"""What the AWS engine stands on: the table, the buckets, and everything opened on them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loupe.settings import Settings
from pipeline.adapters.dynamo_ledger import DynamoLedger
from pipeline.adapters.dynamo_table import Table
from pipeline.adapters.s3_archive import S3Archive
from pipeline.adapters.s3_store import S3Store
from pipeline.chain import Chain, discover
from pipeline.engine import Engine
from pipeline.errors import Misconfigured
from pipeline.publication import FOR_EVER

if TYPE_CHECKING:
    from pipeline.adapters.dynamo_cards import DynamoCards
    from pipeline.adapters.dynamo_catalog import DynamoCatalog
    from pipeline.adapters.dynamo_notes import DynamoNotes
    from pipeline.adapters.dynamo_standings import DynamoStandings

NEEDED = ("table", "store_bucket", "public_bucket")


@dataclass(frozen=True, slots=True)
class Cloud:
    """One table and its buckets. Nothing is connected before it is asked for.

    What few functions need is imported when it is first asked for: a function starts the sooner.
    """

    settings: Settings
    chain: Chain
    table: Table
    ledger: DynamoLedger
    store: S3Store
    public: S3Store
    archive: S3Archive

    def engine(self, ports: dict[type, object] | None = None) -> Engine:
        """For all who take pictures in, replay or watch; with ``ports``, for who runs an actor."""
        return Engine(self.chain, self.ledger, ports or {})

    @property
    def catalog(self) -> "DynamoCatalog":
        """Images as people look them up."""
        from pipeline.adapters.dynamo_catalog import DynamoCatalog

        return DynamoCatalog(self.table, self.chain.names())

    @property
    def notes(self) -> "DynamoNotes":
        """What people asked for."""
        from pipeline.adapters.dynamo_notes import DynamoNotes

        return DynamoNotes(self.table)

    @property
    def standings(self) -> "DynamoStandings":
        """How images stand with the public."""
        from pipeline.adapters.dynamo_standings import DynamoStandings

        return DynamoStandings(self.table)

    @property
    def cards(self) -> "DynamoCards":
        """The outbox of Slack cards."""
        from pipeline.adapters.dynamo_cards import DynamoCards

        return DynamoCards(self.table)


def cloud(settings: Settings, chain: Chain | None = None) -> Cloud:
    """The ground that the settings name. Raises ``Misconfigured``."""
    if missing := [f"LOUPE_{name.upper()}" for name in NEEDED if not getattr(settings, name)]:
        raise Misconfigured(f"{', '.join(missing)} must be set beside each other. The template sets them.")
    table = Table(settings.table)
    return Cloud(
        settings=settings,
        chain=chain or discover(),
        table=table,
        ledger=DynamoLedger(table),
        store=S3Store(settings.store_bucket),
        public=S3Store(settings.public_bucket, cache=FOR_EVER),
        archive=S3Archive(settings.store_bucket),
    )
