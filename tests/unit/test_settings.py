"""Settings: every one documented; a wrong one stops the start with one line; secrets never show."""

from pathlib import Path

import pytest

from loupe.settings import Settings, load, variable
from loupe.values import SLACK_API
from pipeline.errors import Misconfigured

ROOT = Path(__file__).parents[2]
SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET")
NAMES = list(Settings.model_fields)


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings but those of the test."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(variable(name), raising=False)


def refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as fault:
        load()
    return fault.value.words


def test_nothing_needs_to_be_set() -> None:
    settings = load()
    assert (settings.data, settings.port, settings.slack_api_url) == (Path("data"), 8080, SLACK_API)
    assert not settings.has_slack
    assert settings.ledger == Path("data/ledger.sqlite")


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_description_and_an_example_that_works(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = Settings.model_fields[name]
    assert field.description
    assert field.examples
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    monkeypatch.setenv(variable(name), str(field.examples[0]))
    load()


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_stands_in_the_documentation(name: str) -> None:
    description = Settings.model_fields[name].description
    assert f"| `{variable(name)}` | {description} |" in (ROOT / "docs/settings.md").read_text()


def test_the_environment_goes_before_the_file_and_what_is_given_before_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("LOUPE_PORT=1001\nLOUPE_WORKERS=3\nLOUPE_HOST=0.0.0.0\nSLACK_SIGNING_SECRET=s\n")
    monkeypatch.setenv("LOUPE_PORT", "1002")
    monkeypatch.setenv("LOUPE_WORKERS", "4")
    settings = load(workers=5, port=None)
    assert (settings.port, settings.workers, settings.host) == (1002, 5, "0.0.0.0")
    assert settings.slack_signing_secret is not None


def test_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUPE_PORT", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    assert load().port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOUPE_DROP", "ftp://host/in"),
        ("LOUPE_DROP", "s3://"),
        ("LOUPE_DROP", "off,/srv"),
        ("LOUPE_TABLE", "no"),
        ("LOUPE_STORE_BUCKET", "s3://bucket"),
        ("LOUPE_DISTRIBUTION", "d111.cloudfront.net"),
        ("LOUPE_SECRETS", "loupe"),
        ("LOUPE_DETECTORS", "mine"),
        ("LOUPE_PORT", "eighty"),
        ("LOUPE_PORT", "0"),
        ("LOUPE_PORT", "70000"),
        ("LOUPE_WORKERS", "-1"),
        ("LOUPE_WORKERS", "65"),
        ("LOUPE_MAX_BYTES", "50 MB"),
        ("LOUPE_MAX_PIXELS", "0"),
        ("LOUPE_DECODE_MEMORY", "1"),
        ("LOUPE_SAFE_BELOW", "20"),
        ("LOUPE_NUDE_FROM", "nan"),
        ("SLACK_API_URL", "http://slack.example"),
        ("SLACK_API_URL", "slack.com"),
    ],
)
def test_a_wrong_value_is_one_line_with_the_setting_the_fault_and_an_example(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = refused(monkeypatch, **{name: value})
    assert words.startswith(f"{name}: '{value}' will not do: ")
    assert f" Example: {name}=" in words
    assert "\n" not in words


def test_a_wrong_value_in_the_file_is_told_in_the_same_way() -> None:
    Path(".env").write_text("LOUPE_PORT=eighty\n")
    with pytest.raises(Misconfigured, match="LOUPE_PORT: 'eighty' will not do"):
        load()


def test_a_wrong_value_on_the_command_line_is_told_in_the_same_way() -> None:
    with pytest.raises(Misconfigured, match="LOUPE_PORT: 0 will not do"):
        load(port=0)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET"),
    ],
)
def test_half_a_slack_is_refused(
    values: dict[str, str], missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = refused(monkeypatch, **values)
    assert words.startswith(missing)
    assert f"Example: {missing}=" in words


def test_bands_that_cross_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    words = refused(monkeypatch, LOUPE_SAFE_BELOW="0.9", LOUPE_NUDE_FROM="0.5")
    assert words.startswith("LOUPE_SAFE_BELOW: 0.9 will not do: it is above LOUPE_NUDE_FROM (0.5).")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_another_slack_may_be_plain_http_on_this_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_API_URL", f"http://{host}:8081/api")
    assert load().slack_api_url == f"http://{host}:8081/api/"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_never_shows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"SLACK_BOT_TOKEN": "xoxb-hush", "SLACK_APP_TOKEN": "xapp-hush", "SLACK_SIGNING_SECRET": "hush"}
    for each, value in given.items():
        monkeypatch.setenv(each, value)
    settings = load()
    seen = repr(settings) + str(settings) + settings.model_dump_json() + str(settings.model_dump())
    assert "hush" not in seen
    assert name in given


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
def test_a_wrong_secret_does_not_show_in_its_error_either(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = refused(monkeypatch, **{name: "hush-hush"})
    assert words.startswith(f"{name}: its value will not do: ")
    assert "hush" not in words


def test_a_secret_in_the_wrong_place_does_not_show_in_the_error_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hush")
    assert "hush" not in refused(monkeypatch, LOUPE_PORT="x")


def test_a_file_that_is_no_text_is_told_in_one_line() -> None:
    Path(".env").write_bytes(b"LOUPE_PORT=\xff\xfe\n")
    with pytest.raises(Misconfigured, match=r"\.env"):
        load()


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("foo", "it must begin with https://"),
        ("http://pictures.example.org", "it must begin with https://"),
        ("https://example.org/pictures", "it must end after the host name"),
        ("https://example.org/?page=1", "it must end after the host name"),
    ],
)
def test_a_public_address_that_will_not_do_is_told_why(
    monkeypatch: pytest.MonkeyPatch, value: str, fault: str
) -> None:
    words = refused(monkeypatch, LOUPE_PUBLIC_URL=value)
    assert words.startswith(f"LOUPE_PUBLIC_URL: '{value}' will not do: {fault}")


def test_a_public_address_is_where_pages_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(port=9090).site == "http://127.0.0.1:9090"
    monkeypatch.setenv("LOUPE_PUBLIC_URL", "https://pictures.example.org/")
    assert load().site == "https://pictures.example.org"
