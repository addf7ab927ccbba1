"""The door on this machine: every way in which a form can be wrong, and what it leaves behind (nothing)."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Unavailable
from pipeline.tickets import Form
from tests.door.counter import CODE, LIMIT, Counter, drawn, head
from tests.flow.driving import eventually
from web import door

TOO_MUCH = (400, "MaxPostPreDataLengthExceeded")
Part = tuple[str, bytes]
"""What stands between ``form-data;`` and the end of the line, and the content."""


def parts(form: Form, body: bytes | None = None) -> list[Part]:
    """A form as a browser sends it."""
    fields = [(f'name="{name}"', value.encode()) for name, value in form.fields.items()]
    return [*fields, ('name="file"; filename="a.png"', drawn() if body is None else body)]


def written(sent: Sequence[Part], end: bytes = b"--e--\r\n") -> bytes:
    whole = [b"--e\r\nContent-Disposition: form-data; %b\r\n\r\n%b\r\n" % (n.encode(), v) for n, v in sent]
    return b"".join([*whole, end])


def asked(
    counter: Counter, body: bytes, type: str = "multipart/form-data; boundary=e", length: int | None = None,
    more: str = "",
) -> tuple[int, str]:  # fmt: skip
    """Send these very bytes; the status and S3's code."""
    size = len(body) if length is None else length
    lines = ["POST /upload HTTP/1.1", "Host: here", f"Content-Type: {type}", f"Content-Length: {size}"]
    with connected(counter) as wire:
        wire.sendall("\r\n".join([*lines, *([more] if more else []), "", ""]).encode() + body)
        return answered(wire)


def connected(counter: Counter) -> socket.socket:
    address = urlsplit(counter.url)
    return socket.create_connection((address.hostname, address.port or 80), timeout=30)


def answered(wire: socket.socket) -> tuple[int, str]:
    text = b""
    while not text.endswith(b"</Error>") and not text.startswith(b"HTTP/1.1 204"):
        more = wire.recv(65_536)
        if not more:
            break
        text += more
    found = CODE.search(text.decode())
    return int(text.split(b" ", 2)[1]), found[1] if found else ""


def untouched(counter: Counter) -> bool:
    """Is there no file of any kind, and no image?"""
    inbox = counter.base.settings.data / "inbox"
    eventually(lambda: not inbox.is_dir() or not any(inbox.iterdir()))
    return counter.images() == []


def refusal(counter: Counter, sent: Sequence[Part]) -> tuple[int, str]:
    found = asked(counter, written(sent))
    assert untouched(counter)
    return found


def test_an_answer_names_the_file_and_its_hash(machine: Counter) -> None:
    ticket, form = machine.ticket()
    answer = machine.post(form)
    assert answer.headers["location"] == f"/upload/{ticket.id}"
    lying = machine.box.look(ticket.id)
    assert lying
    assert answer.headers["etag"] == f'"{lying.sha256}"'


def test_a_refusal_is_told_as_s3_tells_it(machine: Counter) -> None:
    _, form = machine.ticket()
    body = written(parts(Form(form.url, form.fields | {"key": "<&>"})))
    request = f"POST /upload HTTP/1.1\r\nHost: here\r\nContent-Length: {len(body)}\r\n"
    with connected(machine) as wire:
        wire.sendall(f"{request}Content-Type: multipart/form-data; boundary=e\r\n\r\n".encode() + body)
        text = b""
        while more := wire.recv(65_536):  # the door closes: the rest of a body is not waited for
            text += more
    answer, _, xml = text.partition(b"\r\n\r\n")
    assert b"content-type: application/xml" in answer
    found = {each.tag: each.text for each in ElementTree.fromstring(xml)}
    assert list(found) == ["Code", "Message", "Resource", "RequestId"]
    assert f"x-amz-request-id: {found['RequestId']}".encode() in answer


def test_forms_that_are_not_as_they_should_be_are_refused(machine: Counter) -> None:
    _, form = machine.ticket()
    whole = parts(form)
    *fields, file = whole
    assert refusal(machine, fields) == (400, "IncorrectNumberOfFilesInPostRequest")
    assert refusal(machine, [*whole, file]) == (400, "IncorrectNumberOfFilesInPostRequest")
    assert refusal(machine, [fields[0], *whole]) == (400, "InvalidArgument")
    assert refusal(machine, [("", b"x"), *whole]) == (400, "InvalidArgument")
    assert refusal(machine, [('name="x-extra"', b"x"), *whole]) == (403, "AccessDenied")
    assert refusal(machine, [file, *fields]) == (403, "AccessDenied")
    assert refusal(machine, [*fields, (file[0], b"")]) == (400, "EntityTooSmall")
    assert refusal(machine, [('name="big"', b"x" * 30_000), *whole]) == TOO_MUCH
    assert refusal(machine, [(f'name="n{n}"', b"") for n in range(41)]) == (
        400,
        "MaxPostPreDataLengthExceeded",
    )
    many = [(f'name="{n}"', b"") for n in range(5_000)]
    assert refusal(machine, many) == TOO_MUCH
    assert refusal(machine, [("x" * 100_000, b"")])[1] in (
        "MalformedPOSTRequest",
        "MaxPostPreDataLengthExceeded",
    )


