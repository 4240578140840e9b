"""Finds the quoted history of a mail, and marks it so that the chatter folds it away.

What must not happen is that something new is hidden. So only what is certainly a copy of earlier mail is marked:
quotes that a mail program has made, with the line that introduces them, and what follows the header of an earlier
mail as Outlook writes it. What is written between and below quotes stays in sight, and so does what somebody forwards,
and all of a mail that holds nothing but quotes. Signatures are folded as Odoo does it, but never what follows them.

Odoo's own marks go further: each ``blockquote``, and all that follows a line of two dashes. So what it knows quotes by
is taken away from what is not to be folded, and the marks are the same however often the body is sanitized.

Works on trees of lxml, before identifiers and classes are removed.
"""

import re
from dataclasses import dataclass

from .quote_items import read_items
from .quote_words import (
    ADDRESSED,
    ANSWERS_BELOW,
    ATTRIBUTION,
    DATE,
    FORWARD_LINE,
    FORWARD_SUBJECT,
    FROM,
    MOMENT,
    ORIGINAL_LINE,
    SENT,
    SENT_WORD,
    SUBJECT,
)

#: by these the chatter, and Odoo's sanitizer, know what is quoted
MARKS = {"data-o-mail-quote": "1", "data-o-mail-quote-node": "1"}
#: how a quote looks that is not folded, and what somebody has indented
_QUOTE_STYLE = "margin:0 0 0 8px;border-left:1px solid #ccc;padding-left:8px"
_INDENT_STYLE = "margin:16px 40px"

_TABLE_PARTS = frozenset("table tbody td tfoot th thead tr".split())
_ONLY_CELLS_WITHIN = frozenset("colgroup table tbody tfoot thead tr".split())
_NO_BLOCKS_WITHIN = frozenset("h1 h2 h3 h4 h5 h6 p pre".split())
#: without any of these in its tags, its texts, and `SENT_WORD`, a mail quotes nothing
_TAG_MARKS = (
    "<blockquote",
    "data-o-mail-quote",
    "ignature",
    "yahoo_quoted",
    "appendonsend",
    "divRplyFwdMsg",
    "stopSpelling",
    "OLK_SRC_BODY_SECTION",
)
_TEXT_MARKS = re.compile(r"\n&gt;|--\s?(?:[<\r\n]|&#13;|\Z)")
_LINE_MARKS = ("-----", "_" * 20)
_QUOTE_CLASSES = re.compile(r"gmail_quote|protonmail_quote|zmail_extra|tutanota_quote|yahoo_quoted")
_BAR = re.compile(r"border-left[^;]*:[^;]*[1-9]", re.IGNORECASE)
#: what Odoo knows signatures and quotes by within a text
_ODOO_TEXT = re.compile(r"(^|\n)(?=>|--)")

_FOLDED = ("quote", "signature", "dashes")

#: longest line that introduces a quote, and how many it may be broken into
_LONGEST_INTRODUCTION = 400
_MOST_BROKEN = 3
#: lines among which the header of an earlier mail stands
_HEADER_LINES = 9
#: quotes of one mail, and elements around each, that are looked at
_MOST_QUOTES = 200
_MOST_LEVELS = 20


def may_hold_quotes(pieces: list[str]) -> bool:
    """Say whether it is worth looking for quotes.

    :param pieces: HTML as texts and tags in turn
    """
    tags = "".join(set(pieces[1::2]))
    if any(mark in tags for mark in _TAG_MARKS):
        return True
    texts = "<".join(pieces[::2])
    found = _TEXT_MARKS.search(texts) or SENT_WORD.search(texts)
    return bool(found) or any(mark in texts for mark in _LINE_MARKS)


def is_forward(subject: str) -> bool:
    """Say whether a mail passes on another one, which is no history to whoever gets it."""
    return bool(FORWARD_SUBJECT.match(subject))


def fold_quotes(document, show_all: bool = False) -> None:
    """Mark what is quoted in a mail, and unmark everything else.

    :param document: the root of a tree of lxml, which is changed
    :param show_all: it quotes nothing: it was forwarded, or a program wrote it, which shows protocols like quotes
    """
    for element in document.iter("*"):
        for mark in MARKS:
            element.attrib.pop(mark, None)
    if not show_all:
        for fold in _folds(document, list(read_items(document))):
            fold.wrap()
    _unmark_the_rest(document)


