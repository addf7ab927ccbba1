"""CloudFront: what it is told to forget, and addresses that it lets pass for a while. On moto, in process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from moto import mock_aws

from pipeline.adapters.cloudfront_cdn import BUSY, CloudFrontCdn
from pipeline.adapters.cloudfront_signer import CloudFrontSigner
from pipeline.errors import Misconfigured, Transient, Unavailable, Unknown, Unsuitable
from tests.aws import signed

IMAGE = "01890a5d-ac96-774b-bcce-b302099a8057"
SITE = "https://pictures.example.org"
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield boto3.client("cloudfront", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def distribution(client: Any) -> str:
    origin = {
        "Id": "public",
        "DomainName": "b.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = client.create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "public",
                "ViewerProtocolPolicy": "https-only",
                "MinTTL": 0,
                "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            },
        }
    )
    return str(made["Distribution"]["Id"])


def test_files_and_page_have_one_address_below_the_site(client: Any) -> None:
    cdn = CloudFrontCdn(SITE, "E1ABCDEF2GHIJK", lambda: client)
    assert cdn.address(IMAGE) == f"{SITE}/i/{IMAGE}"
    assert cdn.address(f"{IMAGE}/w150-0123456789abcdef.jpg").endswith("/w150-0123456789abcdef.jpg")


def test_files_and_page_are_forgotten_under_both_their_paths_and_each_time_anew(client: Any) -> None:
    id = distribution(client)
    cdn = CloudFrontCdn(SITE, id, lambda: client)
    for _ in range(2):
        cdn.forget(IMAGE)
    listed = client.list_invalidations(DistributionId=id)["InvalidationList"]["Items"]
    batches = [
        client.get_invalidation(DistributionId=id, Id=each["Id"])["Invalidation"]["InvalidationBatch"]
        for each in listed
    ]
    assert [batch["Paths"]["Items"] for batch in batches] == [[f"/i/{IMAGE}*", f"/{IMAGE}*"]] * 2
    references = {batch["CallerReference"] for batch in batches}
    assert len(references) == 2
    assert all(each.startswith(IMAGE) for each in references)


def test_a_request_that_is_repeated_on_its_way_keeps_its_reference(client: Any) -> None:
    seen: list[Any] = []

    def note(request: Any, **_: Any) -> None:
        seen.append(request.body)

    def busy_once(**_: Any) -> Any:
        return 0.0 if len(seen) == 1 else None

    cdn = CloudFrontCdn(SITE, distribution(client), lambda: client)
    client.meta.events.register("before-send.cloudfront.CreateInvalidation", note)
    client.meta.events.register_first("needs-retry.cloudfront.CreateInvalidation", busy_once)
    cdn.forget(IMAGE)
    assert len(seen) == 2
    assert seen[0] == seen[1]


@pytest.mark.parametrize("code", BUSY)
def test_a_busy_cloudfront_is_asked_again_later(client: Any, code: str) -> None:
    stubber = Stubber(client)
    expected = {"DistributionId": "E1", "InvalidationBatch": ANY}
    stubber.add_client_error("create_invalidation", code, expected_params=expected)
    with stubber, pytest.raises(Transient, match=code) as told:
        CloudFrontCdn(SITE, "E1", lambda: client).forget(IMAGE)
    assert told.value.retry_after == BUSY[code] > 0


def test_who_may_not_or_names_no_distribution_is_told_in_words(client: Any) -> None:
    with pytest.raises(Unavailable, match="CloudFront answered NoSuchDistribution when it was to forget"):
        CloudFrontCdn(SITE, "E1ABCDEF2GHIJK", lambda: client).forget(IMAGE)


def test_a_cloudfront_that_does_not_answer_is_asked_again_later() -> None:
    def nobody() -> Any:
        raise EndpointConnectionError(endpoint_url="https://cloudfront.amazonaws.com")

    with pytest.raises(Transient, match="cannot be reached"):
        CloudFrontCdn(SITE, "E1", nobody).forget(IMAGE)


def signer(key: bytes = b"") -> CloudFrontSigner:
    return CloudFrontSigner(SITE, "K2JCJMDEHXQW5F", key or pem(KEY), lambda: NOW)


def verified(address: str) -> None:
    signed.verified(address, KEY.public_key())


def test_a_signed_address_is_one_that_cloudfront_lets_pass() -> None:
    address = signer().signed(f"originals/ab/{'ab' * 32}", NOW + timedelta(hours=1))
    verified(address)
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{SITE}/originals/ab/{'ab' * 32}"
    given = parse_qs(parts.query)
    assert given["Expires"] == [str(int((NOW + timedelta(hours=1)).timestamp()))]
    assert given["Key-Pair-Id"] == ["K2JCJMDEHXQW5F"]


@pytest.mark.parametrize(
    ("old", "new"), [("/ab/", "/cd/"), ("Expires=", "Expires=1"), ("Signature=", "Signature=A")]
)
def test_nothing_of_it_can_be_changed(old: str, new: str) -> None:
    address = signer().signed("originals/ab/cd", NOW + WEEK)
    with pytest.raises(InvalidSignature):
        verified(address.replace(old, new, 1))


@pytest.mark.parametrize("lives", [timedelta(0), -WEEK, WEEK + timedelta(seconds=1), timedelta(days=3650)])
def test_none_holds_longer_than_a_week_or_not_at_all(lives: timedelta) -> None:
    with pytest.raises(Unsuitable, match="A signed address can hold for 1 to 604800 seconds"):
        signer().signed("originals/ab/cd", NOW + lives)


def test_a_week_is_not_too_long() -> None:
    verified(signer().signed("originals/ab/cd", NOW + WEEK))


@pytest.mark.parametrize("key", ["", "../secret", "a?b", "a&Expires=9", "A"])
def test_no_address_is_signed_but_of_a_key(key: str) -> None:
    with pytest.raises(Unknown, match="is not a key of the store"):
        signer().signed(key, NOW + WEEK)


@pytest.mark.parametrize(
    "key", [b"secret words", b"-----BEGIN PRIVATE KEY-----\nsecret words\n-----END PRIVATE KEY-----",
            pem(ec.generate_private_key(ec.SECP256R1()))],
)  # fmt: skip
def test_a_key_that_is_none_is_told_without_showing_it(key: bytes) -> None:
    with pytest.raises(Misconfigured, match="is no RSA key in PEM") as told:
        signer(key)
    assert "secret" not in told.value.words
    assert told.value.__context__ is None or "secret" not in str(told.value.__context__)


def test_the_key_does_not_show() -> None:
    held = signer()
    assert pem(KEY).decode()[40:80] not in repr(held) + repr(vars(held))
