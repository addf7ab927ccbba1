"""The one way out: public addresses alone, checked and called in one step; bounded; silent about secrets."""

import ipaddress
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.guarded_http import LIMIT, Forbidden, GuardedHttp, host_of, shown
from pipeline.adapters.public_addresses import is_public
from pipeline.errors import Transient
from tests.news.authority import tls
from tests.news.hooks import Heard, Reply, hook

NAMED = ("localhost",)
PRIVATE = [
    "127.0.0.1", "127.8.9.10", "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "0.0.0.0",
    "0.1.2.3", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "198.18.0.1",
    "198.19.255.255", "192.0.0.8", "192.0.2.1", "198.51.100.7", "203.0.113.9", "192.88.99.1", "224.0.0.1",
    "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:169.254.169.254",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::",
    "2002:808:808::1", "2001::1", "2001:db8::1", "2001:2::1", "100::1", "3fff::1", "2606:4700::1%eth0", "",
    "localhost", "1.2.3", "0x7f.1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "2606:4700::1111",
    "2a00:1450::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_plainly_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_taken(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses())
def test_what_python_knows_not_to_be_global_is_never_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_no_address_is_public_inside_another(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for outer in (0xFFFF << 32, 0x64FF9B << 96, 0x2002 << 112, 0x20010000 << 96, 0):
        shift = 80 if outer >> 112 == 0x2002 else 0
        assert not is_public(str(ipaddress.IPv6Address(outer | number << shift)))


SPELLINGS: list[Callable[[ipaddress.IPv4Address], str]] = [
    str,
    lambda a: str(int(a)),
    lambda a: hex(int(a)),
    lambda a: "0" + oct(int(a))[2:],
    lambda a: ".".join(hex(part) for part in a.packed),
    lambda a: ".".join(f"0{part:o}" for part in a.packed),
    lambda a: f"{a.packed[0]}.{int.from_bytes(a.packed[1:])}",
    lambda a: f"[::ffff:{a}]",
    lambda a: f"[::{a}]",
    lambda a: f"{a}.",
    lambda a: f"user:password@{a}",
    lambda a: f"8.8.8.8@{a}",
    lambda a: f"{a}%2f",
    lambda a: str(a).translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"}),
    lambda a: str(a).replace(".", "\u3002"),
]
INSIDE = st.sampled_from([ipaddress.ip_address(each) for each in PRIVATE[:12]])


@given(INSIDE, st.sampled_from(SPELLINGS), st.sampled_from(["https", "HTTPS"]), st.sampled_from(["", ":443"]))
def test_a_private_address_is_refused_however_it_is_spelt(
    address: ipaddress.IPv4Address, spell: Callable[[ipaddress.IPv4Address], str], scheme: str, port: str
) -> None:
    with pytest.raises(Transient):
        CAREFUL.look(f"{scheme}://{spell(address)}{port}/hook")


def numbers_only(host: str, port: int) -> list[tuple[Any, ...]]:
    """The resolver of this machine, for what needs no question to a server."""
    return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))


CAREFUL = GuardedHttp(resolve=numbers_only)


@given(st.text(max_size=60))
def test_whatever_is_given_as_an_address_is_refused_in_words_or_public(rest: str) -> None:
    for url in (rest, f"https://{rest}", f"https://[{rest}]/", f"http://{rest}"):
        try:
            CAREFUL.look(url)
        except Transient:
            continue
        else:
            assert is_public(numbers_only(host_of(url), 443)[0][4][0])


def resolver(*addresses: str) -> Callable[[str, int], list[tuple[Any, ...]]]:
    """A resolver that knows these addresses, and remembers how often it was asked."""

    def resolve(host: str, port: int) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = []
        for each in addresses:
            family = socket.AF_INET6 if ":" in each else socket.AF_INET
            found.append((family, socket.SOCK_STREAM, 6, "", (each, port)))
        return found

    return resolve


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Forbidden, match="is not a public address"):
        GuardedHttp(resolve=resolver("8.8.8.8", "10.0.0.1")).look("https://hooks.example.org/x")
    GuardedHttp(resolve=resolver("8.8.8.8", "1.1.1.1")).look("https://hooks.example.org/x")


def test_a_name_that_leads_elsewhere_the_next_time_is_refused_then() -> None:
    answers = [["8.8.8.8"], ["127.0.0.1"]]

    def rebinding(host: str, port: int) -> list[tuple[Any, ...]]:
        return resolver(*answers.pop(0))(host, port)

    with hook() as there:
        http = GuardedHttp(resolve=rebinding)
        port = there.url.split(":")[2].split("/")[0]
        http.look(f"https://hooks.example.org:{port}/x")
        with pytest.raises(Forbidden):
            http.post(f"https://hooks.example.org:{port}/x", b"", {})
        assert (there.connections, answers) == (0, [])