@dataclass(slots=True)
class _Fold:
    """Siblings that are folded together; without ``last`` up to the end of what is around them.

    :param covers: the numbers of their items
    """

    first: object
    last: object
    covers: range

    def wrap(self):
        """Put them into an element with the marks, and that into one without.

        The outer one keeps the folding to itself: the chatter folds line breaks beside a marked element, too, and
        Odoo's sanitizer marks images there.
        """
        parent = self.first.getparent()
        around = (parent, *parent.iterancestors())
        tag = "span" if any(up.tag in _NO_BLOCKS_WITHIN for up in around) else "div"
        outer, inner = parent.makeelement(tag), parent.makeelement(tag, MARKS)
        self.first.addprevious(outer)
        outer.append(inner)
        ends = False
        while not ends and (sibling := outer.getnext()) is not None:
            ends = sibling is self.last
            if ends:
                outer.tail, sibling.tail = sibling.tail, None
            inner.append(sibling)


def _folds(document, items):
    """Return what is folded, in its order; nothing if nothing else would be seen."""
    limit = next((n for n, item in enumerate(items) if _introduces_forward(items, n)), len(items))
    start = _start_of_history(items, limit)
    folds = _quotes_and_signatures(document, items[: limit if start is None else start])
    if start is not None:
        folds += _history(document, items, start)
    covered = {number for fold in folds for number in fold.covers}
    return folds if len(covered) < len(items) else []


def _introduces_forward(items, number):
    """Say whether what follows was passed on: it is new to whoever got it."""
    return items[number].kind == "line" and FORWARD_LINE.match(items[number].text)


def _quotes_and_signatures(document, items):
    folds = []
    wanted = [n for n, item in enumerate(items) if item.kind in _FOLDED]
    for number in wanted[:_MOST_QUOTES]:
        begin = _introduction(items, number) if items[number].kind == "quote" else number
        if begin == number and not _is_to_fold(items, number):
            continue
        fold = _fold_of(document, items, begin, number)
        before = folds[-1] if folds else None
        follows = before and before.covers.stop == fold.covers.start
        if follows and before.last.getparent() is fold.first.getparent():
            before.last, before.covers = fold.last, range(before.covers.start, number + 1)
        else:
            folds.append(fold)
    return folds


def _introduction(items, number):
    """Return the number of the line that introduces a quote; that of the quote if none does."""
    text, found = "", number
    for begin in range(number - 1, max(number - 1 - _MOST_BROKEN, -1), -1):
        if items[begin].kind != "line":
            break
        text = items[begin].text + text
        says_so = ATTRIBUTION.search(text)
        if len(text) > _LONGEST_INTRODUCTION or not (says_so or ADDRESSED.search(text)):
            break
        if MOMENT.search(text):
            return begin
        if says_so and "@" in text:
            found = begin
    return found


def _is_to_fold(items, number):
    """Say whether a quote that no line introduces, or a signature, is surely that."""
    element = items[number].element
    if items[number].kind == "quote":
        return _is_made_by_program(element)
    if items[number].kind == "signature":
        return True
    # by two dashes: the end of the mail, or of what stands above a quote
    following = next((n for n in range(number + 1, len(items)) if items[n].kind != "line"), None)
    if following is None:
        return number + 1 == len(items)
    return items[following].kind == "quote" and _introduction(items, following) == number + 1


def _is_made_by_program(quote):
    """Say whether a mail program has quoted here; people indent by the same element."""
    if quote.find("blockquote/blockquote") is not None and not any(map(_leads, (quote, quote[0]))):
        # ">>> DATA" in what servers tell of their talk
        return False
    if quote.get("type") == "cite" or quote.get("cite") or _BAR.search(quote.get("style") or ""):
        return True
    around = (quote, *quote.iterancestors())
    return any(_QUOTE_CLASSES.search(up.get("class") or "") for up in around)


