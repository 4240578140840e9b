"""HTML of mail: made from plain text, made harmless for parsers, its inline images found.

Nothing here makes HTML safe to show: that is the sanitiser's work, which comes after. This file
keeps the sanitiser from losing content or time.
"""

import hashlib
import html
import re
from collections import Counter
from collections.abc import Mapping
from urllib.parse import unquote

from .text import decode_base64

#: Deepest nesting that goes through. libxml2 stops reading at 256 levels and drops the rest of the
#: text; long conversations of Outlook get there honestly.
MAX_HTML_DEPTH = 200
#: Deepest nesting of quotes that is drawn.
MAX_QUOTE_DEPTH = 10

_QUOTE = re.compile(r"((?:>[ ]?)+)(.*)")
_SPACES = re.compile(r" {2,}|^ ")
_URL = re.compile(r"https?://[^\s<>\"'\x00-\x20]{3,2000}")
_URL_END = ".,;:!?)]}*_"

_WRAPPERS = re.compile(r"<!doctype[^<>]*>|</?(?:html|head|body)\b[^<>]*>", re.IGNORECASE)
_RIGHT_TO_LEFT = re.compile(r"<(?:html|body)\b[^<>]*\bdir\s*=\s*[\"']?rtl\b", re.IGNORECASE)
_MANY_UNCLOSED = 50
_UNCLOSED_TAGS = re.compile(rf"(?:<[^<>]*){{{_MANY_UNCLOSED},}}")
_COMMENT_OR_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([a-z][a-z0-9:-]*)[^<>]*>", re.IGNORECASE | re.DOTALL
)
_ANY_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(style|title|script)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_SHOWS_WITHOUT_TEXT = re.compile(r"<(?:img|table|hr|video|svg)\b", re.IGNORECASE)

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"]
)
_CELLS = frozenset(["p", "td", "th"])
#: Elements whose start ends others that are open (HTML standard, "optional tags").
_ENDS = {
    "p": frozenset(["p"]),
    "li": frozenset(["p", "li"]),
    "dt": frozenset(["p", "dt", "dd"]),
    "dd": frozenset(["p", "dt", "dd"]),
    "option": frozenset(["option"]),
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS | {"tr"},
    "tbody": _CELLS | {"tr", "thead", "tbody"},
    "div": frozenset(["p"]),
    "table": frozenset(["p"]),
    "ul": frozenset(["p"]),
    "ol": frozenset(["p"]),
    "blockquote": frozenset(["p"]),
}

# no "<" within, so that a hostile text is still read in linear time
_TAG = re.compile(r"<[a-z][^<>\"']*(?:\"[^\"<]*\"[^<>\"']*|'[^'<]*'[^<>\"']*)*>", re.IGNORECASE)
_CID = re.compile(
    r"""
      (?P<attribute>(?<![\w-])(?:src|background)\s*=\s*)
      (?: "\s*cid:(?P<double>[^"]*)" | '\s*cid:(?P<single>[^']*)' | cid:(?P<bare>[^\s"'>]+) )
    | (?P<url>url\(\s*(?:&quot;|&\#0?39;|["'])?\s*)
      cid:(?P<css>(?:(?!&quot;|&\#0?39;)[^\s"')])+)
    """,
    re.IGNORECASE | re.VERBOSE,
)

_EMBEDDED = re.compile(
    r"(?P<attribute>(?<![\w-])src\s*=\s*)(?P<mark>[\"'])\s*data:"
    r"(?P<type>image/(?:png|jpe?g|gif|webp|bmp));base64,(?P<data>[a-z0-9+/=\s]+)(?P=mark)",
    re.IGNORECASE,
)


