"""Requests that fail are failures as boto3 knows them, and the table's adapter lives with them."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import ExponentialBackoff

from pipeline.adapters.aws_client import client
from pipeline.adapters.dynamo_table import NEW, Check, Put, Table
from pipeline.errors import Unavailable
from tests.aws.rough_requests import Rough, install

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _smooth_again() -> Iterator[None]:
    sent, waited = URLLib3Session.send, ExponentialBackoff.delay_amount
    yield
    URLLib3Session.send, ExponentialBackoff.delay_amount = sent, waited


@pytest.mark.parametrize(
    ("service", "ask", "codes"),
    [
        ("sqs", lambda c: c.send_message(QueueUrl="http://q/1/q", MessageBody="a"), {"RequestThrottled"}),
        ("sns", lambda c: c.publish(TopicArn="arn:aws:sns:eu-west-1:1:t", Message="a"), {"Throttled"}),
        ("s3", lambda c: c.get_object(Bucket="bucket", Key="a"), {"SlowDown"}),
        ("dynamodb", lambda c: c.get_item(TableName="t", Key={}), {
            "ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"}),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("in_aws")
def test_every_service_refuses_in_its_own_words(service, ask, codes) -> None:  # type: ignore[no-untyped-def]
    install(Rough(throttled=1.0, seed="1"), pause=0)
    with pytest.raises(ClientError) as fault:
        ask(client(service))
    assert fault.value.response["Error"]["Code"] in codes


def test_refused_for_good_is_unavailable(table: Table) -> None:
    install(Rough(throttled=1.0, seed="1"), pause=0)
    for _ in range(5):
        with pytest.raises(Unavailable):
            table.write(Put({"pk": "p", "sk": "a"}))
        with pytest.raises(Unavailable):
            table.write(Put({"pk": "p", "sk": "a"}), Check("p", "b", NEW))


def test_now_and_then_refused_or_unanswered_is_asked_again(table: Table) -> None:
    install(Rough(throttled=0.1, unanswered=0.1, seed="2"), pause=0)
    kept = 0
    for n in range(60):
        try:
            table.write(Put({"pk": "p", "sk": f"{n:02}"}))
            kept += 1
        except Unavailable:
            continue
    assert kept > 30
    install(Rough(), pause=0)


def test_a_kill_leaves_the_write_done_or_undone(table: Table) -> None:
    code = (
        "import sys; from pipeline.adapters.dynamo_table import *\n"
        "from tests.aws.rough_requests import *\n"
        f"install(Rough(killed=1.0, seed=sys.argv[1]), 0); Table({table.name!r})"
        ".write(Put({'pk': 'p', 'sk': sys.argv[1]}))"
    )
    ended = [
        subprocess.run([sys.executable, "-c", code, f"{n}"], cwd=ROOT, check=False).returncode
        for n in range(4)
    ]
    there = {item["sk"] for item in table.query("p")}
    assert ended.count(-signal.SIGKILL) + ended.count(0) == 4
    assert -signal.SIGKILL in ended
    assert {f"{n}" for n, status in enumerate(ended) if status == 0} <= there
