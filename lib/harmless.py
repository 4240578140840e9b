"""What a mail must not do to its reader and to the page that shows it, although no sanitizer minds.

* Fetch anything from elsewhere: a sender must not learn that the mail was read. What shows without a click is held
  back: the address of a remote image moves from ``src`` to ``longdesc`` (an attribute of HTML 4 that sanitizers keep
  and browsers do not fetch), from where the reader can have it shown. Other ways to fetch, which no reader misses, are
  removed: backgrounds, ``srcset``, and ``url()`` in styles.
* Reach the pages around it: an address without a host leads into Odoo itself, as a link (``/web#action=...``) or as an
  image that does something when it is fetched (``/web/session/logout``).
* Pass for a part of the page: classes, identifiers and ``data-`` attributes mean something there, such as a record to
  open or somebody to write to. Nor may it cover what stands beside it, by a negative margin.

Works on sanitized HTML: attributes are quoted, tags are well-formed, there are no scripts and no style elements.
"""

import html
import re
from functools import lru_cache

_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\s+([a-z][a-z0-9-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""", re.IGNORECASE
)
#: attributes that say how something looks or reads, and nothing else
PLAIN = frozenset(
    """
    abbr align alt axis bgcolor border cellpadding cellspacing char charoff cite clear color colspan compact coords
    datetime dir face frame headers height hreflang hspace lang noshade nowrap rel rowspan rules scope shape size span
    start style summary target title type usemap valign value vspace width
    """.split()
)
#: classes that mail programs use and static/src/message/email_body.scss knows
CLASSES = frozenset(["MsoNormal", "MsoPlainText", "MsoListParagraph"])
#: marks that Odoo's sanitizer sets, by which the chatter folds what is quoted
_QUOTE_MARK = "data-o-mail-quote"
#: CSS that fetches: url(), image-set(), and escapes (\75rl) that could hide one
_FETCHING_STYLE = re.compile(r"url\s*\(|image-set|@import|src\s*\(|\\", re.IGNORECASE)
_COVERING_STYLE = re.compile(r"\s*margin\b.*(?:-\s*[\d.]|calc|var|\()", re.IGNORECASE | re.DOTALL)
#: where a link may lead: the web, and programs that ask before they do anything
_LINK = re.compile(
    r"(?:https?|ftps?)://|//[^/\\]|(?:mailto|tel|callto|sms|sip|sips|xmpp|geo|webcal|skype):",
    re.IGNORECASE,
)
#: an image of the mail itself: lib/markup.py, replace_cids
_OWN_IMAGE = re.compile(r"/web/image/\d+")
_WEB = re.compile(r"https?://|//[^/\\]", re.IGNORECASE)
#: browsers leave these out of addresses, wherever they stand
_IGNORED = re.compile(r"[\t\r\n]")
_CONTROLS = "".join(map(chr, range(0x21)))
_LONGEST_REMEMBERED = 500


def make_harmless(source: str) -> str:
    """Return sanitized HTML that neither fetches anything nor reaches or imitates the page that shows it."""
    return _TAG.sub(_harmless_tag, source) if "=" in source else source


def harmless_attributes(name: str, attributes: str) -> str:
    """Return the attributes of one start tag, each with white space before it.

    :param name: of the element
    :param attributes: as they stand in the tag
    """
    if len(attributes) > _LONGEST_REMEMBERED:
        return _harmless_attributes.__wrapped__(name.lower(), attributes)
    return _harmless_attributes(name.lower(), attributes)


def _harmless_tag(tag: re.Match) -> str:
    if not tag[2]:
        return tag[0]
    end = "/" if tag[2].endswith("/") else ""
    return f"<{tag[1]}{harmless_attributes(tag[1], tag[2])}{end}>"


@lru_cache(maxsize=5000)
def _harmless_attributes(element: str, attributes: str) -> str:
    kept = []
    for found in _ATTRIBUTE.finditer(attributes):
        key, value = found[1].lower(), _value(found[2] or "")
        if key == "style":
            kept.append(_style(found[0], value))
        elif key in PLAIN or key.startswith(_QUOTE_MARK):
            kept.append(found[0])
        elif key == "class":
            kept.append(_classes(value))
        elif key == "name" and element == "map":
            kept.append(found[0])
        elif key == "href":
            kept.append(_link(found[0], value))
        elif element == "img" and key in ("src", "longdesc"):
            kept.append(_image(found[0], key, value))
    return "".join(kept)


def _classes(value: str) -> str:
    known = " ".join(name for name in value.split() if name in CLASSES)
    return f' class="{known}"' if known else ""


def _style(written: str, value: str) -> str:
    parts = value.split(";")
    kept = [
        part
        for part in parts
        if not _FETCHING_STYLE.search(part) and not _COVERING_STYLE.match(part)
    ]
    return written if kept == parts else f' style="{html.escape(";".join(kept))}"'


def _link(written: str, value: str) -> str:
    address = _address(value)
    if _LINK.match(address):
        return written
    # written without its scheme by many people, who do not mean a page of Odoo
    return f' href="https://{html.escape(address)}"' if address.lower().startswith("www.") else ""


def _image(written: str, key: str, value: str) -> str:
    address = _address(value)
    if _WEB.match(address):
        return f' longdesc="{html.escape(address)}"'
    if key == "src" and (
        _OWN_IMAGE.fullmatch(address) or address.lower().startswith("data:image/")
    ):
        return written
    return ""


def _value(quoted: str) -> str:
    """Return the value of an attribute without quotes and entities."""
    return html.unescape(quoted[1:-1] if quoted[:1] in "\"'" else quoted)


def _address(value: str) -> str:
    """Return an address as browsers read it."""
    return _IGNORED.sub("", value.strip(_CONTROLS))
