"""Which hosts may be reached, and how failing to reach them is told."""

import socket

import pytest

from lib import network
from lib.account import NetworkPolicy
from lib.errors import ConnectionRefused, ConnectionTimeout, HostForbidden, HostUnknown, Retry
from lib.network import Deadline, is_public, open_socket, read_server

FORBIDDEN = (
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.250",
    "255.255.255.255", "240.0.0.1",
    "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "168.63.129.16",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "fec0::1",
)  # fmt: skip
ALLOWED = (
    "8.8.8.8",
    "142.250.102.109",
    "2a00:1450:4013:c1a::6d",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
)


@pytest.fixture(name="resolves")
def fixture_resolves(monkeypatch):
    """Lets every name resolve to the given addresses; returns the names that were asked for."""

    def make(*addresses):
        asked = []

        def getaddrinfo(host, port, **_):
            asked.append(host)
            families = {a: socket.AF_INET6 if ":" in a else socket.AF_INET for a in addresses}
            return [(f, socket.SOCK_STREAM, 6, "", (a, port)) for a, f in families.items()]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return make


@pytest.fixture(name="connects")
def fixture_connects(monkeypatch):
    """Records addresses instead of connecting; ``fail`` holds what each raises."""
    tried, fail = [], {}

    def connect(_family, address, _timeout):
        tried.append(address[0])
        if address[0] in fail:
            raise fail[address[0]]
        return address[0]

    monkeypatch.setattr(network, "_connect", connect)
    return tried, fail


@pytest.mark.parametrize("address", FORBIDDEN)
def test_inside_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ALLOWED)
def test_outside_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:10.0.0.1", "169.254.169.254"])
def test_inside_hosts_are_refused(resolves, connects, address):
    resolves(address)
    with pytest.raises(HostForbidden) as caught:
        open_socket("mail.example.com", 993, NetworkPolicy(), Deadline(5))
    assert address in caught.value.detail
    assert connects[0] == []


def test_the_checked_address_is_the_one_connected_to(resolves, connects):
    asked = resolves("10.0.0.1", "8.8.8.8")
    assert open_socket("Mail.Example.com.", 993, NetworkPolicy(), Deadline(5)) == "8.8.8.8"
    assert connects[0] == ["8.8.8.8"]
    assert asked == ["mail.example.com"]


def test_an_administrator_may_allow_an_inside_host(resolves, connects):
    resolves("10.0.0.1")
    policy = NetworkPolicy(frozenset({"mail.intern"}))
    assert open_socket("MAIL.intern", 993, policy, Deadline(5)) == "10.0.0.1"
    with pytest.raises(HostForbidden):
        open_socket("other.intern", 993, policy, Deadline(5))


def test_further_addresses_are_tried(resolves, connects):
    tried, fail = connects
    resolves("2a00:1450:4013:c1a::6d", "8.8.8.8", "8.8.4.4")
    fail["2a00:1450:4013:c1a::6d"] = OSError(101, "Network is unreachable")
    fail["8.8.8.8"] = TimeoutError()
    assert open_socket("mail.example.com", 993, NetworkPolicy(), Deadline(5)) == "8.8.4.4"
    assert len(tried) == 3


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (ConnectionRefusedError(111, "Connection refused"), ConnectionRefused),
        (OSError(113, "No route to host"), ConnectionRefused),
        (TimeoutError(), ConnectionTimeout),
    ],
)
def test_unreachable_hosts(resolves, connects, raised, expected):
    resolves("8.8.8.8")
    connects[1]["8.8.8.8"] = raised
    with pytest.raises(expected):
        open_socket("mail.example.com", 993, NetworkPolicy(), Deadline(5))


@pytest.mark.parametrize(
    ("errno", "retry"), [(socket.EAI_NONAME, Retry.OWNER), (socket.EAI_AGAIN, Retry.LATER)]
)
def test_unknown_names(monkeypatch, errno, retry):
    def getaddrinfo(*_, **__):
        raise socket.gaierror(errno, "no")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(HostUnknown) as caught:
        open_socket("nowhere.example", 993, NetworkPolicy(), Deadline(5))
    assert caught.value.retry is retry


@pytest.mark.parametrize("host", ["", " ", ".", "a" * 300, "a..b", "h\0st"])
def test_nonsense_is_no_host(host):
    with pytest.raises(HostUnknown):
        open_socket(host, 993, NetworkPolicy(), Deadline(5))


def test_a_free_port_refuses():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectionRefused):
        open_socket("127.0.0.1", port, NetworkPolicy(frozenset({"127.0.0.1"})), Deadline(5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("imap.example.com", ("imap.example.com", None)),
        (" imap.example.com ", ("imap.example.com", None)),
        ("imap.example.com:993", ("imap.example.com", 993)),
        ("imaps://imap.example.com:993/", ("imap.example.com", 993)),
        ("https://mail.example.com/owa/", ("mail.example.com", None)),
        ("müller.example", ("müller.example", None)),
        ("10.0.0.5", ("10.0.0.5", None)),
        ("::1", ("::1", None)),
        ("fd00:ec2::254", ("fd00:ec2::254", None)),
        ("[::1]:993", ("::1", 993)),
        ("imap.example.com:many", ("imap.example.com:many", None)),
        ("http://[broken", ("http://[broken", None)),
        ("", ("", None)),
    ],
)
def test_servers_as_people_type_them(text, expected):
    assert read_server(text) == expected
