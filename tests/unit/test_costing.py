"""What was counted becomes money, line by line."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from bench.aws_cost import main
from loupe.costing import IDLE, Runs, Usage, counted, lines, markdown, runs, standing, usage_of
from loupe.prices import GB, PRICES, Price

USAGE = Usage(
    images=10,
    functions={
        "detect_faces": Runs(invocations=10, ms=4000.0, memory=1024, messages=12),
        "route": Runs(invocations=5, ms=500.0, memory=512),
    },
    requests={
        "s3.PutObject": 30, "s3.ListObjectsV2": 1, "s3.GetObject": 40, "s3.HeadObject": 10,
        "s3.DeleteObjects": 3,
        "sns.Publish": 100, "sns.PublishBatch": 20, "sqs.SendMessage": 2, "dynamodb.Query": 50,
        "ssm.GetParameters": 4, "rekognition.DetectFaces": 10, "cloudfront.CreateInvalidation": 1,
    },
    units={"dynamodb.read": 75.5, "dynamodb.write": 200.0},
    stored={"s3.standard": 5 * GB, "dynamodb.stored": 10_240},
    logged=GB // 1000,
    standing={"queues": 20, "alarm": 12, "dashboard": 1, "schedule": 17_280},
)  # fmt: skip


def bill(usage: Usage) -> dict[str, tuple[float, float]]:
    return {each.name: (each.quantity, each.dollars) for each in lines(usage)}


def named(name: str) -> str:
    return PRICES[name].name


@pytest.mark.parametrize(
    ("name", "quantity", "dollars"),
    [
        ("lambda.compute", 425.0, 425 * 0.0000166667),
        ("lambda.request", 1500, 1500 * 0.2e-6),
        ("sqs.request", 3400, 3400 * 0.4e-6),
        ("sns.publish", 12_000, 0.006),
        ("s3.put", 3100, 0.0155),
        ("s3.get", 5000, 0.002),
        ("dynamodb.read", 7550, 7550 * 0.125e-6),
        ("dynamodb.write", 20_000, 0.0125),
        ("s3.standard", 500, 11.5),
        ("dynamodb.stored", 1000 * 1024 / GB, 0.25 * 1000 * 1024 / GB),
        ("logs.in", 100 * (GB // 1000) / GB, 50 * (GB // 1000) / GB),
        ("rekognition", 1000, 1.0),
        ("cloudfront.path", 100, 0.5),
    ],
)
def test_each_line_is_the_share_of_1000_images_at_its_price(
    name: str, quantity: float, dollars: float
) -> None:
    assert bill(USAGE)[named(name)] == pytest.approx((quantity, dollars))


def test_what_is_free_or_counted_otherwise_is_no_line() -> None:
    assert len(bill(USAGE)) == 13
    assert (
        lines(Usage(1, requests={"s3.DeleteObject": 9, "dynamodb.Query": 9, "sts.GetCallerIdentity": 1}))
        == []
    )


def twice(found: Runs) -> Runs:
    return Runs(2 * found.invocations, 2 * found.ms, found.memory, 2 * found.messages)


def test_twice_as_many_images_of_the_same_kind_cost_the_same_each() -> None:
    double = replace(
        USAGE,
        images=20,
        functions={name: twice(each) for name, each in USAGE.functions.items()},
        requests={n: 2 * c for n, c in USAGE.requests.items()},
        units={n: 2 * c for n, c in USAGE.units.items()},
        stored={n: 2 * c for n, c in USAGE.stored.items()},
        logged=2 * USAGE.logged,
    )  # fmt: skip
    assert lines(double) == lines(USAGE)


def test_a_month_without_pictures_costs_what_stands() -> None:
    found = {each.name: each.dollars for each in standing(USAGE)}
    assert found == {
        named("alarm"): pytest.approx(1.2),
        named("dashboard"): 3.0,
        named("schedule"): pytest.approx(0.01728),
        named("sqs.request"): pytest.approx(20 * IDLE * 0.4e-6),
    }
    assert standing(Usage(1)) == []


REPORT = (
    "REPORT RequestId: 8f50\tDuration: {ms}.52 ms\tBilled Duration: {ms} ms\t"
    "Memory Size: 1024 MB\tMax Memory Used: 97 MB"
)


def test_runs_are_read_from_the_lines_that_lambda_logs() -> None:
    log = ["START RequestId: 8f50 Version: $LATEST", '{"actor": "detect_faces", "ms": 99}']
    log += [
        REPORT.format(ms=120),
        REPORT.format(ms=80) + "\tInit Duration: 412.05 ms\t\n",
        "END RequestId: 8f50",
    ]
    assert runs(log, messages=3) == Runs(invocations=2, ms=200.0, memory=1024, messages=3)
    assert runs([]) == Runs(0, 0.0, 0)
    assert runs(log).gb_seconds == pytest.approx(0.2)


def test_requests_of_all_processes_are_added_up() -> None:
    written = [
        '{"request": "dynamodb.Query", "units": {"dynamodb.read": 2}}',
        '{"request": "s3.PutObject"}',
        '{"request": "dynamodb.Query", "units": {"dynamodb.read": 0.5}}',
        '{"request": "dynamodb.PutItem", "units": {"dynamodb.write": 3.0}}\n',
    ]
    requests, units = counted(written)
    assert requests == {"dynamodb.Query": 2, "s3.PutObject": 1, "dynamodb.PutItem": 1}
    assert units == {"dynamodb.read": 2.5, "dynamodb.write": 3.0}


def test_a_usage_comes_back_from_json() -> None:
    assert usage_of(json.loads(json.dumps(asdict(USAGE)))) == USAGE


def test_prices_are_said_as_people_write_them() -> None:
    assert PRICES["lambda.compute"].words == "$0.0000166667 per GB-s"
    assert PRICES["sqs.request"].words == "$0.40 per 1,000,000 requests"
    assert PRICES["s3.deep_archive"].words == "$0.00099 per GB"
    assert PRICES["dashboard"].words == "$3.00 per dashboards"
    assert PRICES["sns.delivery"].words == "free"
    assert Price("x", "y", 0.625, 1e6).of(1e6) == 0.625


def test_the_tables_are_written_into_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    usage, page = tmp_path / "usage.json", tmp_path / "operate.md"
    usage.write_text(json.dumps(asdict(USAGE)))
    page.write_text("Before\n\n<!-- costs -->\nold\n<!-- /costs -->\n\nafter\n")
    assert main([str(usage), "--write", str(page)]) == 0
    assert page.read_text() == f"Before\n\n<!-- costs -->\n{markdown(USAGE)}\n<!-- /costs -->\n\nafter\n"
    assert main([str(usage), "--write", str(page)]) == 0
    assert page.read_text().count("| **together** |") == 2
    assert main([str(usage)]) == 0
    printed = capsys.readouterr().out
    assert "| Lambda, computing | 425 GB-s | $0.0000166667 per GB-s | 0.0071 |" in printed
    assert "| `detect_faces` | 1,000 | 400 | 1,024 | 400.0 |" in printed
    assert printed.index("detect_faces") < printed.index("route")
    page.write_text("nothing")
    assert main([str(usage), "--write", str(page)]) == 2
    assert "has no line <!-- costs -->" in capsys.readouterr().err


def test_the_bill_says_its_sum() -> None:
    total = sum(each.dollars for each in lines(USAGE))
    assert f"| **together** | | | **{total:.4f}** |" in markdown(USAGE)
