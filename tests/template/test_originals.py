"""Originals behind CloudFront: only with a key, only signed, only originals."""

from loupe.template.originals import CONDITION
from tests.template.made import Json, chosen, of, resources


def config() -> Json:
    found: Json = resources()["Distribution"]["Properties"]["DistributionConfig"]
    return found


def test_without_a_key_cloudfront_knows_no_originals() -> None:
    kinds = ("CloudFront::PublicKey", "CloudFront::KeyGroup")
    assert [each["Condition"] for kind in kinds for each in of(kind).values()] == [CONDITION] * 2
    assert [each["Id"] for each in chosen(config()["Origins"], set())] == ["public", "pages"]
    paths = [each["PathPattern"] for each in chosen(config()["CacheBehaviors"], set())]
    assert not [path for path in paths if "originals" in path]
    policy = resources()["StorePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert [each["Effect"] for each in chosen(policy, set())] == ["Deny"]


def test_with_one_only_signed_addresses_reach_originals() -> None:
    [behaviour] = [
        each
        for each in chosen(config()["CacheBehaviors"], {CONDITION})
        if each["TargetOriginId"] == "originals"
    ]
    assert behaviour["TrustedKeyGroups"] == [{"Ref": "OriginalsKeyGroup"}]
    assert behaviour["ViewerProtocolPolicy"] == "https-only"
    assert behaviour["PathPattern"] == "originals/*"
    group = resources()["OriginalsKeyGroup"]["Properties"]["KeyGroupConfig"]
    assert group["Items"] == [{"Ref": "OriginalsPublicKey"}]


def test_the_distribution_reads_originals_and_nothing_else_of_the_store() -> None:
    policy = resources()["StorePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [allowed] = [each for each in chosen(policy, {CONDITION}) if each["Effect"] == "Allow"]
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Resource"] == {"Fn::Sub": "${Store.Arn}/originals/*"}
    assert "AWS:SourceArn" in allowed["Condition"]["StringEquals"]


def test_no_cache_keeps_an_original_and_no_browser_shows_it() -> None:
    told = resources()["OriginalsHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    custom = {each["Header"]: each["Value"] for each in told["CustomHeadersConfig"]["Items"]}
    assert custom == {"Cache-Control": "private, no-store", "Content-Disposition": "attachment"}
    assert told["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"].startswith(
        "sandbox;"
    )


def test_every_behaviour_has_an_origin() -> None:
    for true in ({CONDITION}, set[str]()):
        known = {each["Id"] for each in chosen(config()["Origins"], true)}
        wanted = {each["TargetOriginId"] for each in chosen(config()["CacheBehaviors"], true)}
        assert wanted | {config()["DefaultCacheBehavior"]["TargetOriginId"]} == known
