"""Strangers write records and settings: nothing in them breaks the search or leads it astray."""

import time

import pytest
from discovery_world import DOMAIN, EMAIL
from hypothesis import given
from hypothesis import strategies as st
from servers.settings_server import settings

from lib import network
from lib.account import Security
from lib.discovery import https, records
from lib.discovery.autoconfig import addresses, look_at, read
from lib.discovery.host_names import host_name
from lib.network import Deadline

AUTOCONFIG = f"autoconfig.{DOMAIN}"
URL, _WELL_KNOWN = addresses(EMAIL, DOMAIN)


def fetched(world, policy=None, seconds=5.0):
    return look_at(URL, EMAIL, DOMAIN, policy or world.policy(), Deadline(seconds))


# Redirects


def test_a_redirect_within_the_domain(world):
    world.publish(b"", status=301, location=f"https://www.{DOMAIN}/mail.xml?for=anna%40tea.example")
    world.publish(settings(f"imap.{DOMAIN}"), f"www.{DOMAIN}", "/mail.xml")
    assert fetched(world).host == f"imap.{DOMAIN}"


@pytest.mark.parametrize(
    "location",
    [
        f"http://www.{DOMAIN}/mail.xml",
        f"https://www.{DOMAIN}:8443/mail.xml",
        "https://127.0.0.1/mail.xml",
        "https://[::1]/mail.xml",
        "https://localhost/mail.xml",
        "file:///etc/passwd",
        "ftp://www.tea.example/mail.xml",
        "https://",
        "//",
        "https://[",
        f"https://www.{DOMAIN}:port/",
        f"https://www.{DOMAIN}/a b",
        "",
    ],
)
def test_redirects_that_are_not_followed(world, location):
    world.publish(b"", status=302, location=location)
    world.publish(settings("evil.example"), f"www.{DOMAIN}", "/mail.xml")
    assert fetched(world) is None
    assert {host for host, _port in world.resolved} == {AUTOCONFIG}


def test_a_redirect_to_a_private_address(world):
    inside = world.start("inside.example", 443)
    world.publish(b"", status=302, location="https://inside.example/mail.xml")
    assert fetched(world) is None
    assert world.resolved[-1] == ("inside.example", 443), "it was resolved, and then refused"
    assert inside.connections == 0


def test_a_redirect_does_not_take_the_address_elsewhere(world):
    for location in (
        "https://other.example/?for=anna@tea.example",
        "https://other.example/anna%40tea.example",
    ):
        world.publish(b"", status=302, location=location)
        assert fetched(world) is None
    assert ("other.example", 443) not in world.resolved


def test_redirects_without_end(world):
    world.publish(b"", status=302, location=URL)
    assert fetched(world) is None
    assert len(world.settings.asked) == https.MOST_REDIRECTS + 1


def test_the_checked_address_is_the_one_connected_to(world, monkeypatch):
    """A name that resolves to another address at the second look gets no second look."""
    asked, connected = [], []

    def resolve(host, port):
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(network.socket.AF_INET, (address, port))]

    def connect(_family, address, _timeout):
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(network, "_resolve", resolve)
    monkeypatch.setattr(network, "_connect", connect)
    assert fetched(world, world.policy("nothing.example")) is None
    assert (asked, connected) == ([AUTOCONFIG], [("8.8.8.8", 443)])


# Files


def test_a_certificate_of_another_name(world):
    world.publish(settings("evil.example"))
    other = addresses("anna@other.example", "other.example")[0]
    world.places["autoconfig.other.example", 443] = world.settings.port
    policy = world.policy("autoconfig.other.example")
    assert look_at(other, "anna@other.example", "other.example", policy, Deadline(5)) is None
    assert not world.settings.asked


def test_a_file_that_is_too_large(world):
    page = settings(f"imap.{DOMAIN}")
    world.publish(page + b" " * (https.MOST_BYTES - len(page)))
    assert fetched(world)
    world.publish(page + b" " * https.MOST_BYTES)
    assert fetched(world) is None


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_other_answers(world, status):
    world.publish(settings(f"imap.{DOMAIN}") if status != 204 else b"", status=status)
    assert fetched(world) is None


def _drip(peer):
    peer.read_line()
    peer.drip(b"HTTP/1.1 200 OK\r\nX: y\r\n", 0.05)


@pytest.mark.parametrize(
    "script",
    [
        _drip,
        lambda peer: peer.wait_for_end(),
        lambda peer: peer.send(b"SSH-2.0-OpenSSH"),
        lambda peer: peer.send(b"HTTP/1.1 200 OK", b"Transfer-Encoding: chunked", b"", b"FFFFFFFFFFFFFFFFFF"),
        lambda peer: peer.send(b"HTTP/1.1 200 OK", b"Content-Length: -5", b"", b"<a/>"),
        lambda peer: peer.send(b"HTTP/1.1 200 OK", b"Content-Length: 99999999999999", b"", b"<a/>"),
        lambda peer: peer.send(*[b"HTTP/1.1 100 Continue", b""] * 1000),
    ],
    ids=["drip", "silence", "not http", "huge chunk", "negative", "too short", "continue"],
)  # fmt: skip
def test_servers_that_speak_http_badly(world, script):
    world.start(AUTOCONFIG, 443, script)
    start = time.monotonic()
    assert fetched(world, seconds=1.0) is None
    assert time.monotonic() - start < 2