def _leads(quote):
    """Say whether something stands before the quote within a quote."""
    return bool(quote.text and quote.text.strip()) or quote[0].tag != "blockquote"


def _fold_of(document, items, begin, number):
    """Return the largest elements that hold a quote, and the line above it if that is possible, and nothing else."""
    before, after = items[max(begin - 1, 0)], items[min(number + 1, len(items) - 1)]

    def holds_more(element):
        return (begin and before.is_within(element)) or (
            after is not items[number] and after.is_within(element)
        )

    last = _lifted(document, items[number].element, holds_more)
    if begin == number or items[begin].is_within(last):
        return _Fold(last, last, range(begin, number + 1))
    first = items[begin].as_element()
    while first.getparent() is not last.getparent() and first.getparent() is not document:
        first = first.getparent()
    if first.getparent() is not last.getparent() or (begin and before.is_within(first)):
        return _Fold(last, last, range(number, number + 1))
    return _Fold(first, last, range(begin, number + 1))


def _lifted(document, element, holds_more):
    """Return the outermost element around one that holds nothing more; it stays within its cell of a table."""
    for _level in range(_MOST_LEVELS):
        parent = element.getparent()
        if parent is document or parent.tag in _TABLE_PARTS or holds_more(parent):
            break
        element = parent
    return element


def _start_of_history(items, limit):
    """Return the number of the item from which on everything is history, or None."""
    for number, item in enumerate(items[:limit]):
        if item.kind == "history" and number + 1 < len(items) or _is_header(items, number):
            start = number
            if number and ORIGINAL_LINE.fullmatch(items[number - 1].text):
                start -= 1
            new = " ".join(before.text for before in items[:start])
            return None if ANSWERS_BELOW.search(new) else start
    return None


def _is_header(items, number):
    """Say whether the header of an earlier mail begins here."""
    item = items[number]
    if item.kind != "line" or not FROM.match(item.text):
        return False
    fields = [other.text for other in items[number + 1 : number + _HEADER_LINES]]
    if not any(map(SUBJECT.match, fields)):
        return False
    above = items[number - 1].text if number else ""
    by_outlook = ORIGINAL_LINE.fullmatch(above) or item.holder.tag in ("b", "strong")
    return any(map(SENT.match, fields)) or bool(by_outlook and any(map(DATE.match, fields)))


def _history(document, items, start):
    """Return the folds from an item to the end, each as far as what is around it goes."""
    before = items[start - 1] if start else None
    element = items[start].as_element()
    while element.getparent() is not document and not (
        before and before.is_within(element.getparent())
    ):
        element = element.getparent()
    while (rule := element.getprevious()) is not None and rule.tag == "hr" and not _tail(rule):
        element = rule
    folds = []
    covers = range(start, len(items))
    while element is not None and element.getparent().tag not in _ONLY_CELLS_WITHIN:
        folds.append(_Fold(element, None, covers))
        element = _next_around(document, items, element)
    return folds


def _next_around(document, items, element):
    """Return what follows behind what is around an element, or None if nothing is seen there."""
    parent = element.getparent()
    while parent is not document:
        if items[-1].is_within(parent):
            return None
        if _tail(parent):
            span = parent.makeelement("span")
            span.text, parent.tail = parent.tail, None
            parent.addnext(span)
        if (following := parent.getnext()) is not None:
            return following
        parent = parent.getparent()
    return None


def _tail(element):
    return element.tail and element.tail.strip()


def _unmark_the_rest(document):
    """Take away what Odoo's sanitizer and the chatter would fold besides."""
    stack = [document]
    while stack:
        element = stack.pop()
        if element.text and (">" in element.text or "--" in element.text):
            element.text = _ODOO_TEXT.sub(r"\1 ", element.text)
        if element.tag == "blockquote":
            _show_as_indented(element)
        stack += [
            child for child in element.iterchildren("*") if not child.get("data-o-mail-quote")
        ]


def _show_as_indented(quote):
    has_marks = quote.get("type") == "cite" or quote.get("cite") or quote.get("class")
    style = quote.get("style") or (_QUOTE_STYLE if has_marks else _INDENT_STYLE)
    quote.set("style", style)
    quote.tag = "div"
