"""The tree of a mail as a list of what its reader sees one below the other: lines, quotes, signatures."""

import re
from dataclasses import dataclass

#: elements that begin and end a line
_BREAKS = frozenset(
    """
    address article aside blockquote body br center dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol
    p pre section table tbody td tfoot th thead tr ul
    """.split()
)
_NOT_SEEN = frozenset(["head", "script", "style", "title"])
#: stands for something that is seen and is no text
_IMAGE = "\ufffc"

#: what follows is history, to the end: Outlook on the web, Hotmail, Outlook for the Mac
_HISTORY_IDS = ("appendonsend", "divRplyFwdMsg", "stopSpelling", "OLK_SRC_BODY_SECTION")
_SIGNATURE = re.compile(
    r"gmail_signature\b|moz-signature|odoo_signature_wrapper|AppleMailSignature|ms-outlook-mobile-signature"
)
_DASHES = re.compile(r"\s*--\s*")

_LONGEST_SIGNATURE = 1000


@dataclass(slots=True)
class Item:
    """A line of text, or an element that is one thing: a quote, a signature.

    :param element: that holds the beginning of the line, or which the text is the tail of
    :param kind: "line", "quote", "signature", or "history" for an element with which the history begins
    """

    element: object
    is_tail: bool = False
    kind: str = "line"
    text: str = ""

    @property
    def holder(self):
        """The innermost element around it."""
        return self.element.getparent() if self.is_tail or self.kind != "line" else self.element

    def is_within(self, element):
        return element is self.holder or any(up is element for up in self.holder.iterancestors())

    def as_element(self):
        """Return the element that begins with it; text of its own gets one."""
        if self.kind != "line":
            return self.element
        if not self.is_tail and self.holder.tag in ("a", "b", "font", "span", "strong", "i", "em"):
            return self.element
        span = self.element.makeelement("span")
        if self.is_tail:
            span.text, self.element.tail = self.element.tail, None
            self.element.addnext(span)
        else:
            span.text, self.element.text = self.element.text, None
            self.element.insert(0, span)
        return span


def read_items(document):
    """Yield what is seen of a mail in its order; quotes and signatures are not looked into."""
    line = None
    stack = [(document, False)]
    while stack:
        element, ends = stack.pop()
        breaks = element.tag in _BREAKS
        kind = None if ends or element is document else _kind(element)
        if line and (breaks or kind):
            yield line
            line = None
        if kind:
            if kind != "blank":
                yield Item(element, kind=kind, text=kind)
        is_seen_through = kind in (None, "history")
        if ends or not is_seen_through:
            text, is_tail = (element.tail, True) if element is not document else (None, True)
        else:
            text, is_tail = element.text, False
            if element.tag == "img":
                text = _IMAGE + (text or "")
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
        if text and text.strip():
            line = line or Item(element, is_tail)
            line.text += " ".join(["", *text.split(), ""])
    if line:
        yield line


def _kind(element):
    """Return what an element is besides a place for text, or None."""
    if element.tag in _NOT_SEEN or not isinstance(element.tag, str):
        return "blank"
    name, classes = element.get("id") or "", element.get("class") or ""
    if element.tag == "blockquote":
        return "quote" if _has_text(element) else "blank"
    if "yahoo_quoted" in classes and element.find(".//blockquote") is None:
        return "quote"
    if any(mark in name or mark in classes for mark in _HISTORY_IDS):
        return "history"
    if _SIGNATURE.search(f"{name} {classes}") or name == "Signature":
        return "signature" if _is_short(element) else None
    begins = element.tag in ("div", "p") and element.text and _DASHES.fullmatch(element.text)
    if begins and element.find("br") is not None and _is_short(element):
        return "dashes"
    return None


def _has_text(element):
    return any(text.strip() for text in element.itertext()) or element.find(".//img") is not None


def _is_short(element):
    return sum(map(len, element.itertext())) <= _LONGEST_SIGNATURE
