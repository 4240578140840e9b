"""The structure of a mail (RFC 2045, RFC 2046): bytes to a bounded tree of parts.

Not Python's ``email`` package, for three measured reasons: its parser recurses (RecursionError at
some hundred nested parts), looks at each line once per level of nesting, and copies everything
several times over as text. Here parts are positions in the raw bytes, and each limit holds before
work is done.
"""

import binascii
import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from urllib.parse import unquote_to_bytes

from .text import BEFORE_HEADER, decode, decode_base64, decode_words

#: Bytes of one part's header that are looked at; a mail to 5,000 people has 250 KB.
MAX_PART_HEADER = 1024 * 1024
#: Bytes of a header that has no empty line after it.
MAX_UNENDED_HEADER = 4096
#: Fields about the content that are read of one part; six are of use.
MAX_FIELDS = 50
#: Characters of one structured field that are looked at; 14 KB of semicolons have been seen.
MAX_FIELD = 16 * 1024
#: Lines that begin like a delimiter after which a multipart is not searched any further.
MAX_CANDIDATES = 20_000

_FIELD = re.compile(
    rb"^(content-[a-z-]{1,30})[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE | re.IGNORECASE
)
_FIRST_LINE = re.compile(rb"[!-9;-~]+[ \t]*:|>?From ")
_HEADER_LINES = re.compile(rb"(?:>?From .*\n)?(?:(?:[!-9;-~]+[ \t]*:|[ \t]).*(?:\n|\Z))*")
# a line of nothing but white space continues a field, unless what follows can be no header
_EMPTY_LINE = re.compile(rb"\n\r?\n|\n[ \t]+\r?\n(?![ \t]|[!-9;-~]+[ \t]*:)")
_TYPE = re.compile(r"\s*([\w.+-]{1,60})\s*/\s*([\w.+-]{1,100})")
_PARAMETER = re.compile(r"[;\s]([^\s=;\"]{1,60})\s*=\s*(\"(?:[^\"\\]|\\.)*\"|[^;]*)")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*?)")
_ESCAPED = re.compile(r"\\(.)")
_PADDING = b" \t\r"
_DEFAULT_TYPE = "text/plain"


@dataclass(slots=True)
class Structure:
    """What of a mail's structure was read.

    :param root: the mail itself
    :param too_deep: multiparts nested deeper than the limit were left out
    :param too_many: parts after the limit's number were left out
    """

    root: "Part"
    too_deep: bool = False
    too_many: bool = False


