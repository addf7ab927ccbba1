"""What can be said when the stack is deployed. Every default is safe: small, private, in one region."""

from typing import Any

from loupe.template.parts import Json, ref


def _text(description: str, default: str = "", **more: Any) -> Json:
    return {"Type": "String", "Description": description, "Default": default, **more}


def _number(description: str, default: float, least: float, most: float) -> Json:
    limits = {"MinValue": least, "MaxValue": most}
    return {"Type": "Number", "Description": description, "Default": default, **limits}


YES_NO = {"AllowedValues": ["yes", "no"]}
LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 180, 365]
"""Of those that CloudWatch Logs knows."""

PARAMETERS: dict[str, Json] = {
    "Detectors": _text(
        "Who looks for nudity and faces: the models in the functions, or Amazon Rekognition, which is sent"
        " the pictures and paid for each.",
        "local",
        AllowedValues=["local", "rekognition"],
    ),
    "Timezone": _text("Time zone of this installation's days, such as Europe/Sofia.", "UTC"),
    "ActorConcurrency": _number("Runs of one actor at the same time, at most.", 10, 2, 1000),
    "RouterParallelization": _number(
        "Batches of one shard that the router takes at the same time.", 1, 1, 10
    ),
    "LogDays": _number("Days that logs are kept.", 30, 1, 365) | {"AllowedValues": LOG_DAYS},
    "DropDays": _number("Days that a file may lie in drop/ of the store bucket.", 7, 1, 365),
    "Protection": _text("Refuse to delete the table, even by those who may.", "no", **YES_NO),
    "PriceClass": _text(
        "Where CloudFront keeps copies: 100 is North America and Europe, 200 adds Asia and Africa.",
        "PriceClass_100",
        AllowedValues=["PriceClass_100", "PriceClass_200", "PriceClass_All"],
    ),
    "DomainName": _text(
        "Your own domain of the pictures, such as pictures.example.org; empty for CloudFront's."
    ),
    "CertificateArn": _text("ACM certificate of that domain, from us-east-1."),
    "ReplicaRegion": _text("Second region of the table, such as eu-central-1; empty for none."),
}

CONDITIONS: dict[str, Json] = {
    "UseRekognition": {"Fn::Equals": [ref("Detectors"), "rekognition"]},
    "HasReplica": {"Fn::Not": [{"Fn::Equals": [ref("ReplicaRegion"), ""]}]},
    "HasDomain": {"Fn::Not": [{"Fn::Equals": [ref("DomainName"), ""]}]},
    "Protected": {"Fn::Equals": [ref("Protection"), "yes"]},
}
