"""Secrets that AWS keeps: parameters of SSM's Parameter Store below a path, or one secret of Secrets Manager.

Words never quote a value. Sources, below docs.aws.amazon.com:
systems-manager/latest/APIReference/API_GetParametersByPath.html and
secretsmanager/latest/apireference/API_GetSecretValue.html.
"""

import json
import logging
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.adapters.aws_client import client, why
from pipeline.errors import LoupeError, Misconfigured, Unavailable

ARN = "arn:"
DENIED = ("AccessDenied", "AccessDeniedException", "UnrecognizedClientException")
BUSY = ("ThrottlingException", "Throttling", "TooManyUpdates", "InternalServerError", "InternalServiceError")
NEEDED = (
    "It needs ssm:GetParametersByPath or secretsmanager:GetSecretValue, and kms:Decrypt for a key of its own."
)

logging.getLogger("botocore.parsers").setLevel(logging.INFO)  # at DEBUG it writes whole answers


def secrets(where: str) -> dict[str, str]:
    """What lies directly below a path, by the last part of its name; or the fields of a secret in JSON.

    Raises ``Unavailable`` where AWS does not give it out now, ``Misconfigured`` where it is no such thing.
    """
    try:
        return _secret(where) if where.startswith(ARN) else _parameters(where)
    except ClientError as fault:
        raise _words(where, fault) from None
    except BotoCoreError as fault:
        raise Unavailable(f"The secrets at {where} cannot be reached: {why(fault)}.") from None


def _parameters(path: str) -> dict[str, str]:
    pages = client("ssm").get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
    found = [each for page in pages for each in page["Parameters"]]
    return {str(each["Name"]).rpartition("/")[2]: str(each["Value"]) for each in found}


def _secret(arn: str) -> dict[str, str]:
    region = arn.split(":")[3]
    text = client("secretsmanager", region).get_secret_value(SecretId=arn).get("SecretString", "")
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Misconfigured(
            f'The secret {arn} is no JSON object of texts. Example: {{"SLACK_BOT_TOKEN": "xoxb-..."}}'
        )
    return found


def _words(where: str, fault: ClientError) -> LoupeError:
    code = str(fault.response.get("Error", {}).get("Code", "an error"))
    if code in DENIED:
        return Unavailable(f"The secrets at {where} may not be read by this function ({code}). {NEEDED}")
    if code in BUSY:
        return Unavailable(f"The secrets at {where} are asked for too often at the moment ({code}).")
    if code == "ResourceNotFoundException":
        return Misconfigured(f"There is no secret {where}. LOUPE_SECRETS names it.")
    return Unavailable(f"AWS answered {code} to {fault.operation_name} for the secrets at {where}.")