@dataclass
class Part:
    """One part: where its body lies in the raw bytes, its fields, and the parts within it.

    :param default_type: what it is when it does not say (RFC 2045 section 5.2)
    """

    raw: bytes
    start: int
    end: int
    fields: dict[bytes, bytes]
    default_type: str = _DEFAULT_TYPE
    children: list["Part"] = field(default_factory=list)

    def text_of(self, name: bytes) -> str:
        """Return a field as text, its encoded words as they are; '' if it is missing."""
        # unfolding takes away the line break only (RFC 5322 section 2.2.3)
        raw = self.fields.get(name, b"")[:MAX_FIELD]
        return decode(raw.replace(b"\r", b"").replace(b"\n", b""))

    @cached_property
    def mimetype(self) -> str:
        """Type and subtype in lower case."""
        found = _TYPE.match(self.text_of(b"content-type"))
        return f"{found[1]}/{found[2]}".lower() if found else self.default_type

    @property
    def declares_type(self) -> bool:
        """Whether the type is the sender's word or what its place says, not the default."""
        return b"content-type" in self.fields or self.default_type != _DEFAULT_TYPE

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Parameters of Content-Type, names in lower case."""
        return read_parameters(self.text_of(b"content-type"))

    @cached_property
    def disposition(self) -> str:
        """``inline``, ``attachment``, another word, or '' (RFC 2183)."""
        return self.text_of(b"content-disposition").partition(";")[0].strip().lower()

    @cached_property
    def filename(self) -> str:
        """The name that the sender gave the part, decoded but not made safe."""
        disposition = read_parameters(self.text_of(b"content-disposition"))
        # programs that know nothing of RFC 2231 use encoded words, which RFC 2047 section 5 forbids
        return decode_words(disposition.get("filename") or self.parameters.get("name", ""))

    @cached_property
    def location(self) -> str:
        """Content-Location (RFC 2557), where parts of saved pages have their name."""
        return decode_words(self.text_of(b"content-location"))

    @cached_property
    def content_id(self) -> str:
        """Content-ID without its brackets (RFC 2392), '' if there is none."""
        return decode_words(self.text_of(b"content-id")).strip().strip("<>").strip()[:998]

    @property
    def size(self) -> int:
        """Bytes of the body as it was sent."""
        return self.end - self.start

    def content(self, limit: int | None = None) -> bytes:
        """Return the body without its transfer encoding, of at most ``limit`` bytes as sent."""
        end = self.end if limit is None else min(self.end, self.start + limit)
        body = self.raw[self.start : end]
        encoding = self.text_of(b"content-transfer-encoding").strip().lower()
        if encoding == "base64":
            return decode_base64(body)
        if encoding == "quoted-printable":
            return binascii.a2b_qp(body)
        return body


def read_structure(raw: bytes, max_parts: int, max_depth: int) -> Structure:
    """Read the tree of parts; what exceeds the limits is left out and said so. Never raises."""
    if b"\n" not in raw:
        # carriage returns end lines only where nothing else does (old Mac programs)
        raw = raw.replace(b"\r", b"\n")
    begin = len(raw) - len(raw.lstrip(BEFORE_HEADER))
    structure = Structure(_read_part(raw, begin, len(raw), _DEFAULT_TYPE))
    todo = [(structure.root, 1)]
    count = 1
    while todo:
        part, depth = todo.pop()
        boundary = part.parameters.get("boundary", "").rstrip()
        if not part.mimetype.startswith("multipart/") or not boundary:
            continue
        if depth > max_depth:
            structure.too_deep = True
            continue
        default = "message/rfc822" if part.mimetype == "multipart/digest" else _DEFAULT_TYPE
        ranges = _split(raw, part.start, part.end, boundary.encode("utf-8", "replace"))
        structure.too_many |= count + len(ranges) > max_parts
        ranges = ranges[: max_parts - count]
        count += len(ranges)
        part.children = [_read_part(raw, start, end, default) for start, end in ranges]
        todo.extend((child, depth + 1) for child in part.children)
    return structure


def _read_part(raw: bytes, start: int, end: int, default_type: str) -> Part:
    """Read the header of the part that lies between two positions."""
    body = _body_start(raw, start, end)
    fields: dict[bytes, bytes] = {}
    header = _FIELD.finditer(raw, start, min(body, start + MAX_PART_HEADER))
    for found in islice(header, MAX_FIELDS):
        fields.setdefault(found[1].lower(), found[2].strip())
    return Part(raw, body, end, fields, default_type)


def _body_start(raw: bytes, start: int, end: int) -> int:
    """Return where the body begins: after the first empty line, if there is one.

    A part that does not begin with a field is all body, and a header without an empty line after it
    ends at the first line that is no field (as Python's parser has it).
    """
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return min(raw.find(b"\n", start) + 1, end)
    if not _FIRST_LINE.match(raw, start, end):
        return start
    if empty := _EMPTY_LINE.search(raw, start, end):
        return empty.end()
    return _HEADER_LINES.match(raw, start, min(end, start + MAX_UNENDED_HEADER)).end()


def _split(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """Return where the parts of a multipart lie (RFC 2046 section 5.1.1).

    What stands before the first delimiter and after the last one is left out. A closing delimiter
    that never comes (cut mail) is made up for.
    """
    delimiter = b"--" + boundary
    ranges = []
    part_start = None
    position = start
    for _ in range(MAX_CANDIDATES):
        found = raw.find(delimiter, position, end)
        if found < 0:
            break
        position = found + len(delimiter)
        if found > start and raw[found - 1] != 0x0A:
            continue
        line_end = raw.find(b"\n", position, end)
        line_end = end if line_end < 0 else line_end
        rest = raw[position : min(line_end, position + 1000)].strip(_PADDING)
        if rest not in (b"", b"--"):
            continue
        if part_start is not None:
            ranges.append((part_start, _before_line_break(raw, part_start, found)))
        if rest:
            return ranges
        part_start = position = min(line_end + 1, end)
    if part_start is not None:
        ranges.append((part_start, end))
    return ranges


def _before_line_break(raw: bytes, start: int, position: int) -> int:
    """Return the position without the line break before it, which belongs to the delimiter."""
    if position > start and raw[position - 1] == 0x0A:
        position -= 1
        if position > start and raw[position - 1] == 0x0D:
            position -= 1
    return position


def read_parameters(value: str) -> dict[str, str]:
    """Return the parameters of a Content-Type or -Disposition field, names in lower case.

    Understands continuations, charsets and percent signs of RFC 2231; a parameter in that form wins
    over the plain one beside it, which is there for old programs.
    """
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[bool, str]]] = {}
    for found in _PARAMETER.finditer(value):
        text = found[2].strip()
        if text[:1] == '"':
            text = _ESCAPED.sub(
                r"\1", text[1:-1] if text[-1:] == '"' and len(text) > 1 else text[1:]
            )
        section = _SECTION.fullmatch(found[1].lower())
        if section and (section[2] or section[3]):
            sections = extended.setdefault(section[1], {})
            sections.setdefault(int(section[2] or 0), (bool(section[3]), text))
        else:
            plain.setdefault(found[1].lower(), text)
    return plain | {name: _join_sections(sections) for name, sections in extended.items()}


def _join_sections(sections: dict[int, tuple[bool, str]]) -> str:
    """Return the value of an RFC 2231 parameter from its numbered sections."""
    charset = ""
    raw = b""
    for number, (encoded, text) in sorted(sections.items()):
        if not encoded:
            raw += text.encode("utf-8", "replace")
            continue
        if number == min(sections) and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw += unquote_to_bytes(text.encode("utf-8", "replace"))
    return decode(raw, charset)
