"""Bytes of mail to clean text: charsets that lie, encoded words (RFC 2047), and what must never
come out.

Whatever leaves this file holds no NUL and no lone surrogate (PostgreSQL and JSON refuse both), and
a line is one line. Nothing here raises for any input.
"""

import binascii
import codecs
import re
from functools import lru_cache

#: Longest charset name worth looking up; registered names have at most 40 characters (RFC 2978).
MAX_CHARSET_LENGTH = 60
#: Longest content of one encoded word. RFC 2047 says 75, yet whole subjects come in one word.
MAX_WORD_LENGTH = 4000

#: Bytes that stand before the header of some mails: white space, and the mark of UTF-8 files.
BEFORE_HEADER = b"\r\n\t \xef\xbb\xbf"

#: What senders write -> what they mean. The supersets are those of the WHATWG encoding standard:
#: mail programs write the name of the standard and use the vendor's extension (curly quotes, the
#: euro sign, rare kanji).
_MEANT = {
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "uft-8": "utf-8",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "utf-8-mac": "utf-8",
    "default": "utf-8",
    "unknown-8bit": "utf-8",
    "x-unknown": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc5601": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "koi8-ru": "koi8-u",
}
#: Codecs of Python that are no charsets of mail: escapes that make surrogates, quadratic ones,
#: platform ones.
_NO_CHARSETS = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "mbcs",
        "oem",
        "charmap",
    }
)

#: Charsets in which bytes of ASCII can mean something else.
_ASCII_IS_NOT_ASCII = frozenset(
    {"utf-7", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
)

_CHARSET_NAME = re.compile(r"[a-z0-9][a-z0-9._:-]*")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@B]|\([BJI]|\$\([DC]|\$[AC])")
_SURROGATES = re.compile("[\ud800-\udfff]")
#: Controls (C0 without white space, DEL, C1) and the characters that reverse text, which dress up a
#: name or a file name as another one (CVE-2021-42574). Marks that languages need (LRM, RLM, ZWJ,
#: ZWNJ) stay.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
#: Controls that no body text needs; tab, line feed and carriage return stay.
_BODY_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_ENCODED_WORD = re.compile(
    rf"=\?([^?\s]{{1,{MAX_CHARSET_LENGTH}}})\?([bBqQ])\?"
    rf"((?:[^?]|\?(?!=)){{0,{MAX_WORD_LENGTH}}})\?="
)
_Q_ESCAPE = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@lru_cache(maxsize=256)
def codec_for(charset: str) -> str:
    """Return the name of the Python codec that a declared charset means, or '' if there is none.

    ``_iso-2022-jp$ESC`` and ``utf-8*en`` are cut down to the name in them; ``uft-8`` is understood.
    """
    found = _CHARSET_NAME.search(charset[:MAX_CHARSET_LENGTH].lower())
    if not found:
        return ""
    name = found.group().rstrip(".:-_")
    name = _MEANT.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    # bytes-to-bytes codecs (hex, zlib, ...) would be a decompression bomb
    if not info._is_text_encoding or info.name.replace("-", "_") in _NO_CHARSETS:
        return ""
    return info.name


def decode(raw: bytes, charset: str = "") -> str:
    """Decode bytes by their declared charset if that is true, else by a guess. Never fails."""
    if raw.isascii() and b"\x1b" not in raw and codec_for(charset) not in _ASCII_IS_NOT_ASCII:
        return raw.decode("ascii").replace("\x00", "")
    text = _decode_strictly(raw, charset)
    if text is None:
        text = _decode_forgivingly(raw, codec_for(charset))
    return without_surrogates(text).replace("\x00", "")


def _decode_strictly(raw: bytes, charset: str) -> str | None:
    """Return the text by the first charset that fits: ISO-2022 escapes, the declared one, UTF-8."""
    declared = codec_for(charset)
    # 7-bit Japanese without (or with a wrong) label: the escapes are unmistakable, and valid UTF-8
    escaped = ["iso2022_jp_ext"] if declared in ("", "utf-8") and _ISO_2022.search(raw) else []
    # ASCII that its 7-bit charset does not fit is no UTF-8 either, although it would pass for it
    candidates = (*escaped, declared, "" if raw.isascii() else "utf-8")
    for codec in filter(None, candidates):
        try:
            return raw.decode(codec)
        except (UnicodeError, ValueError):
            continue
    return None


def _decode_forgivingly(raw: bytes, declared: str) -> str:
    """Return text of bytes that no charset fits: the declared one if that leaves few gaps."""
    text = raw.decode(declared or "utf-8", "replace")
    gaps = text.count("\ufffd")
    good = sum(not char.isascii() for char in text[:100_000]) - gaps
    if gaps <= good or raw.isascii():
        return text
    return raw.decode("cp1252", "replace")


def decode_words(text: str) -> str:
    """Decode the encoded words (RFC 2047) in a header text; what is no encoded word stays as it is.

    White space between two encoded words is dropped (section 6.2), and the bytes of neighbours with
    the same charset are joined before decoding, since many programs split characters in the middle.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for word in _ENCODED_WORD.finditer(text):
        between = text[end : word.start()]
        # RFC 2231 section 5: a language may follow the charset, ``utf-8*en``
        its_charset = word.group(1).partition("*")[0].lower()
        glued = bool(pending) and not between.strip()
        if not glued or its_charset != charset:
            out.append(decode(pending, charset))
            pending = b""
        if not glued:
            out.append(between)
        pending += _word_bytes(word.group(2), word.group(3))
        charset, end = its_charset, word.end()
    out.append(decode(pending, charset))
    out.append(text[end:])
    return "".join(out)


def _word_bytes(encoding: str, content: str) -> bytes:
    """Return the bytes that the content of one encoded word stands for."""
    raw = content.encode("utf-8", "replace")
    if encoding in "bB":
        return decode_base64(raw)
    raw = raw.replace(b"_", b" ")
    return _Q_ESCAPE.sub(lambda hexed: bytes((int(hexed.group(1), 16),)), raw)


def decode_base64(raw: bytes) -> bytes:
    """Decode base64 as far as it goes: foreign characters are skipped, missing padding is added."""
    try:
        return binascii.a2b_base64(raw)
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", raw)
        letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def without_surrogates(text: str) -> str:
    """Return the text with each lone surrogate replaced by U+FFFD."""
    try:
        # much quicker than looking for them
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def one_line(text: str, limit: int) -> str:
    """Return the text as one clean line of at most ``limit`` characters; idempotent.

    White space, line breaks and encoded line breaks (header injection) become one space each.
    """
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", without_surrogates(text))
    return " ".join(text.split())[:limit].rstrip()


def many_lines(text: str) -> str:
    """Return body text with line feeds as only line ends and no control characters; idempotent."""
    text = without_surrogates(text).replace("\r\n", "\n").replace("\r", "\n")
    return _BODY_CONTROLS.sub("", text).lstrip("\ufeff")
