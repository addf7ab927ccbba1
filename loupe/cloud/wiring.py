"""Which adapter answers which port of the actors on AWS. Only the function that needs one imports it.

So a function whose actor looks at no pixels carries no libraries for them, and starts the sooner.
"""

from collections.abc import Callable, Collection, Mapping

from loupe import given
from loupe.cloud.ground import Cloud
from pipeline import ports as port
from pipeline.actor import Actor
from pipeline.errors import Misconfigured
from pipeline.publication import Standings


def ports_of(base: Cloud, actor: Actor) -> dict[type, object]:
    """The ports that an actor names, and no others."""
    return ports(base, set(actor.ports.values()))


def ports(base: Cloud, wanted: Collection[type]) -> dict[type, object]:
    """These ports. Raises ``KeyError`` for one that nobody answers."""
    return {each: MAKERS[each](base) for each in wanted}


def _store(base: Cloud) -> object:
    from pipeline.adapters.archived_store import ArchivedStore

    return ArchivedStore(base.store, base.archive)


def _incoming(base: Cloud) -> object:
    from pipeline.adapters.incoming import IncomingBySource
    from pipeline.adapters.s3_incoming import S3Incoming

    found: dict[str, port.Incoming] = {"s3": S3Incoming()}
    token = base.settings.slack_bot_token
    if token:
        from bot.api import client
        from bot.files import SlackFiles
        from pipeline.adapters.download import fetch
        from pipeline.adapters.dynamo_cards import DynamoCards

        web = client(token.get_secret_value(), base.settings.slack_api_url)
        found["slack"] = SlackFiles(web, DynamoCards(base.table), fetch)
    return IncomingBySource(found)


def _twins(base: Cloud) -> object:
    from pipeline.adapters.dynamo_twins import DynamoTwins

    return DynamoTwins(base.table)


def _uses(base: Cloud) -> object:
    from pipeline.adapters.dynamo_uses import DynamoUses

    waiting = given.without_original(base.chain)
    return DynamoUses(base.table, waiting, given.archiving(base.settings).restore_for)


def _appointments(base: Cloud) -> object:
    from pipeline.adapters.dynamo_appointments import DynamoAppointments

    return DynamoAppointments(base.table, base.ledger.images)


def _owners(base: Cloud) -> object:
    from pipeline.adapters.dynamo_owners import DynamoOwners

    return DynamoOwners(base.table)


def _pictures(base: Cloud) -> object:
    from pipeline.adapters.archived_store import ArchivedStore
    from pipeline.adapters.pictures import StoredPictures

    store = ArchivedStore(base.store, base.archive)
    return StoredPictures(store, base.settings.decode_memory << 20)


def _nudity(base: Cloud) -> object:
    if base.settings.detectors == "rekognition":
        from pipeline.adapters.rekognition_nudity import RekognitionNudity

        return RekognitionNudity()
    from pipeline.adapters.onnx_nudity import OnnxNudity

    return OnnxNudity()


def _faces(base: Cloud) -> object:
    if base.settings.detectors == "rekognition":
        from pipeline.adapters.rekognition_faces import RekognitionFaces

        return RekognitionFaces()
    from pipeline.adapters.onnx_faces import OnnxFaces

    return OnnxFaces()


def _gazetteer(base: Cloud) -> object:
    from loupe.prepare import gazetteer

    return gazetteer(base.settings.data)


def _geocoder(base: Cloud) -> object:
    if not base.settings.nominatim:
        from pipeline.adapters.nominatim_off import NominatimOff

        return NominatimOff()
    from importlib.metadata import version

    from pipeline.adapters.nominatim import Nominatim

    return Nominatim(base.settings.data / "cache", f"Loupe/{version('loupe')} ({base.settings.nominatim})")


def _news(base: Cloud) -> object:
    from loupe.cloud.telling import news

    return news(base)


def _cdn(base: Cloud) -> object:
    if not base.settings.distribution:
        from pipeline.adapters.local_cdn import LocalCdn

        return LocalCdn(base.settings.site)
    from pipeline.adapters.cloudfront_cdn import CloudFrontCdn

    return CloudFrontCdn(base.settings.site, base.settings.distribution)


def _marking(base: Cloud) -> object:
    """On AWS the key has to be said: every function would make one of its own otherwise."""
    key = base.settings.watermark_key
    if not key:
        raise Misconfigured(
            "LOUPE_WATERMARK_KEY is missing. `loupe deploy` makes one and keeps it among the secrets."
        )
    return given.Marks(key.get_secret_value().encode())


def _rendering(base: Cloud) -> object:
    service = None
    if base.settings.tinypng_key:
        from pipeline.adapters.tinypng import TinyPng

        service = TinyPng(base.settings.tinypng_key.get_secret_value(), base.settings.tinypng_monthly)
    return given.Renders(base.settings.decode_memory << 20, service)


def _bands(base: Cloud) -> object:
    return given.Bands(base.settings.safe_below * 100, base.settings.nude_from * 100)


MAKERS: Mapping[type, Callable[[Cloud], object]] = {
    port.Store: _store,
    port.Incoming: _incoming,
    port.Twins: _twins,
    port.Uses: _uses,
    port.Archive: lambda base: base.archive,
    port.Archiving: lambda base: given.archiving(base.settings),
    port.Appointments: _appointments,
    port.Owners: _owners,
    port.Pictures: _pictures,
    port.NudityDetector: _nudity,
    port.FaceDetector: _faces,
    port.Gazetteer: _gazetteer,
    port.Geocoder: _geocoder,
    port.News: _news,
    port.Notes: lambda base: base.notes,
    port.Public: lambda base: base.public,
    port.Cdn: _cdn,
    Standings: lambda base: base.standings,
    port.Marking: _marking,
    port.Rendering: _rendering,
    port.Publishing: lambda base: given.Pages(base.settings.page_location),
    port.Limits: lambda base: base.settings,
    port.ReleaseBands: _bands,
}
