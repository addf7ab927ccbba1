"""An SNS of the tests' own: it signs messages as the real one does, with a certificate that it hands out."""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from pipeline.notices import Envelope
from tests.news.authority import certificate

REGION = "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:123456789012:alarms"
HOST = f"https://sns.{REGION}.amazonaws.com"
CERTIFICATE = f"{HOST}/SimpleNotificationService-0123456789abcdef.pem"
SUBSCRIBE = f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"


@dataclass
class Signer:
    """Signs; answers for the addresses of SNS, and remembers which were visited."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    visited: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pem = certificate(self.key, "sns.amazonaws.com", "sns.amazonaws.com", self.key)

    def fetch(self, url: str) -> bytes:
        """What lies at an address of SNS."""
        self.visited.append(url)
        return self.pem if url.endswith(".pem") else b"<ConfirmSubscriptionResponse/>"

    def sign(self, fields: dict[str, Any]) -> bytes:
        """The message as it is delivered."""
        algorithm = SHA256() if fields["SignatureVersion"] == "2" else SHA1()
        text = Envelope(fields).canonical
        signature = base64.b64encode(self.key.sign(text, PKCS1v15(), algorithm)).decode()
        return json.dumps(fields | {"Signature": signature}).encode()

    def notification(self, message: object, version: str = "2", **changed: str) -> bytes:
        """A notification with this message, as JSON where it is no text."""
        said = message if isinstance(message, str) else json.dumps(message)
        return self.sign(fields("Notification", said, version) | {"Subject": "ALARM"} | changed)

    def confirmation(self, version: str = "2", **changed: str) -> bytes:
        """The request to confirm a subscription."""
        found = fields("SubscriptionConfirmation", "You have chosen to subscribe", version)
        return self.sign(found | {"SubscribeURL": SUBSCRIBE, "Token": "2336412f37"} | changed)


def fields(kind: str, message: str, version: str) -> dict[str, str]:
    """The fields that every message has."""
    return {
        "Type": kind,
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE,
    }


CLOUDWATCH: dict[str, Any] = {
    "AlarmName": "queue too long",
    "AlarmDescription": "The queue of detect_faces is too long.",
    "AWSAccountId": "123456789012",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 datapoint [104.0] was greater than the threshold (100.0).",
    "StateChangeTime": "2026-11-22T09:29:58.000+0000",
    "Region": "EU (Ireland)",
    "OldStateValue": "OK",
}
BOUNCE: dict[str, Any] = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bouncedRecipients": [
            {"emailAddress": "ada@example.org", "diagnosticCode": "smtp; 550 5.1.1 user unknown"},
            {"emailAddress": "bob@example.org"},
        ],
    },
}
COMPLAINT: dict[str, Any] = {
    "eventType": "Complaint",
    "complaint": {"complainedRecipients": [{"emailAddress": "eve@example.org"}]},
}
