"""Secrets: read from MiniStack, put where settings look for them, told to nobody."""

from __future__ import annotations

import json
import logging
import os
from uuid import uuid4

import pytest
from botocore.stub import Stubber

from loupe import settings
from loupe.cloud import secrets as keeping
from loupe.cloud.secrets import AGAIN_SECONDS, FRESH_SECONDS, Renewed, Secrets
from pipeline.adapters import aws_client, ssm_secrets
from pipeline.adapters.ssm_secrets import secrets
from pipeline.errors import Misconfigured, Unavailable
from tests.servers.ministack import MiniStack

TOKEN = "xoxb-very-secret"
PATH = "/loupe"


@pytest.fixture
def path(in_aws: MiniStack) -> str:
    return f"/loupe-{uuid4().hex[:8]}"


def keep(running: MiniStack, path: str, **values: str) -> None:
    ssm = running.client("ssm")
    for name, value in values.items():
        ssm.put_parameter(Name=f"{path}/{name}", Value=value, Type="SecureString", Overwrite=True)


def kept_as_one(running: MiniStack, text: str) -> str:
    made = running.client("secretsmanager").create_secret(Name=f"loupe-{uuid4().hex[:8]}", SecretString=text)
    return str(made["ARN"])


def test_parameters_are_found_by_their_last_name(in_aws: MiniStack, path: str) -> None:
    keep(in_aws, path, SLACK_BOT_TOKEN=TOKEN, LOUPE_WATERMARK_KEY="a long secret")
    keep(in_aws, f"{path}-other", SLACK_APP_TOKEN="not ours")
    assert secrets(path) == {"SLACK_BOT_TOKEN": TOKEN, "LOUPE_WATERMARK_KEY": "a long secret"}
    assert secrets(f"{path}/") == secrets(path)


def test_many_parameters_come_in_pages(in_aws: MiniStack, path: str) -> None:
    wanted = {f"LOUPE_SINKS__S{n}__SECRET": str(n) for n in range(23)}
    keep(in_aws, path, **wanted)
    assert secrets(path) == wanted


def test_where_nothing_lies_nothing_is_found(path: str) -> None:
    assert secrets(path) == {}


def test_a_secret_of_secrets_manager_is_one_object(in_aws: MiniStack) -> None:
    wanted = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": "ä"}
    assert secrets(kept_as_one(in_aws, json.dumps(wanted))) == wanted


@pytest.mark.parametrize(
    "text", [TOKEN, f'["{TOKEN}"]', f'{{"a": {{"b": "{TOKEN}"}}}}', f'{{"a": 1, "b": "{TOKEN}"}}']
)
def test_a_secret_that_is_no_such_object_is_told_without_showing_it(in_aws: MiniStack, text: str) -> None:
    with pytest.raises(Misconfigured, match="is no JSON object of texts") as told:
        secrets(kept_as_one(in_aws, text))
    assert TOKEN not in told.value.words
    assert told.value.__suppress_context__ or told.value.__context__ is None


def test_a_secret_that_is_not_there_is_told(in_aws: MiniStack) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:nowhere-AbCdEf"
    with pytest.raises(Misconfigured, match=r"There is no secret arn:aws:.*nowhere"):
        secrets(arn)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDeniedException", "may not be read by this function .* needs ssm:GetParametersByPath"),
        ("ThrottlingException", "asked for too often"),
        ("InvalidKeyId", "answered InvalidKeyId to GetParametersByPath"),
    ],
)
def test_what_aws_has_against_it_is_told_in_words(
    in_aws: MiniStack, monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    refusing = in_aws.client("ssm")
    stubber = Stubber(refusing)
    stubber.add_client_error("get_parameters_by_path", code)
    monkeypatch.setattr(ssm_secrets, "client", lambda *_: refusing)
    with stubber, pytest.raises(Unavailable, match=f"secrets at {PATH}.*{words}|{words}.*{PATH}"):
        secrets(PATH)


def test_an_aws_that_does_not_answer_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a",
                        "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-west-1"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws_client, "ATTEMPTS", 1)
    aws_client._client.cache_clear()
    with pytest.raises(Unavailable, match="cannot be reached: EndpointConnectionError"):
        secrets(PATH)
    aws_client._client.cache_clear()


class Kept:
    """Secrets whose values, faults and time a test decides."""

    def __init__(self, environment: dict[str, str], **values: str) -> None:
        self.environment, self.values = {"LOUPE_SECRETS": PATH, **environment}, values
        self.asked = list[str]()
        self.now, self.fault = 1000.0, None
        self.secrets = Secrets(self.environment, self.read, lambda: self.now)

    fault: Exception | None

    def read(self, where: str) -> dict[str, str]:
        self.asked.append(where)
        if self.fault:
            raise self.fault
        return dict(self.values)


def test_what_the_environment_does_not_say_is_filled_in() -> None:
    here = Kept({"SLACK_APP_TOKEN": "xapp-own", "SLACK_SIGNING_SECRET": ""}, SLACK_BOT_TOKEN=TOKEN,
                SLACK_APP_TOKEN="xapp-other", SLACK_SIGNING_SECRET="s")  # fmt: skip
    assert here.secrets.fill()
    wanted = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": "xapp-own", "SLACK_SIGNING_SECRET": "s"}
    assert here.environment == {"LOUPE_SECRETS": PATH, **wanted}


