"""Whether a mail comes from whom it says, by what providers write of it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.authentication import Authentication, Result, authenticate
from lib.headers import read_header_facts

ANNA = "anna@client.example"
#: what a sender would like to be believed
FORGED = "mx.evil.example; dmarc=pass header.from=client.example; dkim=pass header.d=client.example"

GMAIL = (
    "mx.google.com;\r\n       dkim=pass header.i=@{d} header.s=20210112 header.b=PqBP51+l;\r\n"
    "       spf=pass (google.com: domain of anna@{d} designates 209.85.220.69 as permitted sender)"
    " smtp.mailfrom=anna@{d};\r\n       dmarc={v} (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from={d}"
)
MICROSOFT = (
    "spf={v} (sender IP is 80.241.56.171)\r\n smtp.mailfrom={d}; dkim={v} (signature was verified)\r\n"
    " header.d={d};dmarc={v} action=none\r\n header.from={d};compauth={c} reason=100"
)
YAHOO = (
    "atlas-production.v2-mail-prod1-gq1.omega.yahoo.com;\r\n dkim={v} header.i=@{d} header.s=s2048;\r\n"
    " spf={v} smtp.mailfrom={d};\r\n dmarc={v}(p=REJECT) header.from={d};"
)
ICLOUD = (
    'bimi.icloud.com; bimi=skipped reason="insufficient dmarc"\narc.icloud.com; arc=none\n'
    "dmarc.icloud.com; dmarc={v} header.from={d}\ndkim-verifier.icloud.com;\r\n\tdkim={v} (2048-bit key)"
    " header.d={d} header.i=@{d} header.b=xEF\n"
    'spf.icloud.com; spf=pass (spf.icloud.com: x) smtp.mailfrom="SRS0=Z8=5h=a=b@fwd.example"'
)
FASTMAIL = (
    "mx1.messagingengine.com;\r\n    x-csa=none;\r\n    x-ptr=pass smtp.helo=out.{d}\r\n      policy.ptr=out.{d}\n"
    "mx1.messagingengine.com;\r\n    bimi=none (No BIMI records found)\nmx1.messagingengine.com;\r\n"
    "    dkim={v} (2048-bit rsa key sha256) header.d={d}\r\n      header.i=@{d} header.a=rsa-sha256;\r\n"
    "    dmarc={v} policy.published-domain-policy=reject\r\n      (p=reject,d=none,d.eval=none)\r\n"
    "      header.from={d};\r\n    spf={v} smtp.mailfrom=anna@{d} smtp.helo=out.{d}"
)
PROVIDERS = {
    "Gmail": GMAIL, "Microsoft 365": MICROSOFT, "Yahoo": YAHOO, "iCloud": ICLOUD, "Fastmail": FASTMAIL,
}  # fmt: skip


def told(fields, *authors):
    found = authenticate(fields, authors or (ANNA,))
    return found.result.value, found.method


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("domain", ["client.example", "mail.client.example"])
def test_providers(provider, domain):
    words = {"d": domain, "c": "softpass"}
    assert told(PROVIDERS[provider].format(v="pass", **words)) == ("pass", "dmarc")
    assert told(PROVIDERS[provider].format(v="fail", **words)) == ("fail", "dmarc")
    assert told(f"{PROVIDERS[provider].format(v='fail', **words)}\n{FORGED}") == ("fail", "dmarc")
    # for somebody else's domain
    assert told(PROVIDERS[provider].format(v="pass", **words), "x@other.example")[0] == "none"


#: name -> (fields from the topmost, result, method)
CASES = {
    "nothing": ("", "none", ""),
    "no result": ("mx.example.com; none", "none", ""),
    "only a name": ("mx.example.com", "none", ""),
    "only something else": ("mx.example.com; auth=pass smtp.auth=anna@client.example", "none", ""),
    # GMX
    "a signature": (" gmx.net; dkim=pass header.i=@client.example", "pass", "dkim"),
    "somebody's signature": ("gmx.net; dkim=pass header.d=service.example", "none", ""),
    "a signature that is broken": ("gmx.net; dkim=fail header.d=client.example", "fail", "dkim"),
    "somebody's broken signature": ("gmx.net; dkim=fail header.d=list.example", "none", ""),
    "a signature of the domain beside a broken one": (
        "gmx.net; dkim=fail header.d=client.example\ngmx.net; dkim=pass header.d=client.example",
        "pass", "dkim",
    ),
    "a host": ("mx.a.example; spf=pass smtp.mailfrom=b@client.example", "pass", "spf"),
    "a host, long ago": ("mx.google.com; spf=pass (x) smtp.mail=b@client.example", "pass", "spf"),
    "a host that is none of theirs": (
        "mx.a.example; spf=softfail (x) smtp.mailfrom=b@client.example; dkim=none", "fail", "spf",
    ),
    "a host of a forwarder": ("mx.a.example; spf=fail smtp.mailfrom=b@fwd.example", "none", ""),
    "neither permitted nor denied": (
        "mx.google.com; spf=neutral (google.com: 1.2.3.4 is neither permitted nor denied) smtp.mail=b@client.example",
        "none", "",
    ),
    "no DMARC policy": (
        "mx.a.example; dmarc=none header.from=client.example; dkim=pass header.d=client.example", "pass", "dkim",
    ),
    "DMARC could not be asked for": ("mx.a.example; dmarc=temperror header.from=client.example", "none", ""),
    "DMARC against a signature": (
        "mx.a.example; dkim=pass header.d=client.example; dmarc=fail header.from=client.example", "fail", "dmarc",
    ),
    # rspamd
    "a reason": (
        'mail.a.example; dkim=fail ("body hash; did not verify") header.d=client.example; dmarc=fail '
        'reason="SPF not aligned (relaxed); DKIM not aligned" header.from=client.example (policy=none)',
        "fail", "dmarc",
    ),
    "upper case, spaces, a version": (
        "MX.A.example 1 ; DMARC / 1 = PASS ( p = none ) HEADER.FROM = Client.Example.", "pass", "dmarc",
    ),
    # Microsoft 365
    "a forwarder that Microsoft trusts": (
        MICROSOFT.format(v="fail", d="client.example", c="pass"), "pass", "compauth",
    ),
    "no policy, and Microsoft does not believe it": (
        "spf=none smtp.mailfrom=x.example; dkim=none header.d=none;dmarc=none action=none header.from=client.example;"
        "compauth=fail reason=001", "fail", "compauth",
    ),
    "Microsoft guesses": (
        "spf=pass smtp.mailfrom=client.example; dmarc=bestguesspass action=none header.from=client.example;",
        "pass", "dmarc",
    ),
    "below a field without a server, nothing counts": (f"dkim=none;\n{FORGED}\ndmarc=fail", "none", ""),
    # whose word counts
    "another server's word": (f"mx.a.example; spf=none\n{FORGED}", "none", ""),
    "the same server, below another": (
        "mx.a.example; spf=none\nmx.b.example; spf=none\nmx.a.example; dmarc=fail", "none", "",
    ),
    "the first word of a server counts": (
        "mx.a.example; dmarc=fail\nmx.a.example; dmarc=pass header.from=client.example", "fail", "dmarc",
    ),
    "two under one shared domain": (
        "mx.a.co.uk; spf=none\nmx.b.co.uk; dmarc=pass header.from=client.example", "none", "",
    ),
    # what a sender can write into it
    "a result in a comment": (
        "mx.a.example; spf=none (domain of dmarc=pass; dmarc=pass header.from=client.example) smtp.mailfrom=x",
        "none", "",
    ),
    "a result in a quoted sender": (
        'mx.a.example; spf=none smtp.mailfrom="x; dmarc=pass header.from=client.example; \\"y"@evil.example',
        "none", "",
    ),
    "a comment that does not end hides nothing": (
        "mx.a.example; spf=pass (domain of x(((@evil.example) smtp.mailfrom=x@evil.example; dmarc=fail",
        "fail", "dmarc",
    ),
    "a quote that does not end hides nothing": (
        'mx.a.example; spf=pass smtp.mailfrom="x@evil.example; dmarc=fail', "fail", "dmarc",
    ),
    "a domain that ends the same": ("mx.a.example; dkim=pass header.d=evilclient.example", "none", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(name):
    fields, *expected = CASES[name]
    assert told(fields) == tuple(expected)


def test_authors_of_two_companies():
    """Nobody can say which of them a program shows."""
    fields = GMAIL.format(v="pass", d="evil.example")
    assert told(fields, "x@evil.example", ANNA) == ("none", "")
    assert told(MICROSOFT.format(v="none", d="x", c="pass"), "x@evil.example", ANNA)[0] == "none"
    assert told(fields.replace("dmarc=pass", "dmarc=fail"), "x@evil.example", ANNA)[0] == "fail"


def test_a_shared_domain_is_nobodys():
    fields = "mx.a.example; dkim=pass header.d=evil.co.uk"
    assert told(fields, "anna@bank.co.uk") == ("none", "")
    assert told(fields.replace("evil", "bank"), "anna@mail.bank.co.uk") == ("pass", "dkim")


def test_without_an_author():
    assert authenticate(FORGED, ()) == Authentication()


def test_out_of_a_header():
    """In the order of the header, folded, before and behind other fields."""
    header = (
        "Return-Path: <a@evil.example>\r\nAuthentication-Results: mx.a.example;\r\n\tdkim=none;\r\n"
        "\tdmarc=fail header.from=client.example\r\nReceived: by x\r\nAuthentication-Results: %s\r\n"
        "From: Anna <anna@client.example>\r\n\r\n" % FORGED
    ).encode()
    facts = read_header_facts(header, None)
    assert facts.authentication() == Authentication(Result.FAIL, "dmarc")


@given(
    st.text(st.sampled_from('()";=\\\n\t dmarcpsfile.@x0'), max_size=300), st.binary(max_size=200)
)
def test_never_raises(text, raw):
    authenticate(text, (ANNA,))
    facts = read_header_facts(b"From: a@b.c\nAuthentication-Results: " + raw, None)
    facts.authentication()


@pytest.mark.parametrize(
    "piece",
    [
        "(",
        '"',
        '\\"',
        "(((",
        "(a",
        "a;",
        "\n",
        "(\\",
        "dkim=pass ",
        "header.d=",
        "(a)(",
        '"(',
        '("',
        "\\(",
        "a.",
        "a-",
        "=",
    ],
)
def test_takes_no_time(piece):
    started = time.perf_counter()
    authenticate(piece * 500_000, (ANNA,))
    assert time.perf_counter() - started < 0.5
