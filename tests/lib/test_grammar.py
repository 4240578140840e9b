"""Reading answers and writing arguments."""

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from imapclient.exceptions import IMAPClientError
from imapclient.response_parser import parse_response

from lib import grammar
from lib.errors import CommandRefused
from lib.grammar import (
    Malformed,
    decode_folder_name,
    internal_date,
    number,
    pairs,
    parse,
    quoted,
    records,
    uid_batches,
    uid_set,
)

UTC = datetime.timezone.utc


@pytest.mark.parametrize(
    ("record", "values"),
    [
        ([b""], ()),
        ([b"(UID 5 FLAGS ())"], ((b"UID", 5, b"FLAGS", ()),)),
        ([(b"(UID 5 BODY[] {5}", b"a)\r\n("), b")"], ((b"UID", 5, b"BODY[]", b"a)\r\n("),)),
        ([b"(BODY[] NIL)"], ((b"BODY[]", None),)),
        ([b'(BODY[] "NIL")'], ((b"BODY[]", b"NIL"),)),
        ([b'(BODY[] "a \\"quoted\\" \\\\ text")'], ((b"BODY[]", b'a "quoted" \\ text'),)),
        (
            [(b"(BODY[HEADER.FIELDS (FROM TO)] {1}", b"x"), b")"],
            ((b"BODY[HEADER.FIELDS (FROM TO)]", b"x"),),
        ),
        (
            [b'(BODY[HEADER.FIELDS ("FROM" "TO")]<0> "x")'],
            ((b'BODY[HEADER.FIELDS ("FROM" "TO")]<0>', b"x"),),
        ),
        (
            [b"(FLAGS (\\Seen $Label1 [Gmail]/x \xfc))"],
            ((b"FLAGS", (b"\\Seen", b"$Label1", b"[Gmail]/x", b"\xfc")),),
        ),
        ([b"5 (a) b  "], (5, (b"a",), b"b")),
    ],
)
def test_parse(record, values):
    assert parse(record) == values


WORDS = [
    b"UID", b"5", b"05", b"0", b"NIL", b"nil", b'""', b'"NIL"', b'"a b"', b'"a\\"b"', b"\\Seen", b"$x", b"BODY[]",
    b"BODY[HEADER.FIELDS (A)]", b"BODY[]<0>", b"[Gmail]/x", b"a%b", b"{1}", b"{2}", b"\xfc", b"\t", b"\0", b"]", b"(",
    b")", b"()", b"9" * 20, b"-1",
]  # fmt: skip
PIECE = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from([b" ", b" ", b"", b"  "]))).map(
    lambda words: b"".join(word + space for word, space in words)
)


@given(st.lists(PIECE | st.tuples(PIECE, st.binary(max_size=2)), min_size=1, max_size=3))
@example([(b"1 (UID 5 BODY[] {1}", b"x"), b")"])
@example([(b"1 (UID 5 BODY[] {2}", b"x"), b")"])
def test_the_quick_way_reads_what_imapclient_reads(record):
    values = grammar._parse_plain(record)
    try:
        expected = parse_response(record)
    except (IMAPClientError, AssertionError, ValueError):
        expected = None
    assert values in (None, expected)


def test_headers_take_the_quick_way():
    record = [
        (
            b'7 (UID 9 FLAGS (\\Seen $Work) INTERNALDATE " 1-Jun-2024 09:00:00 +0000" RFC822.SIZE 4000 '
            b"MODSEQ (12) BODY[HEADER] {1}",
            b"x",
        ),
        b")",
    ]
    assert grammar._parse_plain(record) == parse_response(record)


@pytest.mark.parametrize(
    "text",
    [b"(", b'(a "b', b"(BODY[ 5)", b'("a"b" c)', b"({5})", b"(" * 5000 + b")" * 5000],
)
def test_parse_refuses(text):
    with pytest.raises(Malformed):
        parse([text])


def test_records():
    one, two = [(b"1 (A {1}", b"x"), (b" B {1}", b"y"), b")"], [b"2 ()"]
    assert list(records([*one, *two])) == [one, two]
    assert list(records([])) == []


def test_pairs():
    assert pairs((b"uid", 5, b"Flags", ())) == {b"UID": 5, b"FLAGS": ()}
    for wrong in (None, b"x", (b"UID",), (None, 5), ((), 5)):
        with pytest.raises(Malformed):
            pairs(wrong)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (5, 5), (b"05", 5), (0, 0), (2**63 - 1, 2**63 - 1), (2**63, None),
        (b"-1", None), (b"x", None), (b"", None), (None, None), ((), None), (b"1" * 5000, None),
    ],
)  # fmt: skip
def test_number(value, expected):
    assert number(value) == expected


def test_quoted():
    assert quoted(b'a "b" \\c') == b'"a \\"b\\" \\\\c"'
    for wrong in (b"a\rb", b"a\nb", b"a\0b"):
        with pytest.raises(CommandRefused):
            quoted(wrong)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b" 1-Jan-2024 10:00:00 +0000", datetime.datetime(2024, 1, 1, 10, tzinfo=UTC)),
        (b"01-jan-2024 10:00:00 +0130", datetime.datetime(2024, 1, 1, 8, 30, tzinfo=UTC)),
        (b"31-Dec-2023 23:00:00 -0200", datetime.datetime(2024, 1, 1, 1, tzinfo=UTC)),
        (b"31-Dec-2016 23:59:60 +0000", None),
        (b"31-Dec-9999 23:59:59 -0100", None),
        (b"00-Jan-0000 00:00:00 +0000", None),
        (b"30-Feb-2024 00:00:00 +0000", None),
        (b"01-Foo-2024 00:00:00 +0000", None),
        (b"01-Jan-2024 00:00:00 +9999", None),
        (b"yesterday", None),
        (None, None),
        ([], None),
    ],
)
def test_internal_date(text, expected):
    assert internal_date(text) == expected


def test_uid_set():
    assert uid_set([1, 2, 3, 7, 9, 10]) == b"1:3,7,9:10"
    assert uid_set([4294967295]) == b"4294967295"


@pytest.mark.parametrize(
    "uids",
    [
        range(1, 5000),
        range(1, 5000, 2),
        [4294967295 - i * 3 for i in range(2000)],
        [5, 5, 4],
        [],
        [1, 2, 4, 5, 7],
    ],
)
def test_uid_batches_hold_everything_once_and_stay_short(uids):
    batches = list(uid_batches(uids, 500, 1000))
    assert [uid for batch in batches for uid in batch] == sorted(set(uids))
    assert all(0 < len(batch) <= 500 and len(uid_set(batch)) <= 1000 for batch in batches)


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"INBOX", "INBOX"),
        (b"Entw&APw-rfe", "Entwürfe"),
        (b"Work &- Co", "Work & Co"),
        (b"&U,BTFw-", "台北"),
        (b"&2D3eAA-", "\U0001f600"),
        # malformed: kept as they are
        (b"&AAAA", "&AAAA"),
        (b"&AAAA-", "&AAAA-"),
        (b"a & b", "a & b"),
        (b"&!!!-", "&!!!-"),
        (b"&2D0-", "&2D0-"),
        # raw 8-bit: UTF-8 if it is, else something that can be shown
        ("Gelöscht".encode(), "Gelöscht"),
        (b"Gel\xf6scht", "Gel\ufffdscht"),
    ],
)
def test_decode_folder_name(raw, name):
    assert decode_folder_name(raw) == name