def test_fields_behind_the_file_are_passed_over_unless_they_are_many(machine: Counter) -> None:
    _, form = machine.ticket()
    assert refusal(machine, [*parts(form), ('name="x"', b"x" * 30_000)]) == (
        400,
        "MaxPostPreDataLengthExceeded",
    )
    assert asked(machine, written([*parts(form), ('name="submit"', b"Send"), ('name="submit"', b"")])) == (
        204,
        "",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing like a form",
        b"--e",
        b"--e--\r\n" * 3,
        b"--other\r\n\r\n",
        b"--e\r\nno header\r\n\r\n",
        b"--e\r\n" + b"X: y\r\n" * 1_000,
        b"--e\r\nX: " + b"y" * 50_000,
        bytes(1_000),
    ],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_form_is_refused(machine: Counter, body: bytes) -> None:
    status, code = asked(machine, body)
    assert status == 400
    assert code in (
        "MalformedPOSTRequest",
        "IncorrectNumberOfFilesInPostRequest",
        "MaxPostPreDataLengthExceeded",
    )
    assert untouched(machine)


@pytest.mark.parametrize("end", [b"", b"--e", b"--e-", b"--x--\r\n"])
def test_a_form_that_does_not_end_is_refused(machine: Counter, end: bytes) -> None:
    _, form = machine.ticket()
    assert asked(machine, written(parts(form), end)) == (400, "MalformedPOSTRequest")
    assert untouched(machine)


@pytest.mark.parametrize(
    ("type", "status"),
    [
        ("application/json", 412),
        ("", 412),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        (f"multipart/form-data; boundary={'x' * 1_000}", 400),
    ],
)
def test_another_kind_of_request_is_refused(machine: Counter, type: str, status: int) -> None:
    _, form = machine.ticket()
    assert asked(machine, written(parts(form)), type)[0] == status
    assert untouched(machine)


def test_a_body_without_its_length_is_refused(machine: Counter) -> None:
    with connected(machine) as wire:
        wire.sendall(
            b"POST /upload HTTP/1.1\r\nHost: here\r\nContent-Type: multipart/form-data; boundary=e\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        assert answered(wire) == (411, "MissingContentLength")


def test_what_no_ticket_allows_is_refused_before_anything_is_read(machine: Counter) -> None:
    assert asked(machine, b"", length=LIMIT + 50_000) == (400, "EntityTooLarge")


def test_a_used_ticket_is_refused_before_its_file_is_read(machine: Counter) -> None:
    ticket, form = machine.ticket(size=20_000_000)
    assert machine.post(form).status == 204
    machine.desk.take(ticket.id)
    with connected(machine) as wire:
        wire.sendall(head(machine.address(form), form, 20_000_000) + bytes(1_000_000))
        assert answered(wire) == (403, "AccessDenied")


def test_who_breaks_off_leaves_nothing(machine: Counter) -> None:
    _, form = machine.ticket(size=5_000_000)
    inbox = machine.base.settings.data / "inbox"
    with connected(machine) as wire:
        wire.sendall(head(machine.address(form), form, 5_000_000) + bytes(2_000_000))
        eventually(lambda: any(path.stat().st_size > 0 for path in inbox.glob(".*.part")))
    assert untouched(machine)


def test_who_says_nothing_for_long_is_sent_away(machine: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "PATIENCE", 0.2)
    _, form = machine.ticket(size=1_000_000)
    with connected(machine) as wire:
        wire.sendall(head(machine.address(form), form, 1_000_000) + bytes(10))
        assert answered(wire) == (400, "RequestTimeout")
    assert untouched(machine)


@pytest.mark.parametrize("call", ["open", "write", "fsync", "link"])
def test_a_full_disk_is_told_and_leaves_nothing(
    machine: Counter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, call: str
) -> None:
    ticket, form = machine.ticket()
    real = getattr(os, call)

    def full(where: object, *rest: object) -> object:
        if call in ("write", "fsync") or "inbox" in str(where):
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(where, *rest)

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr(f"pipeline.adapters.disk_box.os.{call}", full)
        assert asked(machine, written(parts(form))) == (503, "SlowDown")
    assert any("is full. Free some space" in record.message for record in caplog.records)
    assert untouched(machine)
    assert machine.post(form).status == 204
    assert machine.desk.take(ticket.id)


def test_a_ledger_that_fails_is_told_and_the_same_file_may_come_again(
    machine: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, form = machine.ticket()

    def broken(*_: object) -> None:
        raise Unavailable("The ledger cannot be used.")

    with monkeypatch.context() as patched:
        patched.setattr(machine.desk.tickets, "claim", broken)
        assert asked(machine, written(parts(form))) == (503, "SlowDown")
    assert machine.images() == []
    assert asked(machine, written(parts(form, drawn(9)))) == (403, "AccessDenied")
    assert asked(machine, written(parts(form))) == (204, "")
    assert machine.images() == [machine.desk.take(ticket.id)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.text(max_size=50), st.binary(max_size=300)), max_size=8), st.binary(max_size=40))
def test_whatever_comes_is_answered_and_refused(
    machine: Counter, sent: list[tuple[str, bytes]], end: bytes
) -> None:
    status, code = asked(machine, written([(f'name="{n}"', v) for n, v in sent], end))
    assert status in (400, 403)
    assert code
    assert untouched(machine)