def as_html(text: str) -> str:
    """Return plain text as escaped HTML: paragraphs, line breaks, blockquotes, links.

    The one place that does so. Quotes nest at most MAX_QUOTE_DEPTH deep.
    """
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0

    def end_paragraph():
        if paragraph:
            out.append("<p>" + "<br/>".join(paragraph) + "</p>")
            paragraph.clear()

    for line in text.split("\n"):
        its_depth, content = _quote_depth(line)
        if its_depth != depth:
            end_paragraph()
            out.append(
                '<blockquote type="cite">' * (its_depth - depth)
                + "</blockquote>" * (depth - its_depth)
            )
            depth = its_depth
        if content.strip():
            paragraph.append(_line_as_html(content.rstrip().expandtabs()))
        else:
            end_paragraph()
    end_paragraph()
    out.append("</blockquote>" * depth)
    return "".join(out)


def _quote_depth(line: str) -> tuple[int, str]:
    """Return how deep a line is quoted and what it says; ``>From`` is mbox's escape, no quote."""
    found = _QUOTE.match(line)
    if not found or line.startswith(">From "):
        return 0, line
    return min(found[1].count(">"), MAX_QUOTE_DEPTH), found[2]


def _line_as_html(line: str) -> str:
    """Return one line escaped, its addresses of the web as links, its runs of spaces kept."""
    line = _SPACES.sub(_kept_spaces, line)
    out = []
    end = 0
    for found in _URL.finditer(line):
        url = found[0].rstrip(_URL_END)
        # a bracket that was opened within the address belongs to it
        if found[0][len(url) : len(url) + 1] == ")" and "(" in url:
            url += ")"
        escaped = html.escape(url)
        out.append(html.escape(line[end : found.start()]))
        out.append(f'<a href="{escaped}" target="_blank" rel="noopener noreferrer">{escaped}</a>')
        end = found.start() + len(url)
    out.append(html.escape(line[end:]))
    return "".join(out)


def _kept_spaces(run: re.Match) -> str:
    """Return a run of spaces so that HTML shows all of them and may still break the line there."""
    return "\u00a0" * (len(run[0]) - 1) + " " if len(run[0]) > 1 else "\u00a0"


def unflow(text: str, delete_space: bool) -> str:
    """Return text of ``format=flowed`` with its soft line breaks undone (RFC 3676 section 4)."""
    lines: list[list[str]] = []
    flowing = False
    last_depth = 0
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        # the signature's separator ends in a space and is fixed all the same (section 4.3)
        is_separator = content == "-- "
        if not flowing or depth != last_depth or is_separator:
            lines.append([">" * depth + " " if depth else ""])
        flowing = content.endswith(" ") and not is_separator
        last_depth = depth
        lines[-1].append(content[:-1] if flowing and delete_space else content)
    return "\n".join("".join(pieces) for pieces in lines)


def tidy(source: str, limit: int) -> str:
    """Return HTML that no parser loses content or time over, of at most ``limit`` characters.

    Left out: doctype and the html, head and body tags (libxml2 drops what follows ``</html>``,
    which is where mailing lists put their footers), but not what they say about the direction of
    writing. Escaped: long runs of tags that never end, over
    which regular expressions take quadratic time. Flattened: nesting beyond MAX_HTML_DEPTH.
    """
    if len(source) > limit:
        source = source[:limit]
        if source.rfind("<") > source.rfind(">"):
            source = source[: source.rfind("<")]
    right_to_left = _RIGHT_TO_LEFT.search(source)
    source = _WRAPPERS.sub("", source)
    if any(piece.count("<") >= _MANY_UNCLOSED for piece in source.split(">")):
        source = _UNCLOSED_TAGS.sub(lambda run: run[0].replace("<", "&lt;"), source)
    source = _flatten(source)
    return f'<div dir="rtl">{source}</div>' if right_to_left else source


