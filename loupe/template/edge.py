"""What the world sees: CloudFront before the public bucket, closed to everything else."""

from typing import Any

from loupe.template.parts import Json, att, ref, resource, sub, when

OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""CloudFront's own cache policy CachingOptimized.

Source: docs.aws.amazon.com/AmazonCloudFront, "Use managed cache policies".
"""
STRIP = """\
function handler(event) {
  var request = event.request;
  request.uri = request.uri.replace(/^\\/i\\//, '/');
  return request;
}
"""
"""Files lie in the bucket under their keys, and are public below /i/."""
YEAR = 31_536_000
"""Seconds that browsers keep to https."""


def distribution() -> Json:
    """The distribution, and what belongs to it."""
    config = {
        "Enabled": True,
        "Comment": sub("${AWS::StackName}: published pictures"),
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": ref("PriceClass"),
        "Origins": [_bucket()],
        "DefaultCacheBehavior": files(),
        "ViewerCertificate": when("HasDomain", _certificate(), {"CloudFrontDefaultCertificate": True}),
        "Aliases": when("HasDomain", [ref("DomainName")]),
    }
    control = {
        "Name": sub("${AWS::StackName}-public"),
        "OriginAccessControlOriginType": "s3",
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    return {
        "Distribution": resource("CloudFront::Distribution", {"DistributionConfig": config}),
        "PublicAccess": resource("CloudFront::OriginAccessControl", {"OriginAccessControlConfig": control}),
        "PublicPaths": _function("paths", "Takes /i off the path of a file.", STRIP),
        "PublicHeaders": resource("CloudFront::ResponseHeadersPolicy", _headers()),
    }


def files() -> Json:
    """How files of the bucket are served."""
    return {
        "TargetOriginId": "public",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
        "CachePolicyId": OPTIMIZED,
        "ResponseHeadersPolicyId": ref("PublicHeaders"),
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": att("PublicPaths", "FunctionMetadata.FunctionARN")}
        ],
    }


def _bucket() -> Json:
    return {
        "Id": "public",
        "DomainName": att("Public", "RegionalDomainName"),
        "OriginAccessControlId": att("PublicAccess", "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _certificate() -> Json:
    return {
        "AcmCertificateArn": sub("${CertificateArn}"),
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }


def _function(name: str, comment: str, code: str) -> Json:
    properties: dict[str, Any] = {
        "Name": sub(f"${{AWS::StackName}}-{name}"),
        "AutoPublish": True,
        "FunctionConfig": {"Comment": comment, "Runtime": "cloudfront-js-2.0"},
        "FunctionCode": code,
    }
    return resource("CloudFront::Function", properties)


def _headers() -> Json:
    security = {
        "ContentTypeOptions": {"Override": True},
        "FrameOptions": {"FrameOption": "DENY", "Override": False},
        "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": False},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": YEAR,
            "IncludeSubdomains": False,
            "Preload": False,
            "Override": True,
        },
    }
    config = {"Name": sub("${AWS::StackName}-headers"), "SecurityHeadersConfig": security}
    return {"ResponseHeadersPolicyConfig": config}
