"""Images and the like that a mail would fetch from elsewhere: a sender must not learn that it was read.

What shows without a click is held back: the address of a remote image moves from ``src`` to ``longdesc`` (an attribute
of HTML 4 that sanitizers keep and browsers do not fetch), from where the reader can have it shown. Other ways to fetch
something, which no reader misses, are removed: backgrounds, ``srcset``, and ``url()`` in styles.

Works on sanitized HTML: attributes are quoted, tags are well-formed, there are no scripts and no style elements.
"""

import html
import re

_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\s+([a-z][a-z0-9-]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
#: attributes that browsers fetch by themselves
_FETCHING = frozenset(["background", "srcset", "poster", "lowsrc", "dynsrc", "data", "imagesrcset"])
#: CSS that fetches: url(), image-set(), and escapes (\75rl) that could hide one
_FETCHING_STYLE = re.compile(r"url\s*\(|image-set|@import|src\s*\(|\\", re.IGNORECASE)


def hold_back(source: str) -> str:
    """Return sanitized HTML that fetches nothing from elsewhere when it is shown.

    Local addresses stay: a path that begins with a single slash, such as those of inline images, and ``data:``.
    """
    if not any(
        word in source.lower() for word in ("src", "background", "url", "poster", "data", "\\")
    ):
        return source
    return _TAG.sub(_without_fetching, source)


def _without_fetching(tag: re.Match) -> str:
    name = tag[1].lower()

    def attribute(found: re.Match) -> str:
        key, value = found[1].lower(), _value(found[2])
        if key == "src" and not _is_local(value):
            return f' longdesc="{html.escape(value)}"' if name == "img" and _is_web(value) else ""
        if key in _FETCHING and not _is_local(value):
            return ""
        if key == "style" and _FETCHING_STYLE.search(value):
            kept = [part for part in value.split(";") if not _FETCHING_STYLE.search(part)]
            return f' style="{html.escape(";".join(kept))}"'
        return found[0]

    return f"<{tag[1]}{_ATTRIBUTE.sub(attribute, tag[2])}>"


def _value(quoted: str) -> str:
    """Return the value of an attribute, without quotes and entities, and as browsers read an address."""
    if quoted[:1] in "\"'":
        quoted = quoted[1:-1]
    return html.unescape(quoted).strip()


def _is_local(address: str) -> bool:
    # "/\host" and "//host" lead elsewhere; tabs and newlines inside an address are ignored by browsers
    address = re.sub(r"[\t\r\n]", "", address).lower()
    return (address.startswith("/") and address[1:2] not in ("/", "\\")) or address.startswith(
        "data:"
    )


def _is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://", "//"))
