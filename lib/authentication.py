"""Whether the server that received a mail could confirm who sent it: Authentication-Results (RFC 8601).

Anybody can write such a field, so only those of the receiving side count: the topmost one, as each server puts its own
above what came, and those directly below it that are of the same domain (Fastmail and iCloud write one for each check).
The field names no server at Microsoft 365; then it is the topmost alone. Where the receiving side writes none, the
topmost is somebody else's: a "pass" in it changes nothing, as mail that nothing is known of is treated the same. That a
server removes fields in its own name from what comes in, as RFC 8601 section 5 wants it, has to be relied on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from .addresses import domain_of

#: Characters that are looked at. Those of the receiving side stand on top, and take about 2,000.
_MAX_LENGTH = 16_000

#: a field that goes on begins its next line with white space
_BETWEEN_FIELDS = re.compile(r"\n(?![ \t])")
#: comments, also one in another, and quoted strings: what they hold is the sender's, who must not end a result with it.
#: Escaped characters come first so that what never ends is looked at once.
_COMMENT_OR_QUOTED = re.compile(
    r"""
      \\.
    | \((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)
    | "(?P<quoted>(?:[^"\\]|\\.)*)"
    """,
    re.VERBOSE | re.DOTALL,
)
_STRUCTURE = re.compile(r'[\s;=()"\\]+')
_METHOD = re.compile(r"\s*([a-z][a-z0-9-]*)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(header\.[a-z]+|smtp\.[a-z]+)\s*=\s*(\S+)", re.IGNORECASE)
#: the checks that matter -> which property names whom they are about, the first that is there. SPF: once called
#: smtp.mail; a bounce has no sender, and its host speaks for it
_SUBJECTS = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
    "compauth": (),
}
#: in this order; bestguesspass is Microsoft's: the domain has no DMARC policy, and would have passed a usual one
_PASSED = (("dmarc", "pass"), ("dmarc", "bestguesspass"), ("dkim", "pass"), ("spf", "pass"))
_FAILED = (("dkim", "fail"), ("spf", "fail"), ("spf", "hardfail"), ("spf", "softfail"))
#: second-level domains below which anybody can register: co.uk, com.au, ac.jp
_SHARED = re.compile(
    r"(?:ac|co|com|edu|gov|gob|go|gv|id|ltd|me|mil|ne|net|nom|or|org|plc|sch)\.[a-z]{2}"
)


class Result(Enum):
    """What the receiving server found. The codes are stored: never change one."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Authentication:
    """Whether a mail comes from whom it says.

    :param method: the check that decided, in lower case (``dmarc``), '' if none did
    """

    result: Result = Result.NONE
    method: str = ""


@dataclass(frozen=True, slots=True)
class _Check:
    """One result of a field, such as ``dkim=pass header.d=example.com``.

    :param domain: whom it is about, '' if it does not tell
    """

    method: str
    result: str
    domain: str


def authenticate(fields: str, authors: Sequence[str]) -> Authentication:
    """Say whether a mail comes from its authors.

    DMARC decides where the receiving server tells it; Microsoft lets mail of forwarders pass that DMARC does not, and
    its own verdict (compauth) stands above that. Else a signature (DKIM) or a sending host (SPF) confirms the mail if
    it is of the authors' own domain, and only a check of that domain that failed speaks against it: what a service
    sends in its own name proves nothing either way.

    :param fields: the values of all Authentication-Results of the mail, from the topmost, a line break between two
    :param authors: the addresses in From
    """
    domains = {domain_of(author) for author in authors}
    checks = list(_checks(fields[:_MAX_LENGTH])) if domains else []
    told = {check.method: check.result for check in reversed(checks)}
    if told.get("compauth") == "pass" and len(domains) == 1:
        return Authentication(Result.PASS, "compauth")
    if told.get("dmarc") == "fail":
        return Authentication(Result.FAIL, "dmarc")
    # "pass" for a domain that is not the one that people see is none
    aligned = {
        (check.method, check.result)
        for check in checks
        if all(_is_aligned(check.domain, domain) for domain in domains)
    }
    for method, passed in _PASSED:
        if (method, passed) in aligned:
            return Authentication(Result.PASS, method)
    if told.get("compauth") == "fail":
        return Authentication(Result.FAIL, "compauth")
    for method, failed in _FAILED:
        if (method, failed) in aligned:
            return Authentication(Result.FAIL, method)
    return Authentication()


def _checks(fields: str) -> Iterator[_Check]:
    """Yield what the receiving side found, from the topmost field on."""
    receiver = None
    for field in _BETWEEN_FIELDS.split(fields):
        head, *results = _COMMENT_OR_QUOTED.sub(_harmless, field).split(";")
        server = ""
        if _METHOD.match(head):
            results.insert(0, head)
        else:
            server = (head.split() or [""])[0].lower().rstrip(".")
        if receiver is None:
            receiver = server
        elif not server or not _is_aligned(server, receiver):
            return
        yield from filter(None, map(_check, results))


def _harmless(found: re.Match) -> str:
    """Return what is left of a comment, nothing, or of a quoted string, its words."""
    return " " if found["quoted"] is None else _STRUCTURE.sub("", found["quoted"])


def _check(text: str) -> _Check | None:
    """Read one result; None if it is none that matters."""
    found = _METHOD.match(text)
    if not found:
        return None
    method = found[1].lower()
    if method not in _SUBJECTS:
        return None
    properties = {name.lower(): value for name, value in _PROPERTY.findall(text)}
    names = (properties.get(name, "").strip("<>") for name in _SUBJECTS[method])
    domain = domain_of(next(filter(None, names), ""))
    return _Check(method, found[2].lower(), domain.lower().rstrip("."))


def _is_aligned(domain: str, other: str) -> bool:
    """Whether two domains are of one owner, as far as their names tell (RFC 7489 section 3.1, relaxed)."""
    return bool(domain) and _registered(domain) == _registered(other)


def _registered(domain: str) -> str:
    """Return the part of a domain that somebody registered: its last two labels, or three (example.co.uk).

    The list of public suffixes would be exact, and would have to be kept up to date.
    """
    labels = domain.split(".")
    below = ".".join(labels[-2:])
    return ".".join(labels[-3:]) if _SHARED.fullmatch(below) else below
