"""The settings of AWS: what takes the place of the data folder there. The template sets them."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings

from loupe import values


class AwsSettings(BaseSettings):
    """Empty on one machine."""

    table: Annotated[str, AfterValidator(values.table)] = Field(
        "",
        description="DynamoDB table that takes the place of the ledger's file ([aws.md](aws.md))",
        examples=["loupe-ledger"],
    )
    store_bucket: Annotated[str, AfterValidator(values.bucket_name)] = Field(
        "",
        description="S3 bucket that takes the place of the store's folder, private",
        examples=["loupe-store"],
    )
    public_bucket: Annotated[str, AfterValidator(values.bucket_name)] = Field(
        "", description="S3 bucket behind CloudFront that takes the place of the public folder",
        examples=["loupe-public"],
    )  # fmt: skip
    distribution: Annotated[str, AfterValidator(values.distribution)] = Field(
        "",
        description="CloudFront distribution that shows the public bucket",
        examples=["E1ABCDEF2GHIJK"],
    )
    secrets: Annotated[str, AfterValidator(values.secrets)] = Field(
        "",
        description="Where secrets lie: a path of SSM's Parameter Store or a secret's ARN ([aws.md](aws.md))",
        examples=["/loupe"],
    )
    originals_key_id: str = Field(
        "",
        pattern=r"^[A-Z0-9]*$",
        description="CloudFront's id of the key by which originals may be read ([aws.md](aws.md))",
        examples=["K2JCJMDEHXQW5F"],
    )
    originals_key: Path | None = Field(
        None, description="File with the private half of that key, for `loupe original`",
        examples=["originals.pem"],
    )  # fmt: skip
    detectors: Literal["local", "rekognition"] = Field(
        "local",
        description="Who looks for nudity and faces: `local` models, or `rekognition`, which is sent them",
        examples=["rekognition"],
    )