def _flatten(source: str) -> str:
    """Return HTML without the tags that nest deeper than MAX_HTML_DEPTH; their content stays."""
    if source.count("<") - source.count("</") <= MAX_HTML_DEPTH:
        return source
    stack: list[str] = []
    is_open: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    out: list[str] = []
    end = 0
    for tag in _COMMENT_OR_TAG.finditer(source):
        name = (tag[2] or "").lower()
        if not name or name in _VOID:
            continue
        keep = True
        if not tag[1]:
            keep = _open(name, stack, is_open)
            dropped[name] += not keep
        elif dropped[name]:
            dropped[name] -= 1
            keep = False
        elif is_open[name]:
            while is_open[name]:
                last = stack.pop()
                is_open[last] -= 1
                if last == name:
                    break
        if not keep:
            out.append(source[end : tag.start()])
            end = tag.end()
    out.append(source[end:])
    return "".join(out)


def _open(name: str, stack: list[str], is_open: Counter[str]) -> bool:
    """Note that an element starts, and what it ends; False if it would nest too deep."""
    ends = _ENDS.get(name, ())
    while stack and stack[-1] in ends:
        is_open[stack.pop()] -= 1
    if len(stack) >= MAX_HTML_DEPTH:
        return False
    stack.append(name)
    is_open[name] += 1
    return True


def take_embedded_images(source: str) -> tuple[str, dict[str, tuple[str, bytes]]]:
    """Return HTML whose embedded images (``data:``, RFC 2397) became references, and those images.

    Megabytes of base64 within the text would be stored with each copy of the body, and would be cut
    by its limit in the middle. SVG stays, and is left to the sanitiser: it can hold scripts.

    :return: the HTML, and Content-ID -> (MIME type, content); one image shown twice is there once
    """
    images: dict[str, tuple[str, bytes]] = {}

    def refer(found: re.Match) -> str:
        content = decode_base64(found["data"].encode())
        cid = "embedded-" + hashlib.sha256(content).hexdigest()[:32]
        images[cid] = found["type"].lower(), content
        return f'{found["attribute"]}"cid:{cid}"'

    return _EMBEDDED.sub(refer, source), images


def is_blank(source: str) -> bool:
    """Whether HTML shows nothing: no text and no image. Some programs send an empty alternative."""
    if _SHOWS_WITHOUT_TEXT.search(source):
        return False
    return not html.unescape(_ANY_TAG.sub("", source)).strip()


def find_cids(source: str) -> frozenset[str]:
    """Return the Content-IDs that images of the HTML refer to (RFC 2392), in every spelling."""
    found: set[str] = set()
    if "cid:" not in source.lower():
        return frozenset()
    for tag in _TAG.finditer(source):
        if "cid:" in tag[0].lower():
            for reference in _CID.finditer(tag[0]):
                found.update(_spellings(_cid_of(reference)))
    return frozenset(found)


def replace_cids(source: str, urls: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    """Return the HTML with inline images pointing at URLs, and the Content-IDs that were used.

    Only ``src``, ``background`` and CSS ``url()`` within tags are touched. A Content-ID is found as
    it is, with HTML entities and with percent signs.

    :param urls: Content-ID without brackets -> URL, which is escaped here
    """
    used: set[str] = set()
    if "cid:" not in source.lower():
        return source, frozenset()

    def point(reference: re.Match) -> str:
        cid = next((form for form in _spellings(_cid_of(reference)) if form in urls), None)
        if cid is None:
            return reference[0]
        used.add(cid)
        url = html.escape(urls[cid])
        return reference["url"] + url if reference["url"] else f'{reference["attribute"]}"{url}"'

    def in_tag(tag: re.Match) -> str:
        return _CID.sub(point, tag[0]) if "cid:" in tag[0].lower() else tag[0]

    return _TAG.sub(in_tag, source), frozenset(used)


def _cid_of(reference: re.Match) -> str:
    """Return the Content-ID of a reference as it is written."""
    return next(filter(None, reference.group("double", "single", "bare", "css")), "").strip()


def _spellings(cid: str) -> tuple[str, ...]:
    """Return a written Content-ID in the forms that it may have in the part's header."""
    plain = html.unescape(cid)
    return tuple(form.strip().strip("<>") for form in (cid, plain, unquote(plain)))
