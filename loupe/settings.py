"""All settings, from the environment and an optional ``.env`` in the working directory.

A wrong value stops the start with one line that names the setting, what is wrong with it and an example.
Secrets are ``SecretStr``: they never show in a log, a row or a repr.
"""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict, SettingsError

from loupe import sinks as hearers
from loupe import values
from loupe.limits import AlarmSettings
from loupe.settings_aws import AwsSettings
from loupe.sinks import Listed, SinkSettings
from pipeline.errors import Misconfigured


class Settings(AlarmSettings, AwsSettings):
    """What can be set, with the default for one machine without any account."""

    model_config = SettingsConfigDict(
        env_prefix="LOUPE_",
        env_file=".env",
        extra="ignore",
        frozen=True,
        env_ignore_empty=True,
        env_nested_delimiter="__",
    )

    data: Path = Field(Path("data"), description="Folder below which all state lives", examples=["./data"])
    host: str = Field("127.0.0.1", description="Address to listen on", examples=["0.0.0.0"])  # noqa: S104
    port: int = Field(
        8080, ge=1, le=65534, description="Port for pages and Slack's requests", examples=[8080]
    )
    workers: int = Field(
        max(2, os.cpu_count() or 1), ge=1, le=64, description="Worker processes", examples=[2]
    )
    max_bytes: int = Field(
        50_000_000, ge=1, description="Largest file that is taken, in bytes", examples=[50000000]
    )
    max_pixels: int = Field(
        250_000_000,
        ge=1,
        description="Largest picture that is taken, width times height",
        examples=[250000000],
    )
    max_side: int = Field(65_535, ge=1, description="Longest side that is taken, in pixels", examples=[65535])
    max_frames: int = Field(
        5_000, ge=1, description="Most frames or pages in one file that is taken", examples=[5000]
    )
    decode_memory: int = Field(
        1024, ge=64, description="Memory that decoding one picture may need, in MB", examples=[1024]
    )
    safe_below: float = Field(
        0.2, ge=0, le=1, description="Nudity scores below this are safe", examples=[0.2]
    )
    nude_from: float = Field(
        0.8, ge=0, le=1, description="Nudity scores from this on are held; between, a person decides",
        examples=[0.8],
    )  # fmt: skip
    nominatim: str | None = Field(
        None,
        description="Ask OpenStreetMap's Nominatim for the street as well, with this contact address",
        examples=["you@example.org"],
    )
    watermark_key: SecretStr | None = Field(
        None,
        description="Key of the invisible watermark; without it one is made and kept in the data folder",
        examples=["a long secret"],
    )
    public_url: Annotated[str | None, AfterValidator(values.public_url)] = Field(
        None,
        description="Address under which people reach the pages; without it, this machine's own",
        examples=["https://pictures.example.org"],
    )
    page_location: Literal["none", "place", "exact"] = Field(
        "place",
        description="What a public page says of where: `none`, `place` (the town, rounded to 1 km), `exact`",
        examples=["none"],
    )
    archive_after: float = Field(
        30, ge=-1, le=36_500, description="Days after which originals go to the archive; 0 at once, -1 never",
        examples=[30],
    )  # fmt: skip
    restore_for: float = Field(
        7, gt=0, le=36_500, description="Days for which a restored original stays at hand", examples=[7]
    )
    tinypng_key: SecretStr | None = Field(
        None,
        description="Let TinyPNG compress pictures with transparency; they leave this machine then",
        examples=["a key from tinypng.com"],
    )
    tinypng_monthly: int = Field(
        500, ge=0, description="Most compressions by TinyPNG a month", examples=[500]
    )
    timezone: Annotated[str, AfterValidator(values.zone)] = Field(
        "UTC", description="Time zone of this installation's days", examples=["Europe/Sofia"]
    )
    digest_at: Annotated[str, AfterValidator(values.clock_time)] = Field(
        "09:00",
        description="When channels and operators hear about the day before, or `off`",
        examples=["08:30"],
    )
    digest_places: bool = Field(
        False, description="Name the towns in digests where pictures were taken", examples=["true"]
    )
    digest_empty: bool = Field(
        False, description="Send a digest also of a day without pictures", examples=["true"]
    )
    operators: Annotated[Listed, AfterValidator(values.people)] = Field(
        (), description="Slack ids of those who may replay parked runs", examples=["U012AB3CD,U045EF6GH"]
    )
    operators_channel: Annotated[str, AfterValidator(values.channel)] = Field(
        "", description="Slack channel that hears alarms and the digest of everything",
        examples=["C012AB3CD"],
    )  # fmt: skip
    mail: Annotated[SecretStr | None, AfterValidator(values.mail)] = Field(
        None,
        description="How mail goes out: `smtp:` with STARTTLS, `smtps:`, or `ses:` and a region",
        examples=["smtp://user:password@mail.example.org:587"],
    )
    mail_from: Annotated[str, AfterValidator(values.mail_from)] = Field(
        "loupe@localhost", description="Sender of mail", examples=["Loupe <loupe@example.org>"]
    )
    mail_to: Annotated[Listed, AfterValidator(values.mail_to)] = Field(
        (), description="Operators who get digests and alarms by mail", examples=["you@example.org"]
    )
    sinks: dict[str, SinkSettings] = Field(
        {},
        description="Who else hears the news ([news.md](news.md))",
        examples=[
            '{"ops": {"kind": "webhook", "address": "https://example.org/hook", "news": "held,failed"}}'
        ],
    )
    news_hosts: Listed = Field(
        (),
        description="Hosts that news may go to although they are private or lack TLS",
        examples=["localhost,10.0.0.5"],
    )
    upload_domains: Annotated[Listed, AfterValidator(values.domains)] = Field(
        (),
        description="Whose mailboxes may upload: a domain, `*.` and a domain (below it), `*` (anybody)",
        examples=["example.org,*.example.org"],
    )
    upload_files: int = Field(
        2_000, ge=0, description="Files that one person may upload within 24 hours", examples=[2000]
    )
    upload_bytes: int = Field(
        20_000_000_000, ge=0, description="Bytes that one person may upload within 24 hours",
        examples=[20000000000],
    )  # fmt: skip
    upload_bucket: Annotated[str, AfterValidator(values.bucket)] = Field(
        "",
        description="Bucket that uploads go to straight from the browser ([uploads.md](uploads.md))",
        examples=["s3://pictures-inbox/loupe"],
    )
    drop: Annotated[Listed, AfterValidator(values.drops)] = Field(
        (),
        description="Watched folders and buckets ([drop.md](drop.md)), or `off`; if empty, `data/drop`",
        examples=["/srv/pictures,s3://bucket/prefix"],
    )
    export_to: Path | None = Field(
        None,
        description="Folder that the clock exports to once a day ([export.md](export.md))",
        examples=["/srv/tables"],
    )
    export_format: Literal["csv", "parquet", "hyper"] = Field(
        "csv", description="What exports are written as: `csv`, `parquet` or `hyper`", examples=["parquet"]
    )
    sns_topics: Annotated[Listed, AfterValidator(values.topics)] = Field(
        (),
        description="SNS topics that may tell of alarms and returned mail, at /sns",
        examples=["arn:aws:sns:eu-west-1:123456789012:alarms"],
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="Password for metrics and the dashboard; without it only this machine sees them",
        examples=["a long secret"],
    )
    log_metrics: Literal["emf"] | None = Field(
        None, description="Let log lines be CloudWatch metrics as well: `emf`", examples=["emf"]
    )
    otlp_endpoint: Annotated[str | None, AfterValidator(values.otlp)] = Field(
        None,
        description="Send the way of each image as a trace to this OpenTelemetry collector",
        examples=["http://127.0.0.1:4318"],
    )
    slack_bot_token: Annotated[SecretStr | None, AfterValidator(values.bot_token)] = Field(
        None,
        validation_alias="SLACK_BOT_TOKEN",
        description="Bot token of the Slack app",
        examples=["xoxb-..."],
    )
    slack_app_token: Annotated[SecretStr | None, AfterValidator(values.app_token)] = Field(
        None, validation_alias="SLACK_APP_TOKEN", description="App-level token: use Socket Mode",
        examples=["xapp-..."],
    )  # fmt: skip
    slack_signing_secret: SecretStr | None = Field(
        None, validation_alias="SLACK_SIGNING_SECRET", description="Proves that requests are Slack's",
        examples=["8f742231b10e..."],
    )  # fmt: skip
    slack_api_url: Annotated[str, AfterValidator(values.api_url)] = Field(
        values.SLACK_API, validation_alias="SLACK_API_URL", description="Another Slack, such as the sandbox",
        examples=[values.SLACK_API],
    )  # fmt: skip

    @property
    def has_slack(self) -> bool:
        """Is there anything that says which Slack to connect to?"""
        return self.slack_bot_token is not None or self.slack_app_token is not None

    @property
    def site(self) -> str:
        """Where people reach the pages, without a slash at the end."""
        return self.public_url or f"http://{self.reachable}:{self.port}"

    @property
    def reachable(self) -> str:
        """How this machine itself reaches what listens on ``host``."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"[{host}]" if ":" in host else host

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.data / "ledger.sqlite"


def load(**given: Any) -> Settings:
    """The settings; what is ``given`` and not None goes first. Raises ``Misconfigured``."""
    try:
        settings = Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as fault:
        raise Misconfigured(_sentence(fault)) from None
    except SettingsError as fault:
        raise Misconfigured(f"{_unread(fault)}: its value will not do: it must be JSON.") from None
    except (UnicodeDecodeError, OSError) as fault:
        raise Misconfigured(
            f"The file .env cannot be read: {fault}. It must be text: one setting a line, such as"
            " LOUPE_PORT=8080."
        ) from None
    _consistent(settings)
    return settings


def variable(name: str) -> str:
    """The environment variable behind a field."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"LOUPE_{name.upper()}"


