"""Facts of a header: what the fields say, whatever they look like."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.headers import (
    EARLIEST,
    MAX_ID_BYTES,
    MAX_REFERENCES,
    MAX_SUBJECT_LENGTH,
    choose_date,
    normalize_id,
    read_header_facts,
    read_ids,
)

NOON = datetime(2024, 5, 14, 12, tzinfo=timezone.utc)

ORDINARY = (
    b"Message-ID: <1@example.com>\r\nDate: Tue, 14 May 2024 10:11:12 +0200\r\n"
    b"Subject: =?UTF-8?Q?Angebot_f=C3=BCr?=\r\n =?UTF-8?Q?_Sie?=\r\n"
    b"From: Anna <Anna@Example.com>\r\nSender: s@example.com\r\nReply-To: r@example.com\r\n"
    b"To: b@example.org,\r\n\tc@example.org\r\nCc: d@example.org\r\nBcc: e@example.org\r\n"
    b"In-Reply-To: <0@example.org>\r\nReferences: <00@example.org>\r\n <0@example.org>\r\n\r\n"
)


def facts_of(header: bytes, internaldate=NOON):
    return read_header_facts(header, internaldate)


def test_ordinary():
    facts = facts_of(ORDINARY)
    assert facts.message_id == "<1@example.com>"
    assert facts.subject == "Angebot für Sie"
    assert facts.date == NOON
    assert [address.email for address in facts.everyone()] == [
        "anna@example.com", "s@example.com", "r@example.com",
        "b@example.org", "c@example.org", "d@example.org", "e@example.org",
    ]  # fmt: skip
    assert facts.in_reply_to == ("<0@example.org>",)
    assert facts.references == ("<00@example.org>", "<0@example.org>")
    assert (facts.bulk, facts.automated) == (False, False)


@pytest.mark.parametrize("ends", [b"\n", b"\r", b"\r\n"])
def test_line_ends(ends):
    assert facts_of(ORDINARY.replace(b"\r\n", ends)) == facts_of(ORDINARY)


def test_body_is_not_read():
    assert facts_of(b"Subject: a\r\n\r\nFrom: b@x.com\r\n").from_ == ()


def test_lone_carriage_return_starts_no_field():
    facts = facts_of(b"Subject: a\rBcc: evil@y.com\r\nFrom: a@x.com\r\n")
    assert facts.subject == "a Bcc: evil@y.com"
    assert facts.bcc == ()


def test_six_from_fields():
    facts = facts_of(b"".join(b"From: p%d@x.com\n" % n for n in range(6)))
    assert [address.email for address in facts.from_] == [f"p{n}@x.com" for n in range(6)]


SUBJECTS = {
    "plain": (b"Hello", "Hello"),
    "folded": (b"Hello\r\n  world", "Hello world"),
    "encoded break": (b"=?utf-8?Q?a=0D=0A_b?=", "a b"),
    "split inside a character": (b"=?utf-8?B?ww==?= =?utf-8?B?vA==?=", "ü"),
    "neighbours of two charsets": (b"=?utf-8?q?=C3=BC?= =?iso-8859-1?q?=FC?=", "üü"),
    "space between word and text": (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
    "question mark in a word": (b"=?utf-8?q?What??=", "What?"),
    "space in a word": (b"=?utf-8?q?a b?=", "a b"),
    "language": (b"=?utf-8*en?q?a_b?=", "a b"),
    "misspelt charset": (b"=?uft-8?q?=C3=BC?=", "ü"),
    "charset with rubbish": (b"=?_iso-2022-jp$ESC?B?GyRCRnxLXBsoQg==?=", "日本"),
    "unknown charset": (b"=?x-nothing?q?=C3=BC?=", "ü"),
    "wrong charset": (b"=?utf-8?q?caf=E9?=", "café"),
    "no charset of mail": (b"=?zlib?B?eJxLBAAAYgBi?=", "xœKbb"),
    "broken base64": (b"=?utf-8?B?SGVsbG8?=", "Hello"),
    "not an encoded word": (b"=?a?z?b?=", "=?a?z?b?="),
    "raw UTF-8": ("Grüße".encode(), "Grüße"),
    "raw Latin-1": ("Grüße".encode("latin-1"), "Grüße"),
    "raw ISO-2022-JP": ("日本".encode("iso-2022-jp"), "日本"),
    "NUL": (b"a\x00b", "ab"),
    "turned around": ("a\u202eb".encode(), "ab"),
    "right to left": ("שלום".encode(), "שלום"),
}


@pytest.mark.parametrize(("raw", "expected"), SUBJECTS.values(), ids=SUBJECTS)
def test_subject(raw, expected):
    assert facts_of(b"Subject: " + raw).subject == expected


def test_raw_fields_take_the_charset_of_the_body():
    russian = "Привет".encode("koi8-r")
    header = (
        b"Content-Type: text/plain; charset=koi8-r\nSubject: " + russian + b"\nFrom: " + russian
    )
    facts = facts_of(header + b" <a@x.com>\n")
    assert facts.subject == facts.from_[0].name == "Привет"


def test_charset_of_the_body_does_not_touch_plain_fields():
    header = b"Content-Type: text/plain; charset=utf-16\nSubject: ab\nFrom: \xc3\xbc <a@x.com>\n"
    facts = facts_of(header)
    assert (facts.subject, facts.from_[0].name) == ("ab", "ü")


IDS = {
    "ordinary": ("<a@b>", "<a@b>"),
    "no brackets": ("a@b", "<a@b>"),
    "brackets within": ("<[id@domain]>", "<[id@domain]>"),
    "spaces": ("<a" + " " * 2000 + "@b>", "<a@b>"),
    "folded": ("<a@\r\n b>", "<a@b>"),
    "no host": ("<20240514.abcdef>", "<20240514.abcdef>"),
    "a counter": ("<1>", ""),
    "empty": ("<>", ""),
    "too long": ("<" + "a" * MAX_ID_BYTES + "@b>", ""),
    "NUL": ("<a\x00b@c>", "<ab@c>"),
}


@pytest.mark.parametrize(("raw", "expected"), IDS.values(), ids=IDS)
def test_identifier(raw, expected):
    assert facts_of(b"Message-ID: " + raw.encode()).message_id == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@b> <c@d>", ("<a@b>", "<c@d>")),
        ("<a@b><c@d>,<a@b>", ("<a@b>", "<c@d>")),
        ("a@b c@d", ("<a@b>", "<c@d>")),
        ('Your message of "Mon, 5 Jan 2004" <a@b>', ("<a@b>",)),
        ("Your message of Monday", ()),
        ("mail from anna@example.com", ()),
        ("", ()),
    ],
)
def test_references(value, expected):
    assert read_ids(value) == expected


def test_references_are_bounded():
    ids = read_ids(" ".join(f"<{n}@x>" for n in range(3000)))
    assert len(ids) == MAX_REFERENCES
    assert (ids[0], ids[-1]) == ("<0@x>", "<2999@x>")
    assert read_ids("<" * 100_000) == ()


WRITTEN = "Tue, 14 May 2024 10:11:12 +0200"


@pytest.mark.parametrize(
    ("internaldate", "written", "expected"),
    [
        (NOON, WRITTEN, NOON),
        (NOON.astimezone(timezone(timedelta(hours=9))), WRITTEN, NOON),
        (NOON.replace(tzinfo=None), WRITTEN, NOON),
        (None, WRITTEN, NOON.replace(hour=8, minute=11, second=12)),
        (
            datetime(102, 1, 1, tzinfo=timezone.utc),
            WRITTEN,
            NOON.replace(hour=8, minute=11, second=12),
        ),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))), "", EARLIEST),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), "", EARLIEST),
        (None, "Mon, 30 Jun 3609 15:33:50 +0600", EARLIEST),
        (None, "Mon, 30 Jun 0102 15:33:50 +0600", EARLIEST),
        (None, "Tue, 14 May 2024 10:11:12 +9999999999", EARLIEST),
        (None, "yesterday", EARLIEST),
        (None, "", EARLIEST),
    ],
)
def test_date(internaldate, written, expected):
    assert choose_date(internaldate, written) == expected
    assert choose_date(internaldate, written).tzinfo is timezone.utc


class TestDigest:
    def test_copies_have_the_same(self):
        copy = b"Received: by x\r\nReturn-Path: <a@x.com>\r\n" + ORDINARY.replace(
            b"Bcc: e@example.org\r\n", b""
        ).replace(b"\r\n\t", b" ")
        assert facts_of(copy, NOON + timedelta(days=1)).digest == facts_of(ORDINARY).digest

    @pytest.mark.parametrize(
        ("old", "new"), [(b"Angebot", b"Absage"), (b"10:11", b"10:12"), (b"To: b", b"To: x")]
    )
    def test_other_mail_has_another(self, old, new):
        assert facts_of(ORDINARY.replace(old, new)).digest != facts_of(ORDINARY).digest

    def test_without_a_date_the_arrival_counts(self):
        scan = b"From: copier@x.com\r\nSubject: Scan\r\n"
        assert facts_of(scan).digest != facts_of(scan, NOON + timedelta(minutes=1)).digest


NAMES = st.sampled_from(
    [
        b"From",
        b"To",
        b"Subject",
        b"Message-ID",
        b"References",
        b"In-Reply-To",
        b"Date",
        b"Content-Type",
    ]
)
PIECES = st.sampled_from(
    [b"=?utf-8?q?", b"=?=", b"?=", b"=00", b"\x00", b"\xff", b"\xed\xa0\x80", b"<", b">", b"@",
     b"a", b",", b'"', b"\r", b"\n", b"\r\n ", b"\x1b$B", b"charset=utf-7", b"+2AA-", b":"]
)  # fmt: skip
VALUES = st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=20).map(b"".join))
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=8).map(
    lambda fields: b"\n".join(name + b": " + value for name, value in fields)
)


@given(st.one_of(st.binary(max_size=300), HEADERS), st.one_of(st.none(), st.datetimes()))
def test_any_bytes_give_clean_facts(header, internaldate):
    facts = read_header_facts(header, internaldate)
    people = [part for address in facts.everyone() for part in (address.name, address.email)]
    for text in (facts.subject, facts.message_id, *facts.references, *facts.in_reply_to, *people):
        text.encode()
        assert not set(text) & set("\x00\r\n")
    assert len(facts.subject) <= MAX_SUBJECT_LENGTH
    assert facts.date >= EARLIEST
    for identifier in (facts.message_id, *facts.references, *facts.in_reply_to):
        assert normalize_id(identifier) == identifier
        assert len(identifier.encode()) <= MAX_ID_BYTES
