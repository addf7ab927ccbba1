"""Everywhere on AWS that something of an image can be."""

from typing import cast

from loupe.cloud.ground import Cloud
from loupe.cloud.wiring import ports
from pipeline import ports as port
from pipeline.adapters.dynamo_eraser import DynamoEraser
from pipeline.erasing import Places


def places(base: Cloud) -> Places:
    """What an erasure goes through. What lies in the drop belongs to whoever put it there, and expires."""
    cdn = cast(port.Cdn, ports(base, [port.Cdn])[port.Cdn])
    return Places(
        engine=base.engine(),
        eraser=DynamoEraser(base.table),
        store=base.store,
        archive=base.archive,
        public=base.public,
        cdn=cdn,
        cards=base.cards,
    )
