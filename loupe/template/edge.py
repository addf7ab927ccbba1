"""What the world sees: CloudFront before the public bucket and the pages, closed to everything else.

Originals are in ``originals``.
"""

from typing import Any

from loupe.packing import entry_bundle
from loupe.template import functions, originals, permissions
from loupe.template.data import distribution_arn, origin
from loupe.template.functions import Code, Function
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
"""Seconds that browsers keep to https, and that CloudFront may keep a page whose answer says so."""
PAGE_SECONDS = 15


def page(code: Code) -> Json:
    """The pages of published images. Nobody but the distribution may ask the function."""
    function = Function(
        name="page",
        handler="page",
        does="Shows the pages of published images.",
        bundle=entry_bundle("page"),
        timeout=PAGE_SECONDS,
        memory=1024,
        rights=(permissions.reading(), permissions.objects("Public", "Get"), permissions.listing("Public")),
        inside=True,
        url={"AuthType": "AWS_IAM"},
    )
    asking = {"FunctionName": att("Page"), "Principal": "cloudfront.amazonaws.com"}
    asking["SourceArn"] = distribution_arn()
    return {
        **functions.made(function, code),
        # Both are asked for since October 2025 (docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
        "PageByUrl": resource(
            "Lambda::Permission",
            asking | {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "AWS_IAM"},
        ),
        "PageByCall": resource(
            "Lambda::Permission",
            asking | {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
        ),
    }


def distribution() -> Json:
    """The distribution, and what belongs to it."""
    stripped = {
        "FunctionAssociations": [
            {"EventType": "viewer-request", "FunctionARN": att("PublicPaths", "FunctionMetadata.FunctionARN")}
        ]
    }
    config = {
        "Enabled": True,
        "Comment": sub("${AWS::StackName}: published pictures"),
        "HttpVersion": "http2and3",
        "IPV6Enabled": True,
        "PriceClass": ref("PriceClass"),
        "Origins": [
            origin("public", "Public"),
            _pages(),
            when(originals.CONDITION, origin("originals", "Store")),
        ],
        "DefaultCacheBehavior": _behaviour("pages", ref("PageCaching")),
        "CacheBehaviors": [
            when(originals.CONDITION, originals.behaviour()),
            {"PathPattern": "/i/static/*"} | _behaviour("pages", ref("PageCaching")),
            {"PathPattern": "/i/*.*"} | _behaviour("public", OPTIMIZED) | stripped,
        ],
        "ViewerCertificate": when("HasDomain", _certificate(), {"CloudFrontDefaultCertificate": True}),
        "Aliases": when("HasDomain", [ref("DomainName")]),
    }
    return {
        "Distribution": resource("CloudFront::Distribution", {"DistributionConfig": config}),
        "PublicAccess": _access("public", "s3"),
        "PageAccess": _access("page", "lambda"),
        "PublicPaths": resource("CloudFront::Function", _paths()),
        "PageCaching": resource("CloudFront::CachePolicy", {"CachePolicyConfig": _caching()}),
        "PublicHeaders": resource("CloudFront::ResponseHeadersPolicy", _headers()),
        **originals.resources(),
    }


def _behaviour(target: str, caching: Any) -> Json:
    return {
        "TargetOriginId": target,
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": True,
        "CachePolicyId": caching,
        "ResponseHeadersPolicyId": ref("PublicHeaders"),
    }


def _pages() -> Json:
    return {
        "Id": "pages",
        "DomainName": {"Fn::Select": [2, {"Fn::Split": ["/", att("PageUrl", "FunctionUrl")]}]},
        "OriginAccessControlId": att("PageAccess", "Id"),
        "CustomOriginConfig": {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]},
    }


def _access(name: str, kind: str) -> Json:
    control = {
        "Name": sub(f"${{AWS::StackName}}-{name}"),
        "OriginAccessControlOriginType": kind,
        "SigningBehavior": "always",
        "SigningProtocol": "sigv4",
    }
    return resource("CloudFront::OriginAccessControl", {"OriginAccessControlConfig": control})


def _caching() -> Json:
    """A page is kept as long as its answer says; a picture differs by the formats that its reader wants."""
    return {
        "Name": sub("${AWS::StackName}-pages"),
        "MinTTL": 0,
        "DefaultTTL": 0,
        "MaxTTL": YEAR,
        "ParametersInCacheKeyAndForwardedToOrigin": {
            "CookiesConfig": {"CookieBehavior": "none"},
            "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["accept"]},
            "QueryStringsConfig": {"QueryStringBehavior": "all"},
            "EnableAcceptEncodingGzip": True,
            "EnableAcceptEncodingBrotli": True,
        },
    }


def _certificate() -> Json:
    return {
        "AcmCertificateArn": ref("CertificateArn"),
        "SslSupportMethod": "sni-only",
        "MinimumProtocolVersion": "TLSv1.2_2021",
    }


def _paths() -> Json:
    return {
        "Name": sub("${AWS::StackName}-paths"),
        "AutoPublish": True,
        "FunctionConfig": {
            "Comment": "Takes /i off the path of a file.",
            "Runtime": "cloudfront-js-2.0",
        },
        "FunctionCode": STRIP,
    }


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
