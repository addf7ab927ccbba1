"""What commands stand on, whichever engine runs the actors: one machine's data folder, or a table on AWS."""

from typing import Protocol

from loupe.ground import Ground, ground
from loupe.settings import Settings
from pipeline.adapters.sqlite_opinions import SqliteOpinions
from pipeline.cards import Cards
from pipeline.catalog import Catalog
from pipeline.chain import Chain
from pipeline.engine import Engine
from pipeline.ledger import Ledger
from pipeline.opinions import Opinions
from pipeline.ports import Notes, Store


class AnyGround(Protocol):
    """What both have: ``loupe.ground.Ground`` and ``loupe.cloud.ground.Cloud``."""

    @property
    def settings(self) -> Settings:
        """What it was opened with."""

    @property
    def chain(self) -> Chain:
        """All actors."""

    @property
    def ledger(self) -> Ledger:
        """Where the images' rows live."""

    @property
    def catalog(self) -> Catalog:
        """Images as people look them up."""

    @property
    def notes(self) -> Notes:
        """What people asked for."""

    @property
    def store(self) -> Store:
        """Where originals lie."""

    @property
    def cards(self) -> Cards:
        """The outbox of Slack cards."""

    def engine(self) -> Engine:
        """For all who take pictures in, replay or watch; it runs no actor."""


def open_ground(settings: Settings) -> AnyGround:
    """AWS where LOUPE_TABLE is set, else the data folder. Raises ``Unavailable``, ``Misconfigured``."""
    if not settings.table:
        return ground(settings)
    from loupe.cloud.ground import cloud  # and with it what speaks with AWS; only where it is used

    return cloud(settings)


def local(base: AnyGround) -> Ground | None:
    """The data folder; None on AWS."""
    return base if isinstance(base, Ground) else None


def opinions(base: AnyGround) -> Opinions:
    """What people said is wrong."""
    if here := local(base):
        return SqliteOpinions(here.database)
    from pipeline.adapters.dynamo_opinions import DynamoOpinions
    from pipeline.adapters.dynamo_table import Table

    return DynamoOpinions(Table(base.settings.table))


def whereabouts(base: AnyGround) -> str:
    """For people: the data folder, or the table by its name."""
    return f"the table {base.settings.table}" if base.settings.table else str(base.settings.data)
