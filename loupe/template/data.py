"""Where bytes live, the store bucket and the public bucket; and the topic of events."""

from typing import Any

from loupe.template.parts import REMOVAL, Json, att, policy, ref, resource, sub, when

ABORT_DAYS = 1
"""After which the parts of an upload that nobody finished are removed."""
ARCHIVE = "archive/"
DROP = "drop/"
ORIGINALS = "originals/"
"""Prefixes in the store bucket."""


def store() -> Json:
    """The private bucket: originals, what is made of them, the archive, and the drop, which tells."""
    notice = {
        "Event": "s3:ObjectCreated:*",
        "Queue": att("ArrivalsQueue"),
        "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": DROP}]}},
    }
    forgotten = {
        "Id": "dropped",
        "Status": "Enabled",
        "Prefix": DROP,
        "ExpirationInDays": ref("DropDays"),
    }
    properties = _bucket(_unfinished(), forgotten) | {
        "NotificationConfiguration": {"QueueConfigurations": [notice]}
    }
    return {
        "Store": resource("S3::Bucket", properties, DependsOn="ArrivalsQueuePolicy", **REMOVAL),
        "StorePolicy": _bucket_policy("Store", when("HasOriginalsKey", _originals())),
    }


def _originals() -> Json:
    """The distribution may read originals, and nothing else of the store."""
    files = {"Action": "s3:GetObject", "Resource": sub(f"${{Store.Arn}}/{ORIGINALS}*")}
    return _distribution() | files


def _distribution() -> Json:
    """Whatever a statement says, it says it of the distribution alone."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn()}},
    }


def public() -> Json:
    """The bucket of what anybody may see; nobody but the distribution reads it."""
    files = _distribution() | {"Action": "s3:GetObject", "Resource": sub("${Public.Arn}/*")}
    # Without it S3 says "forbidden" of a file that is not there, and caches keep that.
    names = _distribution() | {"Action": "s3:ListBucket", "Resource": att("Public")}
    return {
        "Public": resource("S3::Bucket", _bucket(_unfinished()), **REMOVAL),
        "PublicPolicy": _bucket_policy("Public", files, names),
    }


def topic() -> Json:
    """The topic of events: what is due, and what settled."""
    return {"Topic": resource("SNS::Topic", {"KmsMasterKeyId": "alias/aws/sns"})}


def distribution_arn() -> Json:
    """The ARN of the distribution."""
    return sub("arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}")


def origin(name: str, bucket: str) -> Json:
    """A bucket as the distribution reads it: signed, so that nobody else may."""
    return {
        "Id": name,
        "DomainName": att(bucket, "RegionalDomainName"),
        "OriginAccessControlId": att("PublicAccess", "Id"),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _bucket(*rules: Json) -> dict[str, Any]:
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": dict.fromkeys(
            ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
        ),
        "LifecycleConfiguration": {"Rules": list(rules)},
    }


def _unfinished() -> Json:
    abort = {"DaysAfterInitiation": ABORT_DAYS}
    return {"Id": "unfinished", "Status": "Enabled", "AbortIncompleteMultipartUpload": abort}


def _bucket_policy(bucket: str, *more: Json) -> Json:
    plain = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [att(bucket), sub(f"${{{bucket}.Arn}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return resource("S3::BucketPolicy", {"Bucket": ref(bucket), "PolicyDocument": policy(plain, *more)})