def _sentence(fault: ValidationError) -> str:
    first = fault.errors()[0]
    where = str(first["loc"][0])
    name = next((n for n in Settings.model_fields if where in (n, variable(n))), where)
    secret = name.endswith(("_token", "_secret", "_key", "mail")) or (
        name == "sinks" and first["loc"][-1] not in ("kind", "news", "rate")
    )
    value = "its value" if secret or first["type"] == "missing" else repr(first["input"])
    where = "".join(f" ({'.'.join(map(str, first['loc'][1:]))})" for _ in first["loc"][1:2])
    example = (Settings.model_fields[name].examples or [""])[0]
    words = first["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"{variable(name)}{where}: {value} will not do: {words}. Example: {variable(name)}={example}"


def _unread(fault: SettingsError) -> str:
    """The variable that cannot be read; the fault names its field and nothing of its value."""
    return next((variable(name) for name in Settings.model_fields if f'"{name}"' in str(fault)), "A setting")


def _consistent(settings: Settings) -> None:
    if fault := hearers.check(settings.sinks, settings.news_hosts):
        example = Settings.model_fields["sinks"].examples
        raise Misconfigured(f"LOUPE_SINKS will not do: {fault}. Example: LOUPE_SINKS={(example or [''])[0]}")
    if settings.safe_below > settings.nude_from:
        raise Misconfigured(
            f"LOUPE_SAFE_BELOW: {settings.safe_below} will not do: it is above LOUPE_NUDE_FROM"
            f" ({settings.nude_from}). Example: LOUPE_SAFE_BELOW=0.2"
        )
    if settings.slack_app_token and not settings.slack_bot_token:
        raise Misconfigured(
            "SLACK_BOT_TOKEN is missing beside SLACK_APP_TOKEN. Example: SLACK_BOT_TOKEN=xoxb-..."
        )
    if settings.slack_bot_token and not (settings.slack_app_token or settings.slack_signing_secret):
        raise Misconfigured(
            "SLACK_SIGNING_SECRET (for HTTP) or SLACK_APP_TOKEN (for Socket Mode) is missing beside"
            " SLACK_BOT_TOKEN. Example: SLACK_SIGNING_SECRET=8f742231b10e..."
        )
