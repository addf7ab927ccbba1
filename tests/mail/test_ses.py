"""Amazon SES by boto3, against a server of our own that answers as the API's description says.

Source: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html (request, errors and their status).
"""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipeline.adapters.ses import Ses
from pipeline.errors import Unavailable
from pipeline.posting import Answer, Never, NotNow, Parcel, Taken, Unsure

PARCEL = Parcel("loupe@example.org", "Ada@example.org", b"Subject: A day\r\n\r\nHello\r\n")
SEND = "/v2/email/outbound-emails"


@dataclass
class Amazon:
    """What it was asked, and what it answers."""

    status: int = 200
    error: str = ""
    breaks: bool = False
    asked: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)


@pytest.fixture
def amazon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Amazon]:
    found = Amazon()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.asked.append((self.path, json.loads(body), dict(self.headers)))
            if found.breaks:
                self.close_connection = True
                return
            self.answer({"MessageId": "0102"} if found.status == 200 else {"message": "So it is."})

        def do_GET(self) -> None:
            self.answer({"SendingEnabled": found.status == 200})

        def answer(self, said: dict[str, Any]) -> None:
            data = json.dumps(said).encode()
            self.send_response(found.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            if found.error:
                self.send_header("x-amzn-ErrorType", found.error)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def hand_in() -> tuple[Answer, int]:
    steps: list[None] = []
    return Ses("eu-west-1").hand_in(PARCEL, lambda: steps.append(None)), len(steps)


def test_the_whole_message_goes_in_one_request(amazon: Amazon) -> None:
    assert hand_in() == (Taken(), 1)
    ((path, body, headers),) = amazon.asked
    assert path == SEND
    assert base64.b64decode(body["Content"]["Raw"]["Data"]) == PARCEL.message
    assert body["Destination"] == {"ToAddresses": ["Ada@example.org"]}
    assert body["FromEmailAddress"] == "loupe@example.org"
    assert "/eu-west-1/ses/aws4_request" in headers["Authorization"]


@pytest.mark.parametrize(
    ("status", "error", "kind"),
    [
        (400, "MessageRejected", Never),
        (400, "BadRequestException", Never),
        (429, "TooManyRequestsException", NotNow),
        (400, "LimitExceededException", NotNow),
        (400, "AccountSuspendedException", NotNow),
        (400, "MailFromDomainNotVerifiedException", NotNow),
        (403, "SignatureDoesNotMatch", NotNow),
        (503, "ServiceUnavailable", NotNow),
        (500, "InternalFailure", Unsure),
    ],
)
def test_every_refusal_is_told_right_and_nothing_is_repeated(
    amazon: Amazon, status: int, error: str, kind: type[Answer]
) -> None:
    amazon.status, amazon.error = status, error
    answer, steps = hand_in()
    assert isinstance(answer, kind)
    assert not isinstance(answer, Taken)
    assert answer.words == f"Amazon SES: {error}: So it is."
    assert (steps, len(amazon.asked)) == (1, 1)


def test_an_answer_that_never_came_is_in_doubt_and_not_asked_for_again(amazon: Amazon) -> None:
    amazon.breaks = True
    answer, _ = hand_in()
    assert isinstance(answer, Unsure)
    assert len(amazon.asked) == 1


def test_nobody_there_is_not_in_doubt(monkeypatch: pytest.MonkeyPatch, amazon: Amazon) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", "http://127.0.0.1:1")
    assert isinstance(hand_in()[0], NotNow)


def test_without_credentials_somebody_has_to_act(monkeypatch: pytest.MonkeyPatch, amazon: Amazon) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    answer, _ = hand_in()
    assert isinstance(answer, NotNow)
    assert "credentials" in answer.words
    assert amazon.asked == []


def test_whoever_stops_at_the_last_step_sends_nothing(amazon: Amazon) -> None:
    def lost() -> None:
        raise Unavailable("Another sender took over.")

    with pytest.raises(Unavailable):
        Ses("eu-west-1").hand_in(PARCEL, lost)
    assert amazon.asked == []


def test_a_look_sends_nothing(amazon: Amazon) -> None:
    assert Ses("eu-west-1").look() is None
    amazon.status = 403
    assert str(Ses("eu-west-1").look()).startswith("Amazon SES: ")
    assert amazon.asked == []
