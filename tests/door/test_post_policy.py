"""Signed policies: the same as botocore makes and S3 takes; whatever else a form says is refused in words."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import given
from hypothesis import strategies as st

from pipeline.post_policy import Refusal, Signer
from pipeline.tickets import Form, new_id
from tests.door.counter import Counter, drawn
from tests.servers.seaweed import ACCESS, BUCKET, REGION, SECRET, Seaweed

SIGNER = Signer(SECRET.encode(), ACCESS, REGION, BUCKET)
KEY = new_id()
NOW = time.time()
FIELDS = SIGNER.fields(KEY, "image/png", 1000, NOW + 600, NOW)


def by_botocore(**expected: Any) -> dict[str, str]:
    """A form for the same key, signed by botocore with the same secret."""
    client = boto3.session.Session().client(
        "s3",
        region_name=REGION,
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        config=Config(signature_version="s3v4"),
    )
    said = {"Content-Type": "image/png"}
    conditions = [said, ["content-length-range", 1, 1000]]
    wanted = {"Fields": said, "Conditions": conditions, "ExpiresIn": 600} | expected
    fields: dict[str, str] = client.generate_presigned_post(BUCKET, KEY, **wanted)["fields"]
    return fields


def refused(fields: dict[str, str], now: float = NOW, signer: Signer = SIGNER) -> tuple[int, str]:
    with pytest.raises(Refusal) as caught:
        signer.most(fields, now)
    return caught.value.status, caught.value.code


def signed(policy: object) -> dict[str, str]:
    """Whatever it is, with our signature."""
    text = policy if isinstance(policy, str) else base64.b64encode(json.dumps(policy).encode()).decode()
    day = FIELDS["x-amz-date"][:8]
    return FIELDS | {"policy": text, "x-amz-signature": SIGNER._sign(text, day)}


def test_a_form_of_ours_allows_what_it_says() -> None:
    assert SIGNER.most(FIELDS, NOW) == 1000
    assert refused(FIELDS, NOW + 600) == (403, "AccessDenied")


def test_a_form_that_botocore_signed_is_taken() -> None:
    assert SIGNER.most(by_botocore(), time.time()) == 1000
    equal = [["eq", "$Content-Type", "image/png"], ["content-length-range", 0, 70]]
    assert SIGNER.most(by_botocore(Conditions=equal), time.time()) == 70


def test_a_server_of_s3_takes_a_form_that_we_signed(bucket: Counter, amazon: Seaweed) -> None:
    form = Form(f"{amazon.url}/{BUCKET}", FIELDS)
    assert bucket.post(form, drawn()).status == 204
    assert amazon.client().get_object(Bucket=BUCKET, Key=KEY)["Body"].read() == drawn()


def test_both_sign_the_same_policy_alike() -> None:
    fields = by_botocore()
    assert SIGNER._sign(fields["policy"], fields["x-amz-date"][:8]) == fields["x-amz-signature"]


@pytest.mark.parametrize(
    ("signer", "code"),
    [
        (Signer(b"another", ACCESS, REGION, BUCKET), "SignatureDoesNotMatch"),
        (Signer(SECRET.encode(), "another", REGION, BUCKET), "InvalidAccessKeyId"),
        (Signer(SECRET.encode(), ACCESS, "another", BUCKET), "InvalidAccessKeyId"),
        (Signer(SECRET.encode(), ACCESS, REGION, "another"), "AccessDenied"),
    ],
)
def test_a_form_is_for_one_key_region_and_bucket(signer: Signer, code: str) -> None:
    assert refused(FIELDS, signer=signer) == (403, code)


@pytest.mark.parametrize("name", [name for name in FIELDS if name not in ("policy", "x-amz-signature")])
def test_no_field_can_be_changed_or_left_out(name: str) -> None:
    assert refused(FIELDS | {name: FIELDS[name] + "x"})[0] == 403
    assert refused({each: value for each, value in FIELDS.items() if each != name})[0] == 403


@pytest.mark.parametrize("name", ["policy", "x-amz-signature"])
def test_without_policy_and_signature_nothing_is_taken(name: str) -> None:
    assert refused({each: value for each, value in FIELDS.items() if each != name}) == (403, "AccessDenied")
    assert refused({}) == (403, "AccessDenied")


def test_what_the_policy_does_not_know_is_refused() -> None:
    assert refused(FIELDS | {"acl": "public-read"}) == (403, "AccessDenied")
    assert refused(FIELDS | {"KEY": KEY}) == (400, "InvalidArgument")


RIGHT = json.loads(base64.b64decode(FIELDS["policy"]))


@pytest.mark.parametrize(
    "policy",
    [
        "no base64",
        base64.b64encode(b"no json").decode(),
        base64.b64encode(b"[" * 3_000).decode(),
        [],
        {"expiration": "2027-01-01T00:00:00Z"},
        RIGHT | {"expiration": "soon"},
        RIGHT | {"expiration": 5},
        RIGHT | {"conditions": [["starts-with", "$key", ""]]},
        RIGHT | {"conditions": [["content-length-range", 1]]},
        RIGHT | {"conditions": [["content-length-range", 1, "many"]]},
        RIGHT | {"conditions": [["content-length-range", 1, 1e308]]},
        RIGHT | {"conditions": [["content-length-range", 1, -1]]},
        RIGHT | {"conditions": [["content-length-range", 1, 1 << 60]]},
        RIGHT | {"conditions": RIGHT["conditions"][:-1]},
        RIGHT | {"conditions": None},
        RIGHT | {"conditions": [None]},
    ],
    ids=range(16),
)
def test_a_signed_policy_that_makes_no_sense_is_refused(policy: object) -> None:
    assert refused(signed(policy)) == (400, "InvalidPolicyDocument")


def test_a_policy_that_says_nothing_of_key_or_type_is_refused() -> None:
    for left_out in ("key", "Content-Type"):
        conditions = [each for each in RIGHT["conditions"] if left_out not in each]
        fields = {
            name: value
            for name, value in signed(RIGHT | {"conditions": conditions}).items()
            if name != left_out
        }
        assert refused(fields) == (400, "InvalidPolicyDocument")


def test_the_secret_does_not_show() -> None:
    assert SECRET not in repr(SIGNER)


@given(st.dictionaries(st.text(), st.text()))
def test_whatever_a_form_says_without_our_signature_is_refused(fields: dict[str, str]) -> None:
    assert refused(fields)[0] in (400, 403)


@given(st.sampled_from(sorted(FIELDS)), st.text())
def test_whatever_a_field_says_instead_is_refused(name: str, text: str) -> None:
    if text != FIELDS[name]:
        assert refused(FIELDS | {name: text})[0] in (400, 403)


@given(st.text(), st.text())
def test_whatever_is_said_beside_is_refused(name: str, text: str) -> None:
    if name not in FIELDS:
        assert refused(FIELDS | {name: text})[0] in (400, 403)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_whatever_a_signed_policy_demands_never_breaks_anything(conditions: object) -> None:
    assert refused(signed(RIGHT | {"conditions": conditions}))[0] in (400, 403)
