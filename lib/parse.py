"""From the bytes of a mail to what a person sees: body, inline images, attachments."""

from dataclasses import dataclass, field, replace
from enum import Enum

from .errors import MessageDamaged
from .filenames import safe_mimetype, safe_name
from .headers import read_header_facts
from .markup import (
    as_html,
    find_cids,
    is_blank,
    replace_cids,
    take_embedded_images,
    tidy,
    unflow,
)
from .mime import Part, read_structure
from .text import decode, many_lines

__all__ = [
    "Attachment",
    "Note",
    "ParseLimits",
    "ParsedMail",
    "as_html",
    "parse_mail",
    "replace_cids",
    "without_large_attachments",
]


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """How much of one mail is looked at. What exceeds a limit is left out, and the result says so.

    :param max_bytes: of the whole mail
    :param max_parts: MIME parts
    :param max_depth: levels of multiparts within multiparts; honest mail has six
    :param max_attachments: attachments that are kept
    :param max_attachment_bytes: of one attachment as it was sent
    :param max_text_bytes: of one text as it was sent, with the images that it embeds
    :param max_body_chars: of the HTML and of the text
    """

    max_bytes: int = 64 * 1024 * 1024
    max_parts: int = 1000
    max_depth: int = 30
    max_attachments: int = 200
    max_attachment_bytes: int = 50 * 1024 * 1024
    max_text_bytes: int = 32 * 1024 * 1024
    max_body_chars: int = 1_000_000


