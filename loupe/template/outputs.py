"""What a stack tells about itself."""

from collections.abc import Iterable
from typing import Any

from loupe.template import functions, rows
from loupe.template.parts import Json, att, logical, ref, sub, when


def outputs(actors: Iterable[str]) -> Json:
    """By name, each with what it is."""
    console = "https://${AWS::Region}.console.aws.amazon.com/cloudwatch/home?region=${AWS::Region}"
    host = {"Fn::Select": [2, {"Fn::Split": ["/", att("SlackUrl", "FunctionUrl")]}]}
    slack = when("HasRequestsDomain", ref("RequestsDomain"), host)
    found = {
        "StoreBucket": _told("Private bucket; what lands below drop/ is taken in.", ref("Store")),
        "PublicBucket": _told("Bucket of what anybody may see.", ref("Public")),
        "TableName": _told("The table.", rows.name()),
        "TableStream": _told("The ARN of its stream in this region.", rows.stream()),
        "PublicUrl": _told("Under which people see the pictures.", functions.address()),
        "DistributionId": _told("The distribution.", ref("Distribution")),
        "OriginalsKeyId": _told(
            "CloudFront's id of the key that signs addresses of originals.",
            when("HasOriginalsKey", ref("OriginalsPublicKey"), "none"),
        ),
        "DistributionDomain": _told("CloudFront's name of it.", att("Distribution", "DomainName")),
        "SlackAddress": _told("For `loupe manifest --address`.", sub("https://${Host}", Host=slack)),
        "SlackRequestUrl": _told(
            "Where Slack sends its requests: events, commands, interactivity.",
            sub("https://${Host}/slack/events", Host=slack),
        ),
        "Environment": _told(
            "For a shell from which commands look at this stack (docs/aws.md).", _environment()
        ),
        "DashboardUrl": _told("The dashboard.", sub(f"{console}#dashboards/dashboard/${{Dashboard}}")),
        "AlarmTopicArn": _told("The topic of alarms.", ref("AlarmTopic")),
        "TopicArn": _told("The topic of events (docs/events.md).", ref("Topic")),
        "SecretsPath": _told("Below which secrets lie in the Parameter Store.", sub("/${AWS::StackName}")),
    }
    for name in ("Arrivals", "Slack", "Cards", "News"):
        found[f"{name}QueueUrl"] = _told(f"The queue {name.lower()}.", ref(f"{name}Queue"))
    for name in ("router", "arrivals", "slack", "cards", "news", *actors):
        found[f"{logical(name)}ParkedUrl"] = _told(
            f"What {name} could not take.", ref(f"{logical(name)}Parked")
        )
    return found


def _environment() -> Json:
    text = (
        "export AWS_REGION=${AWS::Region} LOUPE_TABLE=${Table} LOUPE_STORE_BUCKET=${Store}"
        " LOUPE_PUBLIC_BUCKET=${Public} LOUPE_PUBLIC_URL=${Url} LOUPE_DISTRIBUTION=${Distribution}"
        " LOUPE_ORIGINALS_KEY_ID=${Key}"
    )
    key = when("HasOriginalsKey", ref("OriginalsPublicKey"), "")
    return sub(text, Table=rows.name(), Url=functions.address(), Key=key)


def _told(description: str, value: Any) -> Json:
    return {"Description": description, "Value": value}
