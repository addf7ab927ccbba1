"""What holds wherever a file is handed in: at this machine's door, and in a bucket of an S3 server."""

from __future__ import annotations

import base64
import json
import select
import socket
import time
from urllib.parse import urlsplit

import pytest

from pipeline import inbox
from pipeline.post_policy import Signer
from pipeline.tickets import Form, new_id
from tests.door.counter import ANA, BEN, Counter, drawn, head

MEGABYTE = 1_000_000


def untouched(counter: Counter) -> bool:
    """Has nothing been taken, and does nothing lie there, nor anywhere else?"""
    return counter.lying() == counter.images() == counter.stored() == []


def test_a_file_that_is_handed_in_becomes_an_image(counter: Counter) -> None:
    ticket, form = counter.ticket()
    assert counter.desk.find(ticket.id).became == ""
    assert counter.post(form, drawn(1)).status == 204
    assert len(counter.stored()) == 1
    image = counter.desk.take(ticket.id)
    assert counter.images() == [image]
    assert counter.bytes_of(image) == drawn(1)
    assert counter.desk.find(ticket.id).became == image
    found = counter.base.catalog.find(image)
    assert found
    assert (found.source.kind, found.source.name, found.source.person) == ("upload", "holiday.png", ANA.id)


def test_the_same_bytes_from_the_same_person_are_one_image(counter: Counter) -> None:
    taken = []
    for visitor in (ANA, ANA, BEN):
        ticket, form = counter.ticket(visitor)
        assert counter.post(form, drawn(2)).status == 204
        taken.append(counter.desk.take(ticket.id))
    assert taken[0] == taken[1] != taken[2]
    assert sorted(counter.images()) == sorted({*taken})


def test_a_ticket_is_for_as_many_bytes_as_it_says(counter: Counter) -> None:
    ticket, form = counter.ticket(size=len(drawn()))
    assert counter.post(form, drawn()).status == 204
    assert counter.desk.take(ticket.id)


def test_one_byte_more_is_too_much(counter: Counter) -> None:
    _, form = counter.ticket(size=len(drawn()))
    answer = counter.post(form, drawn() + b"!")
    assert (answer.status, answer.code) == (400, "EntityTooLarge")
    assert untouched(counter)


def test_nothing_is_too_little(counter: Counter) -> None:
    answer = counter.post(counter.ticket()[1], b"")
    assert (answer.status, answer.code) == (400, "EntityTooSmall")
    assert untouched(counter)


@pytest.mark.parametrize("signature", ["0" * 64, "", "é", "0" * 10_000])
def test_a_wrong_signature_is_refused(counter: Counter, signature: str) -> None:
    _, form = counter.ticket()
    answer = counter.post(form, changed={"x-amz-signature": signature})
    assert answer.status in (400, 403)
    assert answer.code != ""
    assert untouched(counter)


def test_a_policy_that_was_changed_is_refused(counter: Counter) -> None:
    (_, small), (_, large) = counter.ticket(size=10), counter.ticket(size=100_000)
    answer = counter.post(small, changed={"policy": large.fields["policy"]})
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert untouched(counter)


def test_a_form_without_a_policy_is_refused(counter: Counter) -> None:
    _, form = counter.ticket()
    bare = Form(form.url, {"key": form.fields["key"], "Content-Type": "image/png"})
    assert counter.post(bare).status in (400, 403)
    assert untouched(counter)


def test_a_ticket_that_has_expired_is_refused(counter: Counter) -> None:
    ticket, form = counter.ticket(lives=1.1)
    while time.time() < ticket.expires + 1:  # a bucket counts whole seconds
        time.sleep(0.05)
    answer = counter.post(form)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert untouched(counter)


def test_another_type_than_the_ticket_says_is_refused(counter: Counter) -> None:
    _, form = counter.ticket(type="image/png")
    answer = counter.post(form, changed={"Content-Type": "text/html"})
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert untouched(counter)


@pytest.mark.parametrize("name", ["key", "Content-Type", "policy", "x-amz-algorithm", "x-amz-credential",
                                  "x-amz-date", "x-amz-signature"])  # fmt: skip
def test_no_field_of_a_form_can_be_changed_or_left_out(counter: Counter, name: str) -> None:
    _, form = counter.ticket()
    assert name in form.fields
    assert counter.post(form, changed={name: form.fields[name] + "x"}).status in (400, 403)
    rest = {each: value for each, value in form.fields.items() if each != name}
    assert counter.post(Form(form.url, rest)).status in (400, 403)
    assert untouched(counter)


def test_a_form_that_somebody_else_signed_is_refused(counter: Counter) -> None:
    """With the right words and a secret of their own."""
    ticket, form = counter.ticket()
    forged = Signer(b"a secret of their own", *credential(form), bucket_of(form))
    fields = forged.fields(form.fields["key"], ticket.type, 1000, ticket.expires, time.time())
    assert counter.post(Form(form.url, fields)).code == "SignatureDoesNotMatch"
    assert untouched(counter)


