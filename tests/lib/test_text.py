"""Charsets that lie, encoded words, and what must never come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.text import (
    codec_for,
    decode,
    decode_base64,
    decode_words,
    many_lines,
    one_line,
    without_surrogates,
)

CHARSETS = {
    "declared": ("Grüße".encode("latin-1"), "iso-8859-1", "Grüße"),
    "euro in Latin-1 is Windows": (b"\x80 5", "iso-8859-1", "€ 5"),
    "nothing declared, UTF-8": ("Grüße".encode(), "", "Grüße"),
    "nothing declared, Windows": ("Grüße".encode("cp1252"), "", "Grüße"),
    "declared ASCII, is UTF-8": ("Grüße".encode(), "us-ascii", "Grüße"),
    "declared UTF-8, is Windows": ("Grüße".encode("cp1252"), "utf-8", "Grüße"),
    "cut UTF-8": ("Grüße aus Köln".encode() + b"\xc3", "utf-8", "Grüße aus Köln\ufffd"),
    "unknown": ("Grüße".encode(), "x-unheard-of", "Grüße"),
    "misspelt": ("Grüße".encode(), "uft-8", "Grüße"),
    "rubbish around it": ("日本".encode("iso-2022-jp"), "_iso-2022-jp$ESC", "日本"),
    "undeclared ISO-2022-JP": ("日本".encode("iso-2022-jp"), "", "日本"),
    "broken ISO-2022-JP": (
        "日本".encode("iso-2022-jp")[:-4] + b"\x1b(B",
        "iso-2022-jp",
        "日\ufffd\ufffd",
    ),
    "GB 2312 with more": ("镕".encode("gb18030"), "gb2312", "镕"),
    "Korean": ("한국".encode("cp949"), "ks_c_5601-1987", "한국"),
    "Russian": ("Привет".encode("koi8-r"), "KOI8-R", "Привет"),
    "UTF-7": (b"Fr+APY-sche", "utf-7", "Frösche"),
    "UTF-16": ("ab".encode("utf-16"), "utf-16", "ab"),
    "NUL": (b"a\x00b", "utf-8", "ab"),
    "NUL beside 8-bit": (b"\xc3\xbc\x00b", "utf-8", "üb"),
    "lone surrogate in UTF-7": (b"+2AA-a", "utf-7", "\ufffda"),
}


@pytest.mark.parametrize(("raw", "charset", "expected"), CHARSETS.values(), ids=CHARSETS)
def test_decode(raw, charset, expected):
    assert decode(raw, charset) == expected


def test_without_surrogates():
    assert without_surrogates("a\ud800 \udfffü \U0001f375") == "a\ufffd \ufffdü \U0001f375"
    for whole in ("", "plain", "ü \U0001f375"):
        assert without_surrogates(whole) is whole


@pytest.mark.parametrize(
    "name",
    ["", "???", "hex", "zlib", "rot13", "idna", "punycode", "unicode_escape", "undefined", "../x",
     "a\x00b", "x" * 10_000],
)  # fmt: skip
def test_no_charset(name):
    assert codec_for(name) == ""


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"SGVsbG8=", b"Hello"),
        (b"SGVsbG8", b"Hello"),
        (b"SGVs\r\nbG8=\r\n", b"Hello"),
        (b"SGVs*bG8", b"Hello"),
        (b"SGVsbG8=\n-- \nx", b"Hello"),
        (b"A", b""),
        (b"", b""),
    ],
)
def test_base64(raw, expected):
    assert decode_base64(raw).startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a\r\n b\tc ", "a b c"),
        ("a\x00\x1b\x7fb", "ab"),
        ("a\u2028b\x85c", "a b c"),
        ("a\ud800b", "a\ufffdb"),
        ("\u202ea\u2066b", "ab"),
        ("שלום \u200fa", "שלום \u200fa"),
        ("x" * 30, "x" * 20),
    ],
)
def test_one_line(text, expected):
    assert one_line(text, 20) == expected


@given(st.text(st.characters()), st.integers(0, 30))
def test_one_line_of_anything(text, limit):
    line = one_line(text, limit)
    assert len(line) <= limit
    assert one_line(line, limit) == line
    assert len(line.splitlines()) <= 1
    assert "\x00" not in line
    line.encode()


@given(st.text(st.characters()))
def test_many_lines_of_anything(text):
    lines = many_lines(text)
    assert many_lines(lines) == lines
    assert not set(lines) & set("\x00\r")
    lines.encode()


@given(
    st.binary(),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "gb2312", "hz", "?"]),
)
def test_decode_anything(raw, charset):
    text = decode(raw, charset)
    assert "\x00" not in text
    text.encode()


@given(st.text(st.sampled_from(list("=?utf-8?q?b?=A0_ \n\ud800ü"))))
def test_encoded_words_of_anything(text):
    assert "\x00" not in decode_words(text).replace("\x00", "" if "\x00" in text else "\x00")
