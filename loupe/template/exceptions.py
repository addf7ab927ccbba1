"""Rules of checkov and cfn-lint that do not apply, by kind or name of a resource, each with its reason.

They are written into the template as metadata, so that whoever checks it reads the reason there.
"""

from loupe.template.parts import Json

CHECKOV: dict[str, dict[str, str]] = {
    "AWS::Serverless::Function": {
        "CKV_AWS_115": "The queue's mapping bounds how many run; a reserve would take from others for good.",
        "CKV_AWS_116": "What starts it has a dead-letter queue, or starts it again: queue, stream, schedule.",
        "CKV_AWS_117": "It speaks with AWS's services and Slack alone; a VPC would need a NAT gateway.",
        "CKV_AWS_173": "No secret is among its variables; those lie in SSM's Parameter Store.",
    },
    "AWS::Logs::LogGroup": {
        "CKV_AWS_158": "CloudWatch seals logs with a key of its own; no secret or place is in them.",
    },
    "AWS::SQS::Queue": {
        "CKV_AWS_27": "Sealed with SQS's own key (SqsManagedSseEnabled), which this rule does not know.",
    },
    "AWS::S3::Bucket": {
        "CKV_AWS_18": "CloudTrail tells it to who turns that on; a log would outlive an erasure.",
        "CKV_AWS_21": "Versions would keep what was erased; keys name their content.",
    },
    "AlarmTopic": {
        "CKV_AWS_26": "CloudWatch cannot publish alarms to a topic that is sealed with AWS's own key.",
    },
    "AWS::CloudFront::Distribution": {
        "CKV_AWS_68": "A firewall costs $5 a month and more; here are only files and pages.",
        "CKV_AWS_86": "Loupe keeps no list of who looked at which picture.",
        "CKV_AWS_174": "TLS is 1.2 with a domain of one's own; CloudFront's certificate allows no choice.",
    },
}
EMPTY = {"W1030": "The parameter is empty by default, and then a condition keeps it from being used."}
LINT = {"Distribution": EMPTY, "RequestsDomainName": EMPTY}
"""Rules of cfn-lint, by logical id."""


def excepted(resources: Json) -> Json:
    """The resources with what does not apply to them, and why."""
    return {name: _told(name, each) for name, each in resources.items()}


def _told(name: str, each: Json) -> Json:
    told: Json = {}
    if rules := CHECKOV.get(each["Type"], {}) | CHECKOV.get(name, {}):
        skipped = [{"id": rule, "comment": reason} for rule, reason in sorted(rules.items())]
        told["checkov"] = {"skip": skipped}
    if rules := LINT.get(name, {}):
        told["cfn-lint"] = {"config": {"ignore_checks": sorted(rules)}, "reasons": rules}
    return each | ({"Metadata": told} if told else {})
