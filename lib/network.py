"""Reaching a host: name, address check, connection, TLS. Knows nothing of IMAP.

Odoo must not become a way into the network that it stands in (SSRF). So the address that was
checked is the address that is connected to: the name is resolved once, here, and never again.
"""

import functools
import ipaddress
import os
import queue
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

from .account import NetworkPolicy
from .errors import (
    CertificateInvalid,
    ConnectionLost,
    ConnectionRefused,
    ConnectionTimeout,
    HostForbidden,
    HostUnknown,
    Retry,
    SyncError,
    TlsFailed,
    TlsNotSpoken,
)

#: public by number, yet no mail server's: answered by the machine's own cloud (Azure's wire server, Oracle's
#: metadata), or reserved (RFC 7526, RFC 9637, RFC 2928), which the ipaddress of some versions of Python does not know
_NO_MAIL_SERVERS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "2001::/23",
        "3fff::/20",
    )
)
#: the only IPv6 range that the internet routes (RFC 4291 section 2.4)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
#: IPv6 addresses that a gateway turns into IPv4 ones (RFC 6052); the last 32 bits are the address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: IPv4-compatible addresses (RFC 4291 section 2.5.5.1): deprecated, but some stacks still route
#: them
_IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
#: hosts with more addresses than this are tried with the first ones only
_MAX_ADDRESSES = 8

#: OpenSSL's X509_V_ERR_* numbers, as words that a person understands
_CERTIFICATE_REASONS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "is signed by an unknown authority",
    20: "is signed by an unknown authority",
    21: "is signed by an unknown authority",
    23: "has been revoked",
    62: "is for another host",
    64: "is for another host",
}
#: what OpenSSL says when the other side does not speak TLS at all
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"}
)


class Deadline:
    """The moment by which something has to be complete, however many steps it takes.

    :param seconds: from now on
    """

    __slots__ = ("_end", "_seconds")

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left; 0 when there are none."""
        return max(self._end - time.monotonic(), 0.0)

    def remaining(self) -> float:
        """Seconds left, always more than 0.

        :raises ConnectionTimeout: when none are left
        """
        left = self.left()
        if not left:
            raise ConnectionTimeout(f"no complete answer within {self._seconds:g} seconds")
        return left

    def within(self, seconds: float) -> "Deadline":
        """A deadline in so many seconds, but not after this one.

        :raises ConnectionTimeout: when this one has passed
        """
        return Deadline(min(seconds, self.remaining()))


def normal_host(host: str) -> str:
    """The form in which hosts are compared with :attr:`NetworkPolicy.allowed_hosts`."""
    return host.strip().rstrip(".").lower()


def read_server(text: str) -> tuple[str, int | None]:
    """Name and port of a server as people type or paste it: maybe with a scheme, a path, a port or spaces.

    :return: the port is None where none was typed; what cannot be read comes back as it is
    """
    text = text.strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        port, name = parts.port, parts.hostname
    except ValueError:
        return text, None
    return name or text, port


def open_socket(host: str, port: int, policy: NetworkPolicy, deadline: Deadline) -> socket.socket:
    """Connect to the first address of ``host`` that is allowed and answers.

    :raises HostUnknown: the name does not resolve
    :raises HostForbidden: it resolves to addresses that no administrator allowed, only
    :raises ConnectionRefused: no address can be reached
    :raises ConnectionTimeout: none answered in time
    """
    addresses = _allowed(_resolve_in_time(host, port, deadline), host, policy)
    failure = None
    for tried, (family, address) in enumerate(addresses):
        # A black hole among the addresses must not use up the time of those behind it.
        share = deadline.remaining() / (len(addresses) - tried)
        try:
            return _connect(family, address, share)
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectionTimeout(f"{host}:{port} does not answer") from failure
    raise ConnectionRefused(f"{host}:{port}: {failure.strerror or failure}") from failure


def _resolve_in_time(host: str, port: int, deadline: Deadline) -> list[tuple[int, tuple]]:
    """As :func:`_resolve`. getaddrinfo has no limit of time and cannot be interrupted: it is left behind."""
    answers = queue.SimpleQueue()

    def ask():
        try:
            answers.put((_resolve(host, port), None))
        except Exception as error:
            answers.put((None, error))

    threading.Thread(target=ask, name="look up a host", daemon=True).start()
    try:
        addresses, failure = answers.get(timeout=deadline.remaining())
    except queue.Empty:
        raise ConnectionTimeout(f"no name server says where {host} is") from None
    if failure:
        raise failure
    return addresses


def _resolve(host: str, port: int) -> list[tuple[int, tuple]]:
    """All addresses of ``host``, in the resolver's order, as (family, socket address)."""
    name = normal_host(host)
    if not name:
        # getaddrinfo takes an empty name for this very machine.
        raise HostUnknown("no host name")
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        unknown = HostUnknown(f"{name}: {error.strerror}")
        if error.errno == socket.EAI_AGAIN:
            # The name server is away, which says nothing about the name.
            unknown.retry = Retry.LATER
        raise unknown from error
    except (UnicodeError, OverflowError, ValueError) as error:
        raise HostUnknown(f"{name!r} is not a host name, or {port} not a port") from error
    return list(dict.fromkeys((family, address) for family, _, _, _, address in found))


