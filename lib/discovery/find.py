"""All ways to find a server, at the same time, within a few seconds."""

import concurrent.futures
import logging
import threading
from collections.abc import Callable

from ..account import NetworkPolicy, Security
from ..errors import CertificateInvalid, ConnectionTimeout, HostForbidden, SyncError
from ..network import Deadline
from ..providers import by_domain, by_mx
from . import autoconfig, probe, records
from .found import Found, Outcome, Source
from .host_names import domain_of, is_within

_logger = logging.getLogger(__name__)

#: seconds that a person waits at most
BUDGET = 6.0
#: seconds for name servers, and for files: less, so that time is left for what needs neither
_DNS_SECONDS = 2.5
_FILE_SECONDS = 4.0
_SERVICES = {"imaps": Security.SSL, "imap": Security.STARTTLS}
#: what a person can do something about, the more telling first
_TELLING = (CertificateInvalid, HostForbidden)


def known(email: str) -> Found | None:
    """The server of a known provider's own address. Asks nobody."""
    server = by_domain(domain_of(email) or "")
    return Found.at_provider(Source.DOMAIN, server, email) if server else None


def find(email: str, policy: NetworkPolicy, seconds: float = BUDGET) -> Outcome:
    """The server of an address.

    Whatever answers is asked at the same time; who is believed is a matter of order: where the mail of the domain
    goes, what the domain says in DNS, what it publishes as settings, and which likely server answers. Records of old
    providers stay in DNS for years, but mail that went there would be missed at once.

    :param policy: which hosts may be reached, as for signing in
    :param seconds: for all of it
    """
    domain = domain_of(email)
    at_once = known(email)
    if at_once or not domain:
        return Outcome(at_once)
    search = _Search(email, domain, policy, seconds)
    return search.by_exchanger() or search.by_dns() or search.by_settings() or search.by_answer()


class _Search:
    def __init__(self, email: str, domain: str, policy: NetworkPolicy, seconds: float):
        self._email = email
        self._domain = domain
        self._deadline = deadline = Deadline(seconds)
        dns_seconds, file_seconds = min(seconds, _DNS_SECONDS), min(seconds, _FILE_SECONDS)
        self._exchangers = _begin(records.exchangers, domain, dns_seconds)
        self._services = [
            (security, _begin(records.services, service, domain, dns_seconds))
            for service, security in _SERVICES.items()
        ]
        self._settings = [
            _begin(autoconfig.look_at, url, email, domain, policy, Deadline(file_seconds))
            for url in autoconfig.addresses(email, domain)
        ]
        self._answers = [
            (host, security, _begin(_failure, host, security, policy, deadline))
            for host, security in probe.likely(domain)
        ]

    def by_exchanger(self) -> Outcome | None:
        server = by_mx(self._result(self._exchangers, []))
        return server and Outcome(Found.at_provider(Source.EXCHANGER, server, self._email))

    def by_dns(self) -> Outcome | None:
        (_ssl, with_tls), _others = self._services
        for security, future in self._services:
            for host, port in self._result(future, ([], False))[0]:
                elsewhere = not is_within(host, self._domain)
                return Outcome(
                    Found(Source.DNS, host, port, security, self._email, elsewhere=elsewhere)
                )
        # many say so of the service without TLS from the start, which says nothing about the other one
        return Outcome(refused=True) if self._result(with_tls, ([], False))[1] else None

    def by_settings(self) -> Outcome | None:
        found = (self._result(future, None) for future in self._settings)
        return next((Outcome(settings) for settings in found if settings), None)

    def by_answer(self) -> Outcome:
        failures = []
        for host, security, future in self._answers:
            failure = self._result(future, ConnectionTimeout())
            if failure is None:
                port = probe.PORTS[security]
                return Outcome(Found(Source.ANSWER, host, port, security, self._email))
            failures.append((host, failure))
        for kind in _TELLING:
            for host, failure in failures:
                if isinstance(failure, kind):
                    return Outcome(likely=host, failure=failure)
        return Outcome()

    def _result(self, future: concurrent.futures.Future, otherwise):
        """What was found, or the other value if that takes too long or fails in a way that nobody foresaw."""
        try:
            return future.result(self._deadline.left())
        except concurrent.futures.TimeoutError:
            return otherwise
        except Exception as error:
            # its text may hold what strangers sent
            _logger.warning("Looking for a mail server: %s", type(error).__name__)
            return otherwise


def _failure(
    host: str, security: Security, policy: NetworkPolicy, deadline: Deadline
) -> SyncError | None:
    try:
        return probe.greets(host, security, policy, deadline)
    except SyncError as failure:
        return failure


def _begin(function: Callable, *args) -> concurrent.futures.Future:
    """Call a function in a thread that nobody waits for: the system's resolver cannot be interrupted."""
    future: concurrent.futures.Future = concurrent.futures.Future()

    def run():
        try:
            future.set_result(function(*args))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="mail server discovery", daemon=True).start()
    return future
