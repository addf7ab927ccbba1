"""A watched part of a bucket, in a SeaweedFS on loopback: looked through, taken in, told beside."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from loupe import dropping
from pipeline.adapters import s3_drop
from pipeline.adapters.s3_drop import S3Drop
from pipeline.dropping import Watcher
from pipeline.drops import Found
from pipeline.errors import Unavailable
from pipeline.results import Accepted
from tests.cli.running import loupe
from tests.drop.places import Home, picture
from tests.servers.seaweed import Seaweed, seaweed

ACCEPTED = Accepted("ab" * 32, "originals/x", "PNG", 24, 16, 100)
ODD = ("a b+c%20.png", "ü/写真.png", "x" * 200 + ".png")


@pytest.fixture(scope="module")
def weed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seaweed]:
    with seaweed(tmp_path_factory.mktemp("weed")) as running:
        yield running


@pytest.fixture
def client(weed: Seaweed, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in weed.environment.items():
        monkeypatch.setenv(name, value)
    return weed.client()


@pytest.fixture
def bucket(client: Any) -> str:
    name = f"b{uuid4().hex[:12]}"
    client.create_bucket(Bucket=name)
    return name


def seen(drop: S3Drop) -> dict[str, Found]:
    return {found.path: found for page in drop.pages() for found in page}


def keys(client: Any, bucket: str) -> list[str]:
    return [each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])]


def watcher(home: Home, bucket: str) -> Watcher:
    return dropping.watcher(home.base, S3Drop(f"s3://{bucket}/in"), home.drops)


def test_objects_below_the_prefix_are_seen_and_read(client: Any, bucket: str) -> None:
    for key in (*(f"in/{name}" for name in ODD), "in/a.png.report.json", "in/b.part", "inside.png", "c.png"):
        client.put_object(Bucket=bucket, Key=key, Body=key.encode())
    drop = S3Drop(f"s3://{bucket}/in/")
    assert set(seen(drop)) == set(ODD)
    for name, found in seen(drop).items():
        got = bytearray()
        assert drop.fetch(found, got.extend)
        assert got == f"in/{name}".encode()
    assert "inside.png" in seen(S3Drop(f"s3://{bucket}"))


def test_an_object_that_changed_or_went_since_the_look_is_not_taken(client: Any, bucket: str) -> None:
    drop = S3Drop(f"s3://{bucket}")
    for key in ("a.png", "b.png"):
        client.put_object(Bucket=bucket, Key=key, Body=b"first")
    found = seen(drop)
    client.put_object(Bucket=bucket, Key="a.png", Body=b"other")
    client.delete_object(Bucket=bucket, Key="b.png")
    assert not drop.fetch(found["a.png"], bytearray().extend)
    assert not drop.fetch(found["b.png"], bytearray().extend)
    assert seen(drop)["a.png"].stamp != found["a.png"].stamp


def test_a_long_list_is_gone_through_in_turns_and_begun_anew(
    client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_drop, "PAGE", 2)
    monkeypatch.setattr(s3_drop, "PAGES", 2)
    for number in range(6):
        client.put_object(Bucket=bucket, Key=f"in/{number}.png", Body=b"x")
    drop = S3Drop(f"s3://{bucket}/in")
    looks = [sorted(seen(drop)) for _ in range(3)]
    assert looks == [
        ["0.png", "1.png", "2.png", "3.png"], ["4.png", "5.png"], ["0.png", "1.png", "2.png", "3.png"],
    ]  # fmt: skip


def test_what_lands_there_becomes_an_image_and_gets_its_report(home: Home, client: Any, bucket: str) -> None:
    client.put_object(Bucket=bucket, Key="in/sub/a.png", Body=picture(home.data / "a.png").read_bytes())
    looker = watcher(home, bucket)
    assert looker.look() == 1
    assert looker.look() == watcher(home, bucket).look() == 0
    (image,) = home.images()
    assert (image.source.kind, image.source.name) == ("s3", "a.png")
    home.settle(image.image, ACCEPTED)
    assert looker.tell() == 1
    assert looker.look() == 0
    found = client.get_object(Bucket=bucket, Key="in/sub/a.png.report.json")
    assert found["ContentType"] == "application/json"
    assert json.loads(found["Body"].read())["id"] == image.image


def test_an_object_that_is_put_again_is_the_same_image_and_another_one_is_not(
    home: Home, client: Any, bucket: str
) -> None:
    for number, new in ((1, 1), (1, 0), (2, 1)):
        body = picture(home.data / "a.png", number).read_bytes()
        client.put_object(Bucket=bucket, Key="in/a.png", Body=body)
        assert watcher(home, bucket).look() == new


def test_two_who_look_at_once_make_one_image_of_each_object(home: Home, client: Any, bucket: str) -> None:
    for number in range(20):
        body = picture(home.data / "a.png", number).read_bytes()
        client.put_object(Bucket=bucket, Key=f"in/{number}.png", Body=body)
    both = [threading.Thread(target=watcher(home, bucket).look) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(home.images()) == 20


def test_what_is_not_a_report_of_ours_is_left_alone(client: Any, bucket: str) -> None:
    drop = S3Drop(f"s3://{bucket}")
    for key in ("a.png", "a.png.report.json"):
        client.put_object(Bucket=bucket, Key=key, Body=b"mine")
    with pytest.raises(Unavailable, match="left as it is"):
        drop.tell("a.png", {"id": "1"})
    drop.untell("a.png")
    assert client.get_object(Bucket=bucket, Key="a.png.report.json")["Body"].read() == b"mine"


def test_a_report_is_renewed_taken_away_and_not_written_about_what_went(client: Any, bucket: str) -> None:
    drop = S3Drop(f"s3://{bucket}")
    client.put_object(Bucket=bucket, Key="a.png", Body=b"x")
    drop.tell("a.png", {"id": "1"})
    drop.tell("a.png", {"id": "2"})
    assert json.loads(client.get_object(Bucket=bucket, Key="a.png.report.json")["Body"].read()) == {"id": "2"}
    drop.untell("a.png")
    drop.untell("a.png")
    drop.tell("gone.png", {"id": "3"})
    assert keys(client, bucket) == ["a.png"]


@pytest.mark.usefixtures("client")
def test_a_bucket_that_is_not_there_is_told_in_words() -> None:
    drop = S3Drop("s3://no-such-bucket-here")
    with pytest.raises(Unavailable, match="The bucket no-such-bucket-here: "):
        list(drop.pages())
    assert "no-such-bucket-here" in (drop.look() or "")


def test_a_server_that_does_not_answer_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Unavailable, match="The bucket pictures: "):
        list(S3Drop("s3://pictures/in").pages())


def test_the_load_program_finds_no_difference(
    home: Home, client: Any, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loupe.loading_s3.LOOK_SECONDS", 0.0)
    stop = threading.Event()

    def serve() -> None:
        looker = watcher(home, bucket)
        while not stop.wait(0.05):
            looker.look()
            for each in home.images():
                if each.state == "waiting":
                    home.reject(each.image)
            looker.tell()

    picture(tmp_path / "pictures" / "a.png")
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        found = loupe(
            "load", tmp_path / "pictures", "--to", "s3", "--url", f"s3://{bucket}/in", "--count", "12"
        )
    finally:
        stop.set()
        thread.join()
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("12 sent, 12 settled, 0 differences")
    assert sum(key.endswith(".report.json") for key in keys(client, bucket)) == 12


def test_load_says_what_it_needs_to_know_of_a_bucket(tmp_path: Path) -> None:
    picture(tmp_path / "pictures" / "a.png")
    for url in ([], ["--url", "http://x"], ["--url", "s3://"]):
        ended = loupe("load", tmp_path / "pictures", "--to", "s3", *url)
        assert ended.exit_code == 2
        assert "--url s3://bucket/prefix" in ended.stderr