def _allowed(
    addresses: list[tuple[int, tuple]], host: str, policy: NetworkPolicy
) -> list[tuple[int, tuple]]:
    """Those addresses that may be connected to; at least one.

    :raises HostForbidden: when there is none
    """
    if normal_host(host) not in policy.allowed_hosts:
        public = [
            (family, address)
            for family, address in addresses
            if is_public(address[0]) and not _is_own(family, address)
        ]
        if not public:
            raise HostForbidden(
                f"{host} resolves to {addresses[0][1][0]}, which is not the address of a public server"
            )
        addresses = public
    return addresses[:_MAX_ADDRESSES]


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address belongs to the public internet.

    Addresses that carry an IPv4 address inside (mapped, compatible, 6to4, Teredo, NAT64) are
    judged by that one.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _embedded_ipv4(ip)
    if inner is not None:
        return is_public(str(inner))
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    if ip.version == 6 and ip not in _GLOBAL_UNICAST:
        return False
    return not any(ip in network for network in _NO_MAIL_SERVERS)


def _is_own(family: int, address: tuple) -> bool:
    """Whether an address is this machine's own, where more may be reached from inside than a firewall shows outside."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # Sends nothing, but chooses the route: an own address leads from itself to itself.
            probe.connect(address)
        except OSError:
            return False
        return probe.getsockname()[0] == address[0]


def _embedded_ipv4(ip) -> ipaddress.IPv4Address | None:
    if ip.version == 4:
        return None
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64 or (ip in _IPV4_COMPATIBLE and int(ip) > 1):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _connect(family: int, address: tuple, timeout: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(address)
        # Commands are small and wait for their answer: Nagle's algorithm would only delay them.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        sock.close()
        raise
    return sock


def secure(
    sock: socket.socket, host: str, policy: NetworkPolicy, deadline: Deadline
) -> ssl.SSLSocket:
    """Agree on TLS over a connected socket and check certificate and host name. Closes ``sock`` on
    failure.

    :raises CertificateInvalid: with the reason in words
    :raises TlsFailed: no common version or cipher, or the extra certificates cannot be read
    :raises TlsNotSpoken: the other side does not speak TLS
    :raises ConnectionTimeout: the handshake takes too long
    :raises ConnectionLost: the other side ends the connection instead
    """
    name = normal_host(host)
    try:
        sock.settimeout(deadline.remaining())
        return tls_context(policy.ca_file).wrap_socket(sock, server_hostname=name)
    except OSError as error:
        sock.close()
        raise tls_failure(error, name) from error
    except BaseException:
        sock.close()
        raise


def speaks_tls(host: str, port: int, policy: NetworkPolicy, deadline: Deadline) -> bool:
    """Whether a new connection gets an answer to TLS from the start, whatever its certificate is worth."""
    try:
        secure(open_socket(host, port, policy, deadline), host, policy, deadline).close()
    except SyncError as error:
        return isinstance(error, CertificateInvalid)
    return True


def tls_failure(error: OSError, host: str):
    """The typed failure for what the ssl module raised during a handshake with ``host``."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _CERTIFICATE_REASONS.get(error.verify_code, error.verify_message)
        return CertificateInvalid(f"the certificate of {host} {reason}")
    if isinstance(error, TimeoutError):
        return ConnectionTimeout(f"{host} does not complete the TLS handshake")
    if isinstance(error, ssl.SSLEOFError):
        return TlsFailed(f"{host} ended the connection during the TLS handshake")
    if isinstance(error, ssl.SSLError):
        reason = error.reason or str(error)
        return (TlsNotSpoken if reason in _NOT_TLS else TlsFailed)(f"{host}: {reason}")
    return ConnectionLost(f"{host}: {error.strerror or error}")


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A context that trusts the system's authorities and those in ``ca_file``.

    :raises TlsFailed: when ``ca_file`` cannot be read
    """
    try:
        changed = os.stat(ca_file).st_mtime_ns if ca_file else None
        return _cached_context(ca_file, changed)
    except OSError as error:
        raise TlsFailed(f"extra certificates {ca_file}: {error.strerror or error}") from error


@functools.lru_cache(maxsize=8)
def _cached_context(ca_file: str | None, _changed: int | None) -> ssl.SSLContext:
    """Reading all authorities takes some 30 ms, too much to repeat for each of thousands of
    mailboxes.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not paths.capath:
        # Slim containers have no store of their own; Odoo brings certifi along.
        import certifi

        context.load_verify_locations(certifi.where())
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