def test_nothing_but_settings_is_taken() -> None:
    here = Kept({}, AWS_ENDPOINT_URL="http://evil.example", PATH="/evil", loupe_data="x", LOUPE_="x")
    assert not here.secrets.fill()
    assert here.environment == {"LOUPE_SECRETS": PATH}


@pytest.mark.parametrize("where", ["", "loupe", "https://example.org", "arn:aws:s3:::bucket"])
def test_nowhere_means_nothing_is_asked(where: str) -> None:
    here = Kept({"LOUPE_SECRETS": where}, SLACK_BOT_TOKEN=TOKEN)
    assert not here.secrets.fill()
    assert here.asked == []


def test_they_are_read_once_in_five_minutes_and_a_changed_one_is_taken() -> None:
    here = Kept({}, SLACK_BOT_TOKEN=TOKEN, SLACK_SIGNING_SECRET="old")
    assert here.secrets.fill()
    here.values = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": "new"}
    here.now += FRESH_SECONDS - 1
    assert not here.secrets.fill()
    assert here.asked == [PATH]
    here.now += 1
    assert here.secrets.fill()
    assert here.environment["SLACK_SIGNING_SECRET"] == "new"
    here.now += FRESH_SECONDS
    assert not here.secrets.fill()
    assert len(here.asked) == 3


def test_one_that_was_taken_away_goes() -> None:
    here = Kept({"SLACK_APP_TOKEN": "xapp-own"}, SLACK_BOT_TOKEN=TOKEN)
    here.secrets.fill()
    here.values, here.now = {}, here.now + FRESH_SECONDS
    assert here.secrets.fill()
    assert here.environment == {"LOUPE_SECRETS": PATH, "SLACK_APP_TOKEN": "xapp-own"}


def test_without_an_answer_nothing_begins_but_what_has_begun_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    here = Kept({}, SLACK_BOT_TOKEN=TOKEN)
    here.fault = Unavailable("AWS does not answer.")
    with pytest.raises(Unavailable):
        here.secrets.fill()
    here.fault = None
    assert here.secrets.fill()
    here.fault, here.now = Unavailable("AWS does not answer."), here.now + FRESH_SECONDS
    with caplog.at_level(logging.WARNING):
        assert not here.secrets.fill()
    assert here.environment["SLACK_BOT_TOKEN"] == TOKEN
    assert [each.message for each in caplog.records] == [
        "AWS does not answer. What was read before stays in use."
    ]
    asked = len(here.asked)
    assert not here.secrets.fill()
    assert len(here.asked) == asked
    here.fault, here.now = None, here.now + AGAIN_SECONDS
    here.secrets.fill()
    assert len(here.asked) == asked + 1


def test_what_is_made_of_settings_is_made_anew_when_a_secret_has_changed() -> None:
    here, made = Kept({}, SLACK_BOT_TOKEN="one"), list[str]()

    def make() -> int:
        made.append(here.environment["SLACK_BOT_TOKEN"])
        return len(made)

    base = Renewed(make, here.secrets)
    upon = Renewed(lambda: f"upon {base()}", here.secrets)
    assert (upon(), upon(), base()) == ("upon 1", "upon 1", 1)
    here.values, here.now = {"SLACK_BOT_TOKEN": "two"}, here.now + FRESH_SECONDS
    assert (upon(), base()) == ("upon 2", 2)
    here.now += FRESH_SECONDS
    assert (upon(), base()) == ("upon 2", 2)
    assert made == ["one", "two"]
    upon.cache_clear()
    base.cache_clear()
    assert upon() == "upon 3"


def test_settings_are_loaded_with_them_and_nothing_is_said(
    in_aws: MiniStack, path: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    keep(in_aws, path, SLACK_BOT_TOKEN=TOKEN, SLACK_SIGNING_SECRET="0123456789abcdef",
         LOUPE_SINKS__OPS__KIND="webhook", LOUPE_SINKS__OPS__ADDRESS="https://example.org/hook",
         LOUPE_SINKS__OPS__SECRET="hush hush")  # fmt: skip
    environment = dict(os.environ) | {"LOUPE_SECRETS": path}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(keeping, "_here", Secrets(environment))
    with caplog.at_level(logging.DEBUG):
        assert keeping.fill()
        assert not keeping.fill()
        found = settings.load()
    assert found.slack_bot_token is not None
    assert found.slack_bot_token.get_secret_value() == TOKEN
    assert found.sinks["ops"].secret is not None
    assert TOKEN not in repr(found) + caplog.text
    assert "hush" not in repr(found) + caplog.text


@pytest.mark.parametrize(
    "where", ["/loupe/prod", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:loupe/prod-AbCdEf"]
)
def test_the_setting_takes_a_path_and_an_arn(where: str) -> None:
    assert settings.load(secrets=where).secrets == where


@pytest.mark.parametrize(
    "where", ["loupe", "/", "arn:aws:ssm:eu-west-1:123456789012:parameter/loupe", "/a b"]
)
def test_anything_else_stops_the_start(where: str) -> None:
    with pytest.raises(Misconfigured, match="LOUPE_SECRETS"):
        settings.load(secrets=where)