def test_the_connection_goes_to_the_very_address_that_was_checked() -> None:
    asked: list[str] = []

    def here(host: str, port: int) -> list[tuple[Any, ...]]:
        asked.append(host)
        return resolver("127.0.0.1")(host, port)

    with hook() as there:
        url = there.url.replace("localhost", "hooks.invalid")
        http = GuardedHttp(["hooks.invalid"], resolve=here)
        assert http.post(url, b"1", {}).status == 204
        assert asked == ["hooks.invalid"]
        assert there.heard[0].headers["host"].startswith("hooks.invalid:")


def test_a_host_must_be_named_to_be_private_or_to_lack_tls() -> None:
    with hook() as there:
        with pytest.raises(Forbidden, match=r"^http://localhost:\d+ lacks TLS, and LOUPE_NEWS_HOSTS"):
            GuardedHttp().post(there.url, b"", {})
        with pytest.raises(Forbidden, match="is not a public address"):
            GuardedHttp().post(there.url.replace("http:", "https:"), b"", {})
        for name in ("localhost", "LOCALHOST", "localhost."):
            assert GuardedHttp([name]).post(there.url, b"", {}).status == 204
        assert GuardedHttp(["127.0.0.1"]).post(there.url.replace("localhost", "127.0.0.1"), b"", {})


@pytest.mark.parametrize(
    ("named", "url"),
    [("::1", "http://[::1]:1/"), ("[::1]", "http://[::1]:1/"), ("bücher.example", "http://BÜCHER.example/")],
)
def test_a_host_is_named_as_people_write_it(named: str, url: str) -> None:
    GuardedHttp([named], resolve=resolver("127.0.0.1")).look(url)


def test_tls_proves_the_host(tmp_path: Path) -> None:
    server, client = tls(tmp_path, "localhost")
    with hook(context=server) as there:
        http = GuardedHttp(NAMED, context=client)
        assert [http.post(there.url, b"x", {}).status for _ in range(3)] == [204] * 3
        assert there.connections == 1
        with pytest.raises(Transient, match="does not prove who it is"):
            GuardedHttp(NAMED).post(there.url, b"", {})


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    server, client = tls(tmp_path, "other.example")
    with hook(context=server) as there:
        with pytest.raises(Transient, match="does not prove who it is"):
            GuardedHttp(NAMED, context=client).post(there.url, b"", {})
        assert there.heard == []


def test_redirects_are_not_followed() -> None:
    with hook() as elsewhere, hook(lambda _: Reply(302, {"Location": elsewhere.url})) as there:
        assert GuardedHttp(NAMED).post(there.url, b"", {}).status == 302
        assert elsewhere.heard == []


def test_the_environment_has_no_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login ada password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with hook() as proxy, hook() as there:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        GuardedHttp(NAMED).post(there.url, b"", {})
        assert (len(proxy.heard), len(there.heard)) == (0, 1)
        assert "authorization" not in there.heard[0].headers


def test_an_answer_is_read_up_to_a_bound() -> None:
    with hook(lambda _: Reply(200, body=b"x" * (LIMIT * 3))) as there:
        http = GuardedHttp(NAMED)
        assert [len(http.post(there.url, b"", {}).body) for _ in range(2)] == [LIMIT] * 2


@pytest.mark.parametrize(
    "reply", [Reply(200, drip=0.1), Reply(wait=10), Reply(200, body=b"x" * 99, drip=0.05)]
)
def test_an_answer_that_never_ends_is_given_up(reply: Reply) -> None:
    with (
        hook(lambda _: reply) as there,
        pytest.raises(Transient, match=r"^http://localhost:\d+ did not answer in time\.$"),
    ):
        GuardedHttp(NAMED, seconds=0.5).post(there.url, b"", {})


def test_a_server_that_takes_nothing_is_given_up() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        url = f"http://localhost:{deaf.getsockname()[1]}/x"
        with pytest.raises(Transient, match="did not answer in time"):
            GuardedHttp(NAMED, seconds=0.5).post(url, b"x" * (32 << 20), {})


def test_a_connection_is_kept_and_one_that_was_closed_meanwhile_costs_nothing() -> None:
    with hook() as there:
        http = GuardedHttp(NAMED)
        for _ in range(5):
            http.post(there.url, b"", {})
        assert there.connections == 1
        there.answer = lambda _: Reply(close=True)
        assert [http.post(there.url, b"", {}).status for _ in range(3)] == [204] * 3
        assert len(there.heard) == 8


def test_one_who_hangs_up_is_not_asked_for_ever() -> None:
    def silent(heard: Heard) -> Reply:
        return Reply(hang_up=True)

    with hook(silent) as there:
        http = GuardedHttp(NAMED)
        with pytest.raises(Transient, match="broke off"):
            http.post(there.url, b"", {})
        assert len(there.heard) == 1


def test_words_never_tell_more_than_scheme_and_host() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(Transient) as fault:
        GuardedHttp(NAMED).post(f"http://localhost:{port}/hush?hush=hush", b"", {})
    assert fault.value.words == f"http://localhost:{port} refused the connection."
    assert shown("https://user:hush@hooks.example.org:444/hush?x#y") == "https://hooks.example.org:444"
    assert shown("http://[::1") == "an address that cannot be read"
