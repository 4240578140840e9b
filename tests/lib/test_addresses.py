"""Addresses in header fields: what programs write, and what attackers write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.addresses import (
    MAX_ADDRESSES,
    MAX_EMAIL_LENGTH,
    MAX_NAME_LENGTH,
    normalize_email,
    read_addresses,
    spellings,
)

FIELDS = {
    "bare": ("anna@example.com", [("", "anna@example.com")]),
    "in brackets": ("Anna Smith <anna@example.com>", [("Anna Smith", "anna@example.com")]),
    "quoted comma": ('"Smith, Anna" <a@example.com>', [("Smith, Anna", "a@example.com")]),
    "escaped quote": (r'"Anna \"A\" Smith" <a@example.com>', [('Anna "A" Smith', "a@example.com")]),
    "comment as name": ("a@example.com (Anna Smith)", [("Anna Smith", "a@example.com")]),
    "upper case": ("ANNA@Example.COM", [("", "anna@example.com")]),
    "local part is not ASCII": ("PELÉ@Example.COM", [("", "PELÉ@example.com")]),
    "several": ("a@x.com, B <b@x.com>", [("", "a@x.com"), ("B", "b@x.com")]),
    "semicolons of Outlook": ("a@x.com; b@x.com", [("", "a@x.com"), ("", "b@x.com")]),
    "empty entries": (",, a@x.com, ,", [("", "a@x.com")]),
    "empty group": ("undisclosed-recipients:;", []),
    "group": ("Team: a@x.com, B <b@x.com>;, c@x.com", [
        ("", "a@x.com"), ("B", "b@x.com"), ("", "c@x.com"),
    ]),
    "route": ("<@relay.com,@other.com:a@x.com>", [("", "a@x.com")]),
    "comments within": ("Pete <pete(his account)@silly.test(his host)>", [
        ("Pete", "pete@silly.test"),
    ]),
    "mailto": ("<mailto:a@x.com>", [("", "a@x.com")]),
    "quoted local part": ('"anna smith"@x.com', [("", '"anna smith"@x.com')]),
    "domain literal": ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")]),
    "international domain": ("a@BÜCHER.example", [("", "a@bücher.example")]),
    # in the wild
    "stop as a name": (". <a@x.com>", [("", "a@x.com")]),
    "no space after a name": ("John Doe.<a@x.com>", [("John Doe.", "a@x.com")]),
    "no brackets": ("John Doe a@x.com", [("John Doe", "a@x.com")]),
    "pasted with a zero-width space": ("a@x.com\u200b", [("", "a@x.com")]),
    "unquoted comma": ("Doe, John <a@x.com>", [("Doe, John", "a@x.com")]),
    "name is the address": ("'a@x.com' <A@x.com>", [("", "a@x.com")]),
    "doubled brackets": ("<<a@x.com>>", [("", "a@x.com")]),
    "empty brackets": ("a@x.com <>", [("", "a@x.com")]),
    "unclosed bracket": ("Anna <a@x.com", [("Anna", "a@x.com")]),
    "unclosed quote": ('"Anna <a@x.com>, b@x.com', [("Anna", "a@x.com"), ("", "b@x.com")]),
    "encoded comma": ("=?utf-8?Q?Doe,_John?= <a@x.com>", [("Doe, John", "a@x.com")]),
    "encoded in quotes": ('"=?utf-8?B?SsO8cmdlbg==?=" <a@x.com>', [("Jürgen", "a@x.com")]),
    "encoded line break": ("=?utf-8?Q?a=0D=0ABcc:_b?= <a@x.com>", [("a Bcc: b", "a@x.com")]),
    "encoded NUL": ("=?utf-8?Q?a=00b?= <a@x.com>", [("ab", "a@x.com")]),
    "text turned around": ("a\u202egnp.exe <a@x.com>", [("agnp.exe", "a@x.com")]),
    "only a login": ("root", []),
    "bang path": ("develop!nextmime@ebony@sblab.att.com", []),
    # a name is never an address
    "address as a name": ("boss@corp.com <evil@y.com>", [("boss@corp.com", "evil@y.com")]),
    "address as a quoted name": ('"boss@corp.com" <evil@y.com>', [("boss@corp.com", "evil@y.com")]),
    "brackets in the name": ('"<boss@corp.com>" <evil@y.com>', [("<boss@corp.com>", "evil@y.com")]),
    "quoted address, no other": ('"boss@corp.com" <evil>', []),
    "encoded address": ("=?utf-8?q?boss=40corp.com?=", []),
    "encoded address as a name": ("=?utf-8?q?boss=40corp.com_=3C?= <evil@y.com>", [
        ("boss@corp.com <", "evil@y.com"),
    ]),
    # nobody can say which one counts
    "two in one entry": ('"Someone" <valid@x.com>:<attacker@y.com>', [
        ("Someone", "valid@x.com"), ("", "attacker@y.com"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), FIELDS.values(), ids=FIELDS)
def test_field(value, expected):
    assert [(address.name, address.email) for address in read_addresses(value)] == expected


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("a@example.com", {"a@example.com"}),
        ("a@bücher.example", {"a@bücher.example", "a@xn--bcher-kva.example"}),
        ("a@xn--bcher-kva.example", {"a@bücher.example", "a@xn--bcher-kva.example"}),
        ("a@xn--\x80.example", {"a@xn--\x80.example"}),
        ("a@" + "ü" * 300, {"a@" + "ü" * 300}),
    ],
)
def test_spellings(email, expected):
    assert set(spellings(email)) == expected


def test_limits():
    many = read_addresses(", ".join(f"P{n} <p{n}@x.com>" for n in range(MAX_ADDRESSES + 100)))
    assert len(many) == MAX_ADDRESSES
    assert many[4095].email == "p4095@x.com"
    (named,) = read_addresses("n" * 900 + " <a@x.com>")
    assert len(named.name) == MAX_NAME_LENGTH
    assert not read_addresses("a" * MAX_EMAIL_LENGTH + "@x.com")


@pytest.mark.parametrize(
    "unit", ['"', "(", "<", '"\\', "=?a?q?", "=?a?q? ", "=?", "a,", "a ", "@ ", ":", "a@b ", '"a" ']
)
def test_no_repetition_is_slow(unit):
    # quadratic reading of these would take minutes, and the suite's own time limit would say so
    assert len(read_addresses(unit * 100_000)) <= MAX_ADDRESSES


HOSTILE = st.text(st.sampled_from(list("ab@.<>()\",;:\\ =?qé\x00\r\n\ud800'[]")), max_size=60)


@given(st.one_of(st.text(st.characters(), max_size=200), HOSTILE))
def test_anything_gives_clean_addresses(value):
    for address in read_addresses(value):
        assert address.email == normalize_email(address.email)
        assert "@" in address.email
        for text in (address.name, address.email):
            text.encode()
            assert not set(text) & set("\x00\r\n")
        # what comes out is read back as itself
        again = read_addresses(f"<{address.email}>")
        assert [found.email for found in again] == [address.email]
