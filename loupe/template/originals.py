"""Originals behind CloudFront, for who has a signed address: only where a key was given.

Source: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html.
"""

from typing import Any

from loupe.template.data import ORIGINALS
from loupe.template.parts import Json, joined, ref, resource, sub

CONDITION = "HasOriginalsKey"
UNCACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""CloudFront's own cache policy CachingDisabled: what is erased is nowhere."""


def resources() -> Json:
    """The public key, the group that is trusted, and what browsers are told of originals."""
    lines = {"Fn::Join": ["\n", {"Fn::Split": [":", ref("OriginalsKey")]}]}
    pem = joined("-----BEGIN PUBLIC KEY-----", lines, "-----END PUBLIC KEY-----", "", by="\n")
    key = {
        "Name": sub("${AWS::StackName}-originals"),
        "CallerReference": sub("${AWS::StackName}"),
        "EncodedKey": pem,
    }
    group = {"Name": sub("${AWS::StackName}-originals"), "Items": [ref("OriginalsPublicKey")]}
    return {
        "OriginalsPublicKey": resource(
            "CloudFront::PublicKey", {"PublicKeyConfig": key}, Condition=CONDITION
        ),
        "OriginalsKeyGroup": resource("CloudFront::KeyGroup", {"KeyGroupConfig": group}, Condition=CONDITION),
        "OriginalsHeaders": resource(
            "CloudFront::ResponseHeadersPolicy",
            {"ResponseHeadersPolicyConfig": _headers()},
            Condition=CONDITION,
        ),
    }


def behaviour() -> Json:
    """Who has no address that the key signed, or one that ended, gets 403 from CloudFront."""
    return {
        "PathPattern": f"{ORIGINALS}*",
        "TargetOriginId": "originals",
        "ViewerProtocolPolicy": "https-only",
        "AllowedMethods": ["GET", "HEAD"],
        "CachePolicyId": UNCACHED,
        "ResponseHeadersPolicyId": ref("OriginalsHeaders"),
        "TrustedKeyGroups": [ref("OriginalsKeyGroup")],
    }


def _headers() -> Json:
    """An original is a stranger's file: it is saved, never shown as a page, and no cache keeps it."""
    told = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": "attachment",
    }
    items: list[dict[str, Any]] = [
        {"Header": name, "Value": value, "Override": True} for name, value in told.items()
    ]
    return {
        "Name": sub("${AWS::StackName}-originals"),
        "CustomHeadersConfig": {"Items": items},
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {
                "ContentSecurityPolicy": "sandbox; default-src 'none'",
                "Override": True,
            },
            "ContentTypeOptions": {"Override": True},
            "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
        },
    }
