"""Commands on AWS: they look at the table that LOUPE_TABLE names, and functions do what they ask for."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from PIL import Image

from loupe import originals_key
from loupe.settings import Settings, variable
from pipeline.ledger import Row, Settled, Task
from pipeline.opinions import Opinion
from pipeline.results import Failed
from pipeline.topic import due, source
from tests.aws import grounded
from tests.aws.signed import verified
from tests.cli.running import bare, lines, loupe
from tests.flow.driving import eventually
from tests.servers.ministack import MiniStack


def png(size: tuple[int, int] = (8, 8)) -> bytes:
    whole = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(whole, "PNG")
    return whole.getvalue()


@pytest.fixture(scope="module")
def environment(aws: MiniStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[pytest.MonkeyPatch]:
    """No settings but those by which MiniStack is found, for all tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        bare(patch, tmp_path_factory.mktemp("cwd"), [variable(name) for name in Settings.model_fields])
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        yield patch


@pytest.fixture(scope="module")
def house(aws: MiniStack, environment: pytest.MonkeyPatch) -> grounded.House:
    return grounded.house(aws, environment)


@pytest.fixture(scope="module")
def image(house: grounded.House) -> str:
    """A picture that went through the whole chain."""
    image = house.put("one.png", png((48, 48)))
    with house.functions():
        eventually(lambda: house.state(image) != "waiting", 60)
    assert house.state(image) == "done"
    return image


@pytest.fixture
def short(house: grounded.House, image: str) -> str:
    found = house.base.catalog.find(image)
    assert found
    return found.short


def parked(house: grounded.House, name: str) -> Task:
    """A picture whose first run was given up, as the function does it: the message, and the row."""
    image = house.put(f"{name}.png", f"{name} is no picture".encode())
    task = house.base.ledger.open_tasks(image)["accept_image"]
    queue = house.parked_queue("accept_image")
    queue.send(due(task, source(house.base.table.name), datetime.now(UTC)).body)
    row = Row(
        image, "accept_image", Failed("The bucket is asleep."), datetime.now(UTC), inputs={"arrival": 1}
    )
    house.base.engine().turn("functions", [Settled(row)], want=0)
    with house.functions():
        eventually(lambda: house.state(image) == "failed", 60)
    return task


def public(house: grounded.House, image: str) -> int:
    return sum(1 for _ in house.base.public.keys(image))


def test_status_tells_of_one_image_and_of_the_queue(house: grounded.House, image: str, short: str) -> None:
    assert f"{short}  one.png  ({image})" in loupe("status", short).stdout
    (report,) = lines(loupe("status", image, "--json"))
    assert (report["id"], report["state"], report["page"]) == (
        image,
        "done",
        f"https://pictures.example.org/i/{image}",
    )
    (queue,) = lines(loupe("status", "--json"))
    assert (queue["waiting"], queue["alarms"]) == (0, [])
    assert queue["images"]["done"] >= 1
    assert "Runs: 0 waiting" in loupe("status").stdout


def test_status_says_what_people_found_wrong(house: grounded.House, image: str, short: str) -> None:
    from pipeline.adapters.dynamo_opinions import DynamoOpinions

    said = Opinion("k1", image, ("place",), "It is Sofia.", "U012AB3CD", datetime.now(UTC))
    DynamoOpinions(house.base.table).add(said)
    assert "It is Sofia." in loupe("status", short).stdout


def test_an_image_that_is_not_there_is_said_to_be_missing_in_the_table(house: grounded.House) -> None:
    for command in ("status", "replay", "hold", "release", "alt", "archive", "restore", "place"):
        result = loupe(command, "IMG-0000")
        assert (result.exit_code, result.stderr) == (
            2, f"There is no image 'IMG-0000' in the table {house.base.table.name}.\n",
        )  # fmt: skip


def test_a_held_picture_loses_its_copies_and_a_released_one_gets_them_back(
    house: grounded.House, image: str, short: str
) -> None:
    before = public(house, image)
    assert before
    with house.functions():
        held = loupe("hold", short)
        assert (held.exit_code, held.stdout) == (0, f"{short}: held; it has no web copies.\n")
        assert public(house, image) == 0
        back = loupe("release", short)
    assert (back.exit_code, back.stdout) == (
        0,
        f"{short}: released. https://pictures.example.org/i/{image}\n",
    )
    assert public(house, image) == before


