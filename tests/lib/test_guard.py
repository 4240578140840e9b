"""Odoo is no way into the network that it stands in, whatever a host is called and whatever the name server says."""

import ipaddress
import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_server import ImapBox, ScriptedServer
from servers.certificates import CertificateAuthority

from lib import network
from lib.account import NetworkPolicy, Security
from lib.errors import ConnectionRefused, ConnectionTimeout, HostForbidden, HostUnknown
from lib.network import Deadline, is_public, open_socket
from lib.session import Session

#: what IANA's registries of special-purpose addresses do not call globally reachable, and what clouds answer inside
INSIDE = [
    ipaddress.ip_network(network)
    for network in """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24
    192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32
    ::/128 ::1/128 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001:2::/48 2001:10::/28 2001:db8::/32 3fff::/20 5f00::/16
    fc00::/7 fe80::/10 fec0::/10 ff00::/8
    """.split()
]
OUTSIDE = ("8.8.8.8", "1.1.1.1", "142.250.102.109", "2a00:1450:4013:c1a::6d", "2606:4700::1111")
#: ways to write this machine, beside its name
SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "127.0.0.1.",
    "127。0。0。1",  # noqa: RUF001 - full stops of Chinese and Japanese, which IDNA takes for dots
    "１２７.0.0.1",  # noqa: RUF001 - digits of full width
    "0",
    "0.0.0.0",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::127.0.0.1",
    "localhost",
    "LOCALHOST.",
    " localhost ",
]


def addresses_in(net):
    first, last = int(net[0]), int(net[-1])
    kind = type(net[0])
    return st.integers(first, last).map(kind)


inside = st.sampled_from(INSIDE).flatmap(addresses_in)
inside_v4 = st.sampled_from([net for net in INSIDE if net.version == 4]).flatmap(addresses_in)
anything = st.one_of(inside, st.sampled_from(OUTSIDE).map(ipaddress.ip_address), st.ip_addresses())


def disguises(ip):
    """An IPv4 address as IPv6: mapped, compatible, NAT64, translated, 6to4, Teredo's client."""
    number = int(ip)
    return [
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0xFFFF << 48) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
        ipaddress.IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF)),
        *([ipaddress.IPv6Address(number)] if number > 1 else []),
    ]


