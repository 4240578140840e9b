"""What a domain says in DNS: where its mail goes (MX), and where it is read (SRV, RFC 6186).

Asked are the name servers that the machine is set up with. Where they do not answer, nothing is said.
"""

import dns.exception
import dns.resolver

from .host_names import host_name

#: a domain with more records than this is looked at no further
_MOST_RECORDS = 20


def exchangers(domain: str, seconds: float) -> list[str]:
    """Names of the hosts that take mail for a domain, the preferred one first; empty if none is told in time."""
    records = sorted(_ask(domain, "MX", seconds), key=lambda record: record.preference)
    return [name for record in records if (name := _name(record.exchange))]


def services(service: str, domain: str, seconds: float) -> tuple[list[tuple[str, int]], bool]:
    """Hosts and ports of a service of a domain, the best first, and whether the domain says that it has none.

    :param service: ``imaps`` or ``imap``
    """
    # Among equals the one that is to get most is taken: a server is chosen once, and not for each connection.
    records = sorted(
        _ask(f"_{service}._tcp.{domain}", "SRV", seconds),
        key=lambda record: (record.priority, -record.weight),
    )
    targets = [
        (name, record.port) for record in records if record.port and (name := _name(record.target))
    ]
    # RFC 2782: "." means that the service is decidedly not available
    refused = not targets and any(record.target.to_text() == "." for record in records)
    return targets, refused


def _ask(name: str, kind: str, seconds: float) -> list:
    try:
        answer = _resolver().resolve(f"{name}.", kind, lifetime=seconds, search=False)
    except (dns.exception.DNSException, OSError, ValueError):
        return []
    return list(answer)[:_MOST_RECORDS]


def _resolver() -> dns.resolver.Resolver:
    return dns.resolver.Resolver()


def _name(name) -> str | None:
    return host_name(name.to_text())