def test_a_person_describes_a_picture(house: grounded.House, image: str, short: str) -> None:
    assert loupe("alt", short, "A grey square").stdout == "Noted. The page is made anew.\n"
    with house.functions():
        eventually(lambda: house.base.catalog.report(image)["alt"] == "A grey square", 30)
    said = loupe("alt", short)
    assert (said.stdout, said.stderr) == ("A grey square\n", "Written by a person.\n")
    assert loupe("alt", short, "--clear").stdout == "Taken back. The page is made anew.\n"


def test_a_person_says_where_it_was_taken(house: grounded.House, image: str, short: str) -> None:
    assert loupe("place", short, "42.6975,23.3242").stdout == "Noted. The place is found anew.\n"
    with house.functions():
        eventually(lambda: "Sofia" in loupe("place", short).stdout, 30)
    assert "(42.69750,23.32420), a person's word" in loupe("place", short).stdout


def test_originals_go_into_the_archive_and_come_back(house: grounded.House, short: str) -> None:
    with house.functions():
        away = loupe("archive", short)
        assert away.exit_code == 0, away.output
        assert f"in the bucket {house.base.settings.store_bucket}" in away.stdout
        back = loupe("restore", short)
    assert (back.exit_code, "back in the store until" in back.stdout) == (0, True), back.output


