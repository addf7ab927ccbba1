"""Signed addresses as CloudFront looks at them.

Source: docs.aws.amazon.com/AmazonCloudFront, "Create a signed URL using a canned policy".
"""

import base64
import json
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1


def undone(text: str) -> bytes:
    """CloudFront's own alphabet."""
    return base64.b64decode(text.replace("-", "+").replace("_", "=").replace("~", "/"))


def verified(address: str, key: RSAPublicKey) -> None:
    """The policy is made anew of the address and its end. Raises ``InvalidSignature``."""
    parts = urlsplit(address)
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    ends = {"DateLessThan": {"AWS:EpochTime": int(given["Expires"])}}
    bare = f"{parts.scheme}://{parts.netloc}{parts.path}"
    policy = json.dumps({"Statement": [{"Resource": bare, "Condition": ends}]}, separators=(",", ":"))
    key.verify(undone(given["Signature"]), policy.encode(), PKCS1v15(), SHA1())
