"""What can be said when the stack is deployed. Every default is safe: small, private, in one region."""

from typing import Any

from loupe.settings import Settings, variable
from loupe.template.parts import Json, logical, ref


def _text(description: str, default: str = "", **more: Any) -> Json:
    return {"Type": "String", "Description": description, "Default": default, **more}


def _number(description: str, default: float, least: float, most: float) -> Json:
    limits = {"MinValue": least, "MaxValue": most}
    return {"Type": "Number", "Description": description, "Default": default, **limits}


YES_NO = {"AllowedValues": ["yes", "no"]}
LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365]
"""Of those that CloudWatch Logs knows."""

PASSED_ON = (
    "archive_after",
    "mail_from",
    "max_bytes",
    "max_frames",
    "max_pixels",
    "max_side",
    "nominatim",
    "nude_from",
    "operators",
    "operators_channel",
    "page_location",
    "restore_for",
    "safe_below",
    "timezone",
    "tinypng_monthly",
)
"""Settings (docs/settings.md) that are parameters as well; an empty one has its default."""


def _setting(name: str) -> Json:
    field = Settings.model_fields[name]
    example = f" Example: {field.examples[0]}." if field.examples else ""
    return _text(f"{field.description}.{example} (docs/settings.md, {variable(name)}).")


def passed_on() -> dict[str, Json]:
    """The variables by which every function is told its settings."""
    return {variable(name): ref(logical(name)) for name in PASSED_ON}


PARAMETERS: dict[str, Json] = {
    "Detectors": _text(
        "Who looks for nudity and faces: the models in the functions, or Amazon Rekognition, which is sent"
        " the pictures and paid for each.",
        "local",
        AllowedValues=["local", "rekognition"],
    ),
    "AlarmMail": _text("Address that hears alarms; it has to confirm. Empty for none."),
    "AlarmPerActor": _text(
        "Alarms for each actor; four each, at about $0.10 a month. Without: one for all that was parked.",
        "yes",
        **YES_NO,
    ),
    "MonthlyBudget": _number(
        "US dollars a month for this account; at 80 % you hear of it. 0 for none.", 0, 0, 10**6
    ),
    "NewsTopic": _text("Name of the SNS topic that a sink publishes to (docs/news.md); empty for none."),
    "ActorConcurrency": _number("Runs of one actor at the same time, at most.", 10, 2, 1000),
    "RouterParallelization": _number("Batches of a shard that the router takes at the same time.", 1, 1, 10),
    "LogDays": _number("Days that logs are kept.", 30, 1, 365) | {"AllowedValues": LOG_DAYS},
    "DropDays": _number("Days that a file may lie in drop/ of the store bucket.", 7, 1, 365),
    "Protection": _text("Refuse to delete the table, even to those who may.", "no", **YES_NO),
    "PriceClass": _text(
        "Where CloudFront keeps copies: 100 is North America and Europe, 200 adds Asia and Africa.",
        "PriceClass_100",
        AllowedValues=["PriceClass_100", "PriceClass_200", "PriceClass_All"],
    ),
    "OriginalsKey": _text(
        "Public half of the key that signs addresses of originals: its base64 lines, joined by colons. Empty:"
        " CloudFront brings no original to anybody.",
        AllowedPattern="[A-Za-z0-9+/=:]*",
    ),
    "DomainName": _text("Your domain of the pictures, such as pictures.example.org; empty for CloudFront's."),
    "CertificateArn": _text("ACM certificate of that domain, in us-east-1."),
    "HostedZoneId": _text("Route 53 zone in which your domains are entered; empty to enter them yourself."),
    "RequestsDomain": _text("Your domain of Slack's requests, the same in both regions; empty for AWS's."),
    "RequestsCertificateArn": _text("ACM certificate of that domain, in this region."),
    "Routing": _text(
        "How Route 53 chooses between two regions: the nearer, or the first while it is well.",
        "none",
        AllowedValues=["none", "latency", "failover"],
    ),
    "RoutingRole": _text(
        "Which one this stack is, for failover.", "PRIMARY", AllowedValues=["PRIMARY", "SECONDARY"]
    ),
    "ReplicaRegion": _text("Second region of the table, such as eu-central-1; empty for none."),
    "ExistingTable": _text("In the second region: the table's name there; empty for a table of its own."),
    "ExistingStream": _text("In the second region: the ARN of that table's stream there."),
    "Work": _text("Run actors in this region; of two regions only one may.", "yes", **YES_NO),
} | {logical(name): _setting(name) for name in PASSED_ON}


def _is(name: str, value: str) -> Json:
    return {"Fn::Equals": [ref(name), value]}


def _not(condition: Json) -> Json:
    return {"Fn::Not": [condition]}


def _and(*conditions: str) -> Json:
    return {"Fn::And": [{"Condition": each} for each in conditions]}


CONDITIONS: dict[str, Json] = {
    "UseRekognition": _is("Detectors", "rekognition"),
    "HasAlarmMail": _not(_is("AlarmMail", "")),
    "HasActorAlarms": _is("AlarmPerActor", "yes"),
    "HasBudget": _not(_is("MonthlyBudget", "0")),
    "Protected": _is("Protection", "yes"),
    "HasNewsTopic": _not(_is("NewsTopic", "")),
    "HasOriginalsKey": _not(_is("OriginalsKey", "")),
    "HasDomain": _not(_is("DomainName", "")),
    "HasZone": _not(_is("HostedZoneId", "")),
    "HasDomainRecord": _and("HasDomain", "HasZone"),
    "HasRequestsDomain": _not(_is("RequestsDomain", "")),
    "ByNothing": _is("Routing", "none"),
    "ByLatency": _is("Routing", "latency"),
    "ByFailover": _is("Routing", "failover"),
    "HasRequestsRecord": _and("HasRequestsDomain", "HasZone"),
    "HasHealthCheck": _and("HasRequestsRecord", "ByFailover"),
    "HasReplica": _not(_is("ReplicaRegion", "")),
    "OwnTable": _is("ExistingTable", ""),
    "Working": _is("Work", "yes"),
}