class Note(Enum):
    """What was left out. The codes are stored: never change one."""

    MAIL_CUT = "mail_cut"
    BODY_CUT = "body_cut"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_DEEP = "too_deep"
    TOO_MANY_ATTACHMENTS = "too_many_attachments"
    ATTACHMENT_TOO_LARGE = "attachment_too_large"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file.

    :param name: safe to show and to store, never empty
    :param mimetype: well-formed, lower case
    :param content_id: without brackets, '' if there is none
    :param inline: the HTML body shows it by its Content-ID
    """

    name: str
    mimetype: str
    content: bytes = field(repr=False)
    content_id: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """What a person sees of a mail. No text in it holds NUL or lone surrogates.

    :param body_html: the sender's HTML, NOT sanitised, without html, head and body tags; '' if the
        mail has plain text only, which :func:`as_html` makes presentable
    :param body_text: the plain text, lines end with a line feed; '' where a part is HTML only
    :param notes: what was left out
    """

    body_html: str = ""
    body_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def truncated(self) -> bool:
        """Whether anything was left out."""
        return bool(self.notes)


def parse_mail(raw: bytes, limits: ParseLimits | None = None) -> ParsedMail:
    """Parse a mail.

    :raises MessageDamaged: if this one mail cannot be parsed, for whatever reason
    """
    try:
        return _Reader(limits or ParseLimits()).read_mail(raw)
    # the promise is that one bad mail costs only itself, also where this code is wrong about mail
    except Exception as error:
        raise MessageDamaged(f"{type(error).__name__}: {error}"[:500]) from error


def without_large_attachments(mail: ParsedMail, most: int) -> ParsedMail:
    """Return a mail without its larger attachments, with a note if there were any.

    :param most: bytes
    """
    kept = tuple(one for one in mail.attachments if len(one.content) <= most)
    if len(kept) == len(mail.attachments):
        return mail
    notes = dict.fromkeys((*mail.notes, Note.ATTACHMENT_TOO_LARGE))
    return replace(mail, attachments=kept, notes=tuple(notes))


@dataclass(slots=True)
class _Segment:
    """One stretch of the body, in one or both forms; None is not there."""

    html: str | None = None
    text: str | None = None


class _Reader:
    """Reads one mail: walks the parts once, in the order in which they are shown.

    Recursion follows the multiparts, and is therefore never deeper than ``max_depth``.
    """

    def __init__(self, limits: ParseLimits):
        self._limits = limits
        self._attachments: list[Attachment] = []
        self._notes: dict[Note, None] = {}
        self._has_body = False

    def read_mail(self, raw: bytes) -> ParsedMail:
        """Return what a person sees."""
        limits = self._limits
        if len(raw) > limits.max_bytes:
            self._note(Note.MAIL_CUT)
            raw = raw[: limits.max_bytes]
        structure = read_structure(raw, limits.max_parts, limits.max_depth)
        if structure.too_many:
            self._note(Note.TOO_MANY_PARTS)
        if structure.too_deep:
            self._note(Note.TOO_DEEP)
        segments = self._show(structure.root)
        body_html, body_text = self._join(segments)
        shown = find_cids(body_html)
        attachments = tuple(
            replace(attachment, inline=True) if attachment.content_id in shown else attachment
            for attachment in self._attachments
        )
        return ParsedMail(body_html, body_text, attachments, tuple(self._notes))

    def _note(self, note: Note):
        self._notes[note] = None

    def _join(self, segments: list[_Segment]) -> tuple[str, str]:
        """Return the whole body as HTML and as text; each is '' where it would be incomplete."""
        limit = self._limits.max_body_chars
        body_html = body_text = ""
        if any(segment.html is not None for segment in segments):
            body_html = "\n".join(_as_html_of(segment) for segment in segments)
        if all(segment.text is not None for segment in segments):
            body_text = "\n\n".join(segment.text for segment in segments)
        if len(body_html) > limit or len(body_text) > limit:
            self._note(Note.BODY_CUT)
        return tidy(body_html, limit), body_text[:limit]

    def _show(self, part: Part, in_alternative: bool = False) -> list[_Segment]:
        """Return what a part adds to the body; what it attaches is noted on the way."""
        kind, _, subtype = part.mimetype.partition("/")
        if kind == "multipart" and part.children:
            show = {
                "alternative": self._show_alternative,
                "related": self._show_related,
                "signed": self._show_first,
                "report": self._show_first,
                "encrypted": self._attach_all,
            }.get(subtype, self._show_each)
            return show(part)
        if kind == "multipart":
            # no delimiter was found, so all of it is text (seen where gateways cut mails)
            return self._show_text(part, is_html=False)
        if self._is_body(part, in_alternative):
            return self._show_text(part, is_html=subtype == "html")
        if in_alternative and kind == "text" and subtype != "calendar" and not part.filename:
            # another form of the same text: text/enriched, text/x-amp-html, text/watch-html
            return []
        self._attach(part)
        return []

    def _is_body(self, part: Part, in_alternative: bool) -> bool:
        """Whether a part is text to be read in place rather than a file."""
        if part.mimetype not in ("text/plain", "text/html") or part.disposition == "attachment":
            return False
        # the body itself has a file name in mail of some programs, but a later named text is a file
        return in_alternative or not part.filename or not (self._has_body or self._attachments)

    def _show_text(self, part: Part, is_html: bool) -> list[_Segment]:
        """Return a text part as a segment, nothing if it is blank."""
        raw = part.content(self._limits.max_text_bytes)
        text = many_lines(decode(raw, _charset_of(part, raw, is_html)))
        if is_html and "data:image/" in text:
            text = self._take_embedded_images(text)
        if len(text) > self._limits.max_body_chars:
            self._note(Note.BODY_CUT)
        text = text[: self._limits.max_body_chars]
        if is_html:
            if is_blank(text):
                return []
            self._has_body = True
            return [_Segment(html=text)]
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflow(text, part.parameters.get("delsp", "").lower() == "yes")
        text = text.strip("\n")
        if not text.strip():
            return []
        self._has_body = True
        return [_Segment(text=text)]

    def _take_embedded_images(self, text: str) -> str:
        """Attach the images that stand within the HTML itself, and return it with references."""
        text, images = take_embedded_images(text)
        present = {attachment.content_id for attachment in self._attachments}
        for cid, (mimetype, content) in images.items():
            if cid not in present and self._has_room(len(content)):
                name = safe_name("", mimetype)
                self._attachments.append(Attachment(name, mimetype, content, cid))
        return text

    def _show_each(self, part: Part) -> list[_Segment]:
        """Mixed and everything unknown (RFC 2046 section 5.1.7): one part after the other."""
        return [segment for child in part.children for segment in self._show(child)]

    def _show_first(self, part: Part) -> list[_Segment]:
        """The first part is to be read; signatures and delivery reports are attached."""
        first, *others = part.children
        segments = self._show(first)
        for child in others:
            self._attach_all(child)
        return segments

    def _show_alternative(self, part: Part) -> list[_Segment]:
        """The same in several forms (RFC 2046 section 5.1.4): the last HTML and the first text."""
        rich: list[_Segment] = []
        plain: list[_Segment] = []
        for child in part.children:
            segments = self._show(child, in_alternative=True)
            if any(segment.html is not None for segment in segments):
                rich = segments
            elif segments and not plain:
                plain = segments
        if not rich:
            return plain
        text = "\n\n".join(segment.text for segment in plain) if plain else None
        if text is None and all(segment.text is not None for segment in rich):
            text = "\n\n".join(segment.text for segment in rich)
        return [_Segment("\n".join(map(_as_html_of, rich)), text)]

    def _show_related(self, part: Part) -> list[_Segment]:
        """A root and what it refers to (RFC 2387); the first one unless ``start`` says so."""
        start = part.parameters.get("start", "").strip().strip("<>")
        root = next((child for child in part.children if start and child.content_id == start), None)
        root = root or part.children[0]
        segments = self._show(root, in_alternative=True)
        for child in part.children:
            if child is not root:
                self._attach_all(child)
        return segments

    def _attach_all(self, part: Part) -> list[_Segment]:
        """Attach all that is in a part; nothing of it is body."""
        for child in part.children:
            self._attach_all(child)
        if not part.children and not part.mimetype.startswith("multipart/"):
            self._attach(part)
        return []

    def _attach(self, part: Part):
        """Keep a part as an attachment, as far as the limits allow."""
        if part.mimetype == "application/applefile":
            # the resource fork beside a file of a Macintosh (RFC 1740): nobody else can use it
            return
        if self._has_room(part.size):
            content = part.content()
            name = safe_name(_name_of(part, content), part.mimetype)
            mimetype = safe_mimetype(part.mimetype if part.declares_type else "", name)
            self._attachments.append(Attachment(name, mimetype, content, part.content_id))

    def _has_room(self, size: int) -> bool:
        """Whether the limits allow one more attachment of that many bytes; notes it if not."""
        if len(self._attachments) >= self._limits.max_attachments:
            self._note(Note.TOO_MANY_ATTACHMENTS)
            return False
        if size > self._limits.max_attachment_bytes:
            self._note(Note.ATTACHMENT_TOO_LARGE)
            return False
        return True


def _as_html_of(segment: _Segment) -> str:
    """Return a segment as HTML, whichever form it has."""
    return segment.html if segment.html is not None else as_html(segment.text)


def _name_of(part: Part, content: bytes) -> str:
    """Return an attachment's name: what the sender gave, or the subject of an attached mail."""
    if part.filename or part.mimetype != "message/rfc822":
        return part.filename or part.location
    subject = read_header_facts(content, None).subject
    # a name is no path: "Re: 1/2" must not become "2.eml"
    return subject.replace("/", "-").replace("\\", "-")[:100] + ".eml" if subject else ""


def _charset_of(part: Part, raw: bytes, is_html: bool) -> str:
    """Return the charset that a text part declares, in its header, by a mark or in its HTML."""
    if declared := part.parameters.get("charset", ""):
        return declared
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return _charset_in_html(raw) if is_html else ""


def _charset_in_html(raw: bytes) -> str:
    """Return the charset of a ``<meta>`` tag, which browsers seek in the first 1,024 bytes."""
    head = raw[:1024].decode("ascii", "ignore").lower()
    _, found, rest = head.partition("charset=")
    return rest.lstrip("\"' ").split('"')[0].split("'")[0].split(">")[0].strip() if found else ""