class Resolver:
    """A name server that says something else each time; the last answer stays."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.asked = []

    def __call__(self, host, port, *_, **__):
        self.asked.append(host)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in map(str, answer)
        ]


class Line:
    """Takes the place of connecting: notes where to, and refuses, or leads to a server of the test."""

    def __init__(self, port=None):
        self._port = port
        self.tried = []

    def __call__(self, family, address, timeout):
        self.tried.append(address[0])
        if self._port is None:
            raise ConnectionRefusedError(111, "Connection refused")
        sock = socket.socket()
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1", self._port))
        return sock


# Which addresses


@given(inside)
def test_no_inside_address_is_public(ip):
    assert not is_public(str(ip))


@given(inside_v4)
def test_no_inside_address_is_public_in_disguise(ip):
    for disguise in disguises(ip):
        assert not is_public(str(disguise)), disguise


@given(st.ip_addresses(v=6))
def test_only_the_routed_part_of_ipv6_is_public(ip):
    nat64 = ipaddress.ip_network("64:ff9b::/96")
    if is_public(str(ip)) and not ip.ipv4_mapped and ip not in nat64:
        assert ip in ipaddress.ip_network("2000::/3") or int(ip) < 1 << 32


@pytest.mark.parametrize("address", OUTSIDE)
def test_mail_servers_are_public(address):
    assert is_public(address)


# Which are connected to


@settings(deadline=None)
@given(answer=st.lists(anything, min_size=1, max_size=12), allowed=st.booleans())
def test_only_public_addresses_are_connected_to(answer, allowed):
    """Whatever a name resolves to."""
    line = Line()
    policy = NetworkPolicy(frozenset({"mail.intern"}) if allowed else frozenset({"other.intern"}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", Resolver(answer))
        patch.setattr(network, "_connect", line)
        with pytest.raises((HostForbidden, ConnectionRefused)) as caught:
            open_socket("mail.intern", 993, policy, Deadline(5))
    if allowed:
        assert line.tried
    else:
        assert all(is_public(address) for address in line.tried)
        assert bool(line.tried) == any(is_public(str(ip)) for ip in answer)
        assert (type(caught.value) is HostForbidden) == (not line.tried)


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_this_machine_is_connected_to(host):
    """By the real resolver."""
    with ScriptedServer(ImapBox()) as server:
        with pytest.raises((HostForbidden, HostUnknown)):
            open_socket(host, server.port, NetworkPolicy(), Deadline(5))
        assert server.connections == 0


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_passes_for_a_host_that_is_allowed(host):
    policy = NetworkPolicy(frozenset({"mail.intern"}))
    with pytest.raises((HostForbidden, HostUnknown)):
        open_socket(host, 993, policy, Deadline(5))


def test_an_own_public_address_is_inside(monkeypatch):
    """Behind its own firewall a machine shows more than to the internet."""
    monkeypatch.setattr(network, "is_public", lambda address: True)
    with ScriptedServer(ImapBox()) as server:
        with pytest.raises(HostForbidden):
            open_socket("127.0.0.1", server.port, NetworkPolicy(), Deadline(5))
        assert server.connections == 0


# A name server that changes its mind


@pytest.fixture(name="rebinding")
def fixture_rebinding(monkeypatch, account, tmp_path):
    """Makes a session, not yet open, with a server that is public at first and inside when its name is asked again."""
    authority = CertificateAuthority(tmp_path)
    certificate = authority.issue(hosts=("rebind.example",))

    def make(server):
        resolver, line = Resolver(["8.8.8.8"], ["127.0.0.1"]), Line(server.port)
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        monkeypatch.setattr(network, "_connect", line)
        policy = NetworkPolicy(frozenset(), str(authority.ca_file))
        mine = account(server, Security.SSL, policy=policy, host="rebind.example")
        return Session(mine), resolver, line

    return certificate, make


def test_a_name_is_resolved_once(rebinding):
    """DNS rebinding: the address that was checked is the one that is connected to."""
    certificate, make = rebinding
    with ScriptedServer(ImapBox(), certificate=certificate, tls=True) as server:
        session, resolver, line = make(server)
        with session:
            assert session.list_folders()
        assert (resolver.asked, line.tried) == (["rebind.example"], ["8.8.8.8"])
        with pytest.raises(HostForbidden):
            session.open()
        assert line.tried == ["8.8.8.8"]


def test_each_connection_is_checked_anew(rebinding):
    """A message that breaks the connection makes the session connect again; by then the name leads inside."""
    certificate, make = rebinding
    box = ImapBox(hooks={b"UID FETCH": lambda peer, _tag, _rest: peer.hang_up()})
    with ScriptedServer(box, certificate=certificate, tls=True) as server:
        session, resolver, line = make(server)
        with session:
            session.examine(b"INBOX")
            with pytest.raises(HostForbidden):
                session.fetch_headers([1, 2], isolate=True)
        assert len(resolver.asked) == 2
        assert line.tried == ["8.8.8.8"]


def test_a_public_address_among_inside_ones(monkeypatch):
    """As attackers mix them so that a second try lands inside."""
    resolver = Resolver(["127.0.0.1", "8.8.8.8", "10.0.0.1", "::1"])
    line = Line()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(network, "_connect", line)
    with pytest.raises(ConnectionRefused):
        open_socket("mixed.example", 993, NetworkPolicy(), Deadline(5))
    assert line.tried == ["8.8.8.8"]


def test_a_name_server_that_never_answers(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(30))
    try:
        with pytest.raises(ConnectionTimeout):
            open_socket("slow.example", 993, NetworkPolicy(), Deadline(0.2))
    finally:
        over.set()
