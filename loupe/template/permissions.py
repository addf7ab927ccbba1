"""Who may do what: for each port the statements that its adapter needs on AWS, and nothing more.

A port that is only settings needs nothing. A port that is not here is refused with a sentence, so that nobody
gets a right by accident.
"""

from collections.abc import Callable, Iterable

from loupe.template import rows
from loupe.template.data import ARCHIVE, distribution_arn
from loupe.template.parts import Json, allow, att, ref, sub, when
from pipeline import ports
from pipeline.actor import Actor
from pipeline.errors import Declaration
from pipeline.publication import Standings

Statements = tuple[Json, ...]

READ = ("dynamodb:GetItem", "dynamodb:Query")
WRITE = ("dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")


def ledger() -> Json:
    """Reading and writing the table by its keys."""
    return allow((*READ, *WRITE), rows.arn())


def reading() -> Json:
    """Reading the table by its keys."""
    return allow(READ, rows.arn())


def indexes() -> Json:
    """Reading the table by its indexes."""
    return allow(["dynamodb:Query"], sub("${Table}/index/*", Table=rows.arn()))


def stream() -> Json:
    """Reading the table's stream."""
    actions = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    return allow([f"dynamodb:{each}" for each in actions], rows.streams())


def objects(bucket: str, *verbs: str, below: str = "") -> Json:
    """Objects of a bucket below a prefix: ``Get``, ``Put``, ``Delete``, ``Restore``."""
    actions = [f"s3:{verb}Object" for verb in verbs]
    if "Put" in verbs:
        actions.append("s3:AbortMultipartUpload")
    return allow(actions, sub(f"${{{bucket}.Arn}}/{below}*"))


def listing(bucket: str) -> Json:
    """Listing a bucket; without it, S3 says "forbidden" of an object that is not there."""
    return allow(["s3:ListBucket"], att(bucket))


def secrets() -> Json:
    """The secrets of this installation; the key that they are sealed with is AWS's own."""
    below = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${AWS::StackName}"
    return allow(["ssm:GetParametersByPath"], [sub(below), sub(f"{below}/*")])


def receiving(*queues: str) -> Json:
    """Taking messages from queues, and putting them off."""
    actions = ("ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage")
    return allow([f"sqs:{each}" for each in actions], [att(queue) for queue in queues])


def sending(*queues: str) -> Json:
    """Putting messages into queues."""
    return allow(["sqs:SendMessage"], [att(queue) for queue in queues])


def publishing() -> Json:
    """Publishing events."""
    return allow(["sns:Publish"], ref("Topic"))


def mailing() -> Json:
    """Sending mail by the addresses and domains that SES knows."""
    own = "arn:${AWS::Partition}:ses:*:${AWS::AccountId}:identity/*"
    return allow(["ses:SendEmail", "ses:SendRawEmail"], sub(own))


def telling() -> Json:
    """Publishing news to the topic that was named for them."""
    own = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${NewsTopic}"
    return when("HasNewsTopic", allow(["sns:Publish"], sub(own)))


def logging(logs: str) -> Json:
    """Writing to one log group."""
    return allow(["logs:CreateLogStream", "logs:PutLogEvents"], att(logs))


def rekognition(action: str) -> Json:
    """Asking Rekognition, where it was chosen. It knows no resources, so AWS demands ``*``."""
    return when("UseRekognition", allow([f"rekognition:{action}"], "*"))


def invalidation() -> Json:
    """Making the caches of the distribution forget."""
    return allow(["cloudfront:CreateInvalidation"], distribution_arn())


def _nothing() -> Statements:
    return ()


def files(bucket: str) -> Statements:
    """Reading, writing and deleting what a bucket has, and what is half-sent to it."""
    halves = allow(["s3:ListBucketMultipartUploads"], att(bucket))
    return objects(bucket, "Get", "Put", "Delete"), listing(bucket), halves


NEEDED: dict[object, Callable[[], Statements]] = {
    ports.Store: lambda: files("Store"),
    ports.Public: lambda: files("Public"),
    ports.Archive: lambda: (
        objects("Store", "Get", "Put", "Delete", "Restore", below=ARCHIVE),
        listing("Store"),
    ),
    ports.Incoming: lambda: (objects("Store", "Get"), listing("Store")),
    ports.Pictures: lambda: (objects("Store", "Get"), listing("Store")),
    ports.Cdn: lambda: (invalidation(),),
    ports.NudityDetector: lambda: (rekognition("DetectModerationLabels"),),
    ports.FaceDetector: lambda: (rekognition("DetectFaces"),),
    ports.News: lambda: (sending("CardsQueue", "NewsQueue"),),
}
"""What the adapter of a port needs beside the ledger."""
NOTHING_MORE: frozenset[object] = frozenset(
    (
        ports.Appointments,
        ports.Archiving,
        ports.Gazetteer,
        ports.Geocoder,
        ports.Limits,
        ports.Marking,
        ports.Notes,
        ports.Owners,
        ports.Publishing,
        ports.ReleaseBands,
        ports.Rendering,
        ports.Twins,
        ports.Uses,
        Standings,
    )
)
"""Ports whose adapters are settings, files of the function, or the ledger itself."""
SECRETIVE: frozenset[object] = frozenset((ports.Incoming, ports.Marking, ports.News, ports.Rendering))
"""Ports whose adapters need a secret: Slack's token, the watermark's key, the sinks, TinyPNG's key."""


def needed(actor: Actor) -> Statements:
    """What an actor needs beside its queue and log. Raises ``Declaration`` for an unknown port."""
    found: list[Json] = [ledger()]
    for port in actor.ports.values():
        if port not in NEEDED and port not in NOTHING_MORE:
            raise Declaration(
                f"{actor.name}: say in loupe/template/permissions.py what {port.__name__} needs on AWS."
            )
        found += [each for each in NEEDED.get(port, _nothing)() if each not in found]
    return tuple(found)


def secretive(actor: Actor) -> bool:
    """Does an actor need secrets?"""
    return not SECRETIVE.isdisjoint(actor.ports.values())


def distinct(statements: Iterable[Json]) -> list[Json]:
    """Each statement once."""
    found: list[Json] = []
    for each in statements:
        if each not in found:
            found.append(each)
    return found