# Settings


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><clientConfig><emailProvider>&c;</emailProvider></clientConfig>"""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not xml",
        b"<html><body>404</body></html>",
        BOMB,
        b'<!DOCTYPE clientConfig SYSTEM "file:///etc/passwd">' + settings("imap.tea.example")[39:],
        b'<?xml version="1.0" encoding="no such"?><a/>',
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b"<a>" * 40_000,
        b"\x00\xff\xfe",
        settings("10.0.0.1"),
        settings("localhost"),
        settings("imap.tea.example/x"),
        settings("imap.tea.example", "0"),
        settings("imap.tea.example", "65536"),
        settings("imap.tea.example", "9" * 5000),
        settings("imap.tea.example", "²"),
        settings("imap.tea.example", "-1"),
        settings("imap.tea.example", security="plain"),
        settings("imap.tea.example", security=""),
    ],
)
def test_settings_that_name_no_server(data):
    assert read(data, EMAIL) is None


def test_entities_are_refused_and_not_just_unused():
    whole = settings("imap.tea.example")
    assert read(whole, EMAIL)
    harmless = whole.replace(b"<clientConfig", b"<!DOCTYPE clientConfig>\n<clientConfig", 1)
    assert read(harmless, EMAIL) is None


def test_nesting_does_not_hurt():
    inner = settings("imap.tea.example").partition(b"?>")[2]
    depth = 20_000
    assert read(b"<a>" * depth + inner + b"</a>" * depth, EMAIL).host == "imap.tea.example"


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("%EMAILADDRESS%", EMAIL),
        ("%EMAILLOCALPART%", "anna"),
        ("%EMAILDOMAIN%\\%EMAILLOCALPART%", "tea.example\\anna"),
        ("", EMAIL),
        ("a&#10;b", EMAIL),
        ("x" * 5000, EMAIL),
    ],
)
def test_the_login(login, expected):
    assert read(settings("imap.tea.example", login=login), EMAIL).login == expected


def test_the_first_server_with_encryption_counts():
    one = settings("one.example", 143, "plain")
    two = settings("two.example", 143, "STARTTLS")
    both = one.replace(
        b"</emailProvider>",
        two.partition(b"</domain>")[2].partition(b"</emailProvider>")[0] + b"</emailProvider>",
    )
    found = read(both, EMAIL)
    assert (found.host, found.security) == ("two.example", Security.STARTTLS)


def test_settings_with_a_namespace():
    data = settings("imap.tea.example").replace(b"<clientConfig", b'<clientConfig xmlns="urn:x"')
    assert read(data, EMAIL).host == "imap.tea.example"


def _is_clean(found):
    assert found.host == host_name(found.host)
    assert 0 < found.port < 65536
    assert found.security is not Security.NONE
    assert 0 < len(found.login) <= 320
    assert "\n" not in found.login and "\r" not in found.login and "\0" not in found.login


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data):
    assert read(data, EMAIL) is None or _is_clean(read(data, EMAIL))


@given(st.text(max_size=60), st.text(max_size=8), st.text(max_size=9), st.text(max_size=60))
def test_any_values_are_read(host, port, security, login):
    found = read(settings(host, port, security, login), EMAIL)
    if found:
        _is_clean(found)


@given(st.text(max_size=300))
def test_any_name_is_a_host_or_none(text):
    name = host_name(text)
    if name is not None:
        assert name.isascii() and "." in name and len(name) <= 253
        assert not set(name) & set(" /:@[]\\\0\r\n")
        assert host_name(name) == name
        # what is left is no address
        assert not name.rpartition(".")[2].isdigit()


# Records


@pytest.mark.parametrize(
    "texts",
    [
        ["0 1 993 localhost."],
        ["0 1 993 10.0.0.1."],
        ["0 1 0 imap.tea.example."],
        ["0 1 993 a\\000b.tea.example."],
        ["0 1 993 a\\032b.tea.example."],
        ["0 1 993 *.tea.example."],
    ],
)
def test_targets_that_are_no_hosts(world, texts):
    world.names.records[f"_imaps._tcp.{DOMAIN}", "SRV"] = texts
    assert records.services("imaps", DOMAIN, 2.0) == ([], False)


def test_more_records_than_anybody_has(world):
    world.names.records[DOMAIN, "MX"] = [f"{n} mx{n}.tea.example." for n in range(40)]
    assert len(records.exchangers(DOMAIN, 2.0)) <= 20


@pytest.mark.parametrize(
    "raw", [b"", b"\xff" * 10, b"\x81\x80\x00\x01\xff\xff\x00\x00\x00\x00", b"\x00" * 600]
)
def test_answers_that_are_no_dns(world, raw):
    world.names.raw = raw
    start = time.monotonic()
    assert records.exchangers(DOMAIN, 1.0) == []
    assert time.monotonic() - start < 2
