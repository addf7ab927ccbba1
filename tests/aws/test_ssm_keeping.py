"""Secrets that are kept in the Parameter Store are those that functions read."""

import pytest
from botocore.exceptions import ClientError

from pipeline.adapters import ssm_keeping
from pipeline.adapters.ssm_keeping import keep
from pipeline.adapters.ssm_secrets import secrets
from pipeline.errors import Misconfigured, Unavailable
from tests.servers.ministack import MiniStack


def test_what_is_kept_is_read(in_aws: MiniStack) -> None:
    assert keep("/keeping/SLACK_BOT_TOKEN", "one", replace=True)
    assert keep("/keeping/SLACK_BOT_TOKEN", "two", replace=True)
    assert secrets("/keeping") == {"SLACK_BOT_TOKEN": "two"}
    sealed = in_aws.client("ssm").get_parameter(Name="/keeping/SLACK_BOT_TOKEN")["Parameter"]
    assert sealed["Type"] == "SecureString"


def test_what_is_made_once_stays(in_aws: MiniStack) -> None:
    assert keep("/staying/LOUPE_WATERMARK_KEY", "one", replace=False)
    assert not keep("/staying/LOUPE_WATERMARK_KEY", "two", replace=False)
    assert secrets("/staying") == {"LOUPE_WATERMARK_KEY": "one"}


class Refusing:
    """Stands for an SSM that says no, and quotes what it was given."""

    def put_parameter(self, **given: object) -> None:
        raise ClientError({"Error": {"Code": "ValidationException", "Message": str(given)}}, "PutParameter")


def test_what_aws_does_not_take_is_told_without_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssm_keeping, "client", lambda *_: Refusing())
    with pytest.raises(Unavailable, match="AWS answered ValidationException; /x/A was not kept") as told:
        keep("/x/A", "sesame", replace=True)
    assert "sesame" not in str(told.value)
    assert told.value.__suppress_context__


def test_without_a_region_somebody_is_told_how_to_name_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(Misconfigured, match="--region eu-central-1"):
        keep("/x/A", "b", replace=True)