def test_an_original_is_read_by_a_signed_address_for_a_while(
    house: grounded.House, image: str, short: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = house.base.catalog.report(image)["sha256"]
    unset = loupe("original", short)
    assert (unset.exit_code, "LOUPE_ORIGINALS_KEY_ID" in unset.stderr) == (2, True)
    monkeypatch.setenv("LOUPE_ORIGINALS_KEY_ID", "K2JCJMDEHXQW5F")
    monkeypatch.setenv("LOUPE_ORIGINALS_KEY", str(tmp_path / "key.pem"))
    missing = loupe("original", short)
    assert (missing.exit_code, "key.pem cannot be read" in missing.stderr) == (2, True)
    originals_key.make(tmp_path / "key.pem")
    told = loupe("original", short, "--for", "5")
    assert told.exit_code == 0, told.output
    below = f"originals/{original[:2]}/{original[2:4]}/{original}"
    assert told.stdout.startswith(f"https://pictures.example.org/{below}?Expires=")
    key = load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    assert isinstance(key, RSAPrivateKey)
    verified(told.stdout.strip(), key.public_key())
    copied = loupe("original", short, "--to", tmp_path / "copy")
    assert (copied.exit_code, sha256((tmp_path / "copy").read_bytes()).hexdigest()) == (0, original)


def test_without_waiting_it_is_asked_for(house: grounded.House, short: str) -> None:
    assert (
        loupe("hold", short, "--wait", "0").stdout
        == f"{short}: asked for; `loupe status` shows how it goes.\n"
    )
    with house.functions():
        assert loupe("release", short).exit_code == 0


def test_a_parked_run_is_replayed_by_its_image(house: grounded.House) -> None:
    task = parked(house, "asleep")
    told = loupe("status").stdout
    assert f"parked: accept_image on {task.image}: The bucket is asleep." in told
    assert "accept_image" in loupe("replay", task.image).stdout
    assert house.base.ledger.open_tasks(task.image)["accept_image"].revision == 2
    with house.functions():
        eventually(lambda: house.state(task.image) == "rejected", 30)


def test_all_that_is_parked_is_replayed_and_its_messages_are_gone(house: grounded.House) -> None:
    tasks = [parked(house, name) for name in ("first", "second")]
    queue = house.parked_queue("accept_image")
    queue.send("neither this nor that")
    assert queue.count() >= 3
    result = loupe("replay", "--parked", "--actor", "accept_image")
    assert result.exit_code == 0
    assert [f"{task.image}: accept_image" in result.stdout for task in tasks] == [True, True]
    assert "2 runs are due again." in result.stdout
    assert "Messages that name no run and stay in the dead-letter queues: 1" in result.stderr
    assert queue.count() == 1
    for receipt, _ in queue.messages(1):
        queue.delete(receipt)
    with house.functions():
        eventually(lambda: all(house.state(task.image) == "rejected" for task in tasks), 30)
    assert loupe("replay", "--parked").stdout == "0 runs are due again.\n"


def test_what_an_earlier_version_lacked_is_made_due(house: grounded.House, image: str) -> None:
    assert "0 runs are due again." in loupe("replay", "--missing").stdout
    house.base.table.write(*(grounded.without(house.base.table, image, "report_publication")))
    assert f"{image}: report_publication\n1 runs" in loupe("replay", "--missing").stdout
    with house.functions():
        eventually(lambda: house.state(image) == "done", 30)


def test_the_doctor_finds_what_the_settings_name(
    house: grounded.House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in house.base.chain.names():
        house.parked_queue(name)
    found = {each["name"]: each for each in lines(loupe("doctor", "--json"))}
    assert {name for name, each in found.items() if not each["well"]} == {"distribution"}
    assert found["table"]["words"] == f"{house.base.table.name} can be read"
    assert found["store"]["words"] == f"{house.base.settings.store_bucket} can be listed"
    assert found["queues"]["words"] == f"{len(house.base.chain.names())} dead-letter queues are empty"
    house.parked_queue("find_place").send("x")
    monkeypatch.setenv("LOUPE_DISTRIBUTION", "E2QWRUHAPOMQZL")
    monkeypatch.setenv("LOUPE_PUBLIC_BUCKET", "no-such-bucket")
    result = loupe("doctor")
    assert result.exit_code == 1
    assert "MEND  queues       find_place 1: `loupe replay --parked`" in result.stdout
    assert "ok    distribution E2QWRUHAPOMQZL" in result.stdout
    assert "MEND  public " in result.stdout


def test_the_doctor_misses_queues_and_settings(
    monkeypatch: pytest.MonkeyPatch, house: grounded.House
) -> None:
    monkeypatch.setenv("LOUPE_TABLE", "no-such-table")
    result = loupe("doctor")
    assert "MEND  table        The table no-such-table answered ResourceNotFoundException" in result.stdout
    assert "the stack no-such-table has no dead-letter queue for accept_image, " in result.stdout
    monkeypatch.delenv("LOUPE_STORE_BUCKET")
    assert "MEND  settings     LOUPE_STORE_BUCKET must be set" in loupe("doctor").stdout


def test_pictures_are_loaded_into_the_drop_and_looked_at(house: grounded.House, tmp_path: Path) -> None:
    house.arrivals()
    (tmp_path / "good.png").write_bytes(png())
    (tmp_path / "notes.txt").write_text("no picture")
    with house.functions():
        result = loupe("load", tmp_path, "--to", "s3", "--count", "2", "--same", "--json", "--patience", "60")
    (told,) = lines(result)
    assert (told["sent"], told["settled"], told["differences"], told["errors"]) == (2, 2, {}, {}), told
    assert result.exit_code == 0


@pytest.mark.parametrize("command", ["up", "check", "digest", "export"])
def test_what_works_on_one_machine_alone_says_so(house: grounded.House, command: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    words: dict[str, list[str | Path]] = {"check": [tmp_path / "a.png"], "export": ["--format", "csv"]}
    result = loupe(command, *words.get(command, ()))
    assert result.exit_code == 2, result.output
    assert f"LOUPE_TABLE names {house.base.table.name} on AWS" in result.stderr


def test_an_erased_picture_is_nowhere_any_more(house: grounded.House, image: str, short: str) -> None:
    """The last test of this file: the picture of the others goes."""
    original = house.base.catalog.report(image)["sha256"]
    assert loupe("erase", short).exit_code == 2
    with house.functions():
        result = loupe("erase", short, "--yes")
    assert result.exit_code == 0, result.output
    assert "Looked everywhere anew: nothing is left." in result.stdout
    assert public(house, image) == 0
    assert list(house.base.store.keys(f"originals/{original[:2]}/{original[2:4]}")) == []
    assert f"{short} was erased on" in loupe("status", short).stdout
    assert "was erased on" in loupe("hold", short).stderr
