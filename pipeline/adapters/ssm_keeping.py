"""Keeps secrets in SSM's Parameter Store, sealed; ``ssm_secrets`` reads them.

Words never quote a value.
Source: docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html.
"""

from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

from pipeline.adapters.aws_client import client
from pipeline.errors import Misconfigured, Unavailable

THERE = "ParameterAlreadyExists"


def keep(name: str, value: str, region: str | None = None, *, replace: bool) -> bool:
    """Keep a value as a ``SecureString``; False where there is one that is not to be replaced.

    Raises ``Misconfigured`` where no region is set, ``Unavailable`` where AWS does not take it.
    """
    try:
        client("ssm", region).put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=replace)
    except NoRegionError:
        raise Misconfigured("No region is set. Add --region, such as --region eu-central-1.") from None
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", "an error"))
        if code == THERE and not replace:
            return False
        raise Unavailable(f"AWS answered {code}; {name} was not kept.") from None
    except BotoCoreError as fault:
        words = (
            f"AWS cannot be asked: {type(fault).__name__}. `aws configure` or AWS_PROFILE names your account."
        )
        raise Unavailable(words) from None
    return True