def credential(form: Form) -> tuple[str, str]:
    access, _, region, *_ = form.fields["x-amz-credential"].split("/")
    return access, region


def bucket_of(form: Form) -> str:
    conditions = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    return next(str(each["bucket"]) for each in conditions if isinstance(each, dict) and "bucket" in each)


def test_one_cannot_use_the_ticket_of_another(counter: Counter) -> None:
    (hers, form), (_, his) = counter.ticket(ANA), counter.ticket(BEN)
    answer = counter.post(his, changed={"key": form.fields["key"]})
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert untouched(counter)
    assert counter.desk.take(hers.id) == ""


@pytest.mark.parametrize(
    "key",
    [
        "uploads/../../etc/passwd",
        "../../ledger.sqlite",
        "/etc/passwd",
        "..",
        "${filename}",
        "\x00",
        "%2e%2e%2fledger.sqlite",
        "a" * 2_000,
        new_id(),
        "",
    ],
    ids=range(10),
)
def test_a_key_that_the_ticket_does_not_name_is_refused(counter: Counter, key: str) -> None:
    _, form = counter.ticket()
    before = {path.name for path in counter.base.settings.data.rglob("*")}
    assert counter.post(form, changed={"key": key}).status in (400, 403)
    assert untouched(counter)
    assert {path.name for path in counter.base.settings.data.rglob("*")} - before <= {"inbox"}


@pytest.mark.parametrize(
    "name", ["../../ledger.sqlite", "/etc/passwd", "${filename}", "a\\..\\b", "ünü " * 60]
)
def test_the_name_of_the_file_is_nobodys_path(counter: Counter, name: str) -> None:
    ticket, form = counter.ticket()
    before = {path.name for path in counter.base.settings.data.rglob("*")}
    assert counter.post(form, drawn(3), name=name).status == 204
    image = counter.desk.take(ticket.id)
    assert counter.bytes_of(image) == drawn(3)
    found = counter.base.catalog.find(image)
    assert found
    assert found.source.name == "holiday.png"
    assert {path.name for path in counter.base.settings.data.rglob("*")} - before <= {"inbox", ticket.id}


def test_a_used_ticket_never_changes_or_adds_an_image(counter: Counter) -> None:
    ticket, form = counter.ticket()
    assert counter.post(form, drawn(4)).status == 204
    image = counter.desk.take(ticket.id)
    again = counter.post(form, drawn(5))
    assert (again.status, again.code) == ((403, "AccessDenied") if counter.ours else (204, ""))
    assert counter.desk.take(ticket.id) == image
    assert counter.images() == [image]
    assert counter.bytes_of(image) == drawn(4)
    counter.accept()
    assert inbox.tend(counter.desk, counter.base.ledger, -60) == 1
    assert counter.lying() == []
    late = counter.post(form, drawn(6))
    assert late.status == again.status
    inbox.tend(counter.desk, counter.base.ledger, -60)
    assert counter.lying() == []
    assert counter.images() == [image]


def test_a_file_of_which_only_a_part_comes_is_not_there(counter: Counter) -> None:
    _, form = counter.ticket(size=MEGABYTE)
    with connected(counter, form) as wire:
        wire.sendall(head(counter.address(form), form, MEGABYTE) + b"x" * 500_000)
    time.sleep(0.2)
    assert untouched(counter)
    assert inbox.tend(counter.desk, counter.base.ledger, -60) == 0


def test_too_much_is_refused_before_all_of_it_has_come(counter: Counter) -> None:
    _, form = counter.ticket(size=MEGABYTE)
    sent, status = poured(counter, form, announced=200 * MEGABYTE)
    assert status == 400
    assert sent < 40 * MEGABYTE or not counter.ours  # SeaweedFS reads it all before it looks
    assert untouched(counter)


def poured(counter: Counter, form: Form, announced: int) -> tuple[int, int]:
    """Send until an answer comes: the bytes that went out by then, and its status."""
    sent, chunk = 0, b"x" * 65_536
    with connected(counter, form) as wire:
        wire.sendall(head(counter.address(form), form, announced))
        while sent < announced:
            readable, writable, _ = select.select([wire], [wire], [], 30)
            assert readable or writable, "Neither an answer nor more room has come."
            if readable:
                break
            try:
                sent += wire.send(chunk)
            except (BrokenPipeError, ConnectionResetError):
                break
        return sent, int(wire.recv(65_536).split(b" ", 2)[1])


def connected(counter: Counter, form: Form) -> socket.socket:
    address = urlsplit(counter.address(form))
    return socket.create_connection((address.hostname, address.port or 80), timeout=30)
