"""Makes the HTML of a mail safe to show, as strictly as Odoo does and several times faster.

Odoo's sanitizer looks at every element of a newsletter a dozen times in Python, which is most of the time that
linking a mail takes. Nearly all mail consists of few kinds of tags with few kinds of attributes. So here the
parser writes such a mail down anew, and each start tag that it wrote is looked at once: attributes that Odoo does
not allow are left out, styles are what Odoo's sanitizer makes of them (remembered, for newsletters repeat them
hundreds of times), links are looked at for schemes that run something. Whatever is not plain in this sense (other
tags, other attribute syntax, a suspicious link or style) is given to Odoo's sanitizer as a whole.

What is left out besides, and first of all: comments, which nobody sees. Odoo's sanitizer stumbles over one that
follows the mark of Outlook's answers, and then gives a sentence about an error instead of the mail.
"""

import html
import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import unquote_plus

from lxml import etree
from lxml.html import defs, tostring
from markupsafe import Markup

from odoo.tools.mail import fromstring, html_sanitize, safe_attrs

from ..lib.harmless import CLASSES, PLAIN, harmless_attributes, make_harmless
from ..lib.quotes import MARKS, fold_quotes, may_hold_quotes

#: how ``mail.message.body`` is sanitized
POLICY = {
    "sanitize_tags": True,
    "sanitize_attributes": True,
    "sanitize_style": True,
    "sanitize_form": True,
    "sanitize_conditional_comments": True,
    "strip_style": False,
    "strip_classes": False,
}

#: tags that hold nothing but text and each other, and mean the same to every parser
_PLAIN_TAGS = frozenset(
    """
    a abbr address b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5
    h6 hr i img ins li ol p q s small span strike strong sub sup table tbody td tfoot th thead tr tt u ul
    article aside footer header main nav section
    """.split()
)
#: elements that are left out with all that is in them
_LEFT_OUT = (
    etree.Comment,
    etree.ProcessingInstruction,
    "head",
    "title",
    "style",
    "meta",
    "link",
    "base",
)
_LONGEST_REMEMBERED = 1000
_MOST_REMEMBERED = 4000
#: styles never seen before that one body may bring along: each costs as much as a small mail
_MOST_NEW_STYLES = 300

#: what ``html_normalize`` cuts out before parsing, with the tag that it stands in
_ENCODING = "encoding="
#: Outlook's own tags, which would become paragraphs
_OUTLOOK_TAG = re.compile(r"</?o:.*?>")
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_DECLARATION = re.compile(r"<(?:!(?!--)|\?)[^>]*>")
#: attributes by which Odoo knows no quote, but for the marks
_PLAIN_ATTRIBUTES = frozenset(["href", "src", *MARKS, *PLAIN])
_TAG = re.compile(
    r"""<(?:/([a-z][a-z0-9]*)|([a-z][a-z0-9]*)((?: [^\s"'<>=/]+(?:="[^"<>]*"|='[^'<>]*')?)*))>"""
)
_ATTRIBUTE = re.compile(r"""( ([^\s"'<>=/]+)(?:=("[^"]*"|'[^']*'))?)""")
#: where all values are in double quotes, this is an attribute, and not a piece of another one's value
_WEB_ADDRESS = re.compile(r""" (?:href|src)="(https?://[^"'<>\x00-\x20]*)\"""")
#: stands for any other one
_SOME_ADDRESS = "https://some.address.invalid/"
_TEXT_OR_TAG = re.compile(r"(<[^<>]*>)")
_STYLE = re.compile(r"""<p(?: style=("[^"<>]*"|'[^'<>]*'))?></p>""")
#: more than what lxml takes for dangerous, so that it is asked about all of that
_SUSPICIOUS_SCHEME = re.compile(r"(?:script|data|about|mocha):", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\s\x00-\x20]+")


class _NotPlain(Exception):
    """Something is to be judged by Odoo's sanitizer."""


def is_sanitized_like_mail(field) -> bool:
    """Say whether a field sanitizes as this file does; modules may change that of ``mail.message.body``."""
    usual = field.sanitize and not field.sanitize_overridable
    output = field.sanitize_output_method
    return (
        usual
        and output == "html"
        and all(getattr(field, name) == on for name, on in POLICY.items())
    )


def sanitize_body(source: str, show_all: bool = False) -> Markup:
    """Return the HTML of a mail as it may be stored in ``mail.message.body`` without being sanitized again.

    It fetches nothing when it is shown, and keeps to itself: see lib/harmless.py. What it quotes is
    marked, unless all is to be shown: see lib/quotes.py.
    """
    shown = _without_comments(source)
    try:
        clean = _sanitize_plain(shown, show_all)
    except (_NotPlain, etree.LxmlError, ValueError):
        clean = make_harmless(_sanitize_odd(shown, show_all))
    return Markup(clean)  # noqa: S704 - that is what it is for


def _without_comments(source):
    """Return HTML without comments, whatever condition they name, and without declarations and instructions."""
    if "<!" not in source and "<?" not in source:
        return source
    # a comment that never ends takes the rest along, which is the parser's work
    end = max(source.rfind("-->") + 3, source.rfind("--!>") + 4)
    commented, rest = source[:end], source[end:]
    return _DECLARATION.sub("", _COMMENT.sub("", commented) + rest)


def _sanitize_odd(source, show_all):
    """Let Odoo's sanitizer judge. It stops at a mail that is all frames, and would write that into the log."""
    with suppress(etree.LxmlError, ValueError):
        source = _with_quotes(source, show_all)
    for attempt in (source, f"<div>{source}</div>"):
        with suppress(Exception):
            return html_sanitize(attempt, silent=False, **POLICY)
    return f"<pre>{html.escape(source)}</pre>"


def _with_quotes(source, show_all):
    """Return HTML with our marks of quotes, and without what Odoo would find quotes by, which can take it minutes."""
    document, _single = fromstring(source)
    if not may_hold_quotes(_write_down(document)):
        return source
    fold_quotes(document, show_all)
    for element in document.iter(etree.Element):
        for name in set(element.attrib) - _PLAIN_ATTRIBUTES:
            if name != "class" or element.get(name) not in CLASSES:
                del element.attrib[name]
    return tostring(document, encoding="unicode")


def _sanitize_plain(source, show_all):
    if _ENCODING in source:
        raise _NotPlain
    document, single = fromstring(_without_outlook_tags(source))
    etree.strip_elements(document, *_LEFT_OUT, with_tail=False)
    if document.tag == "html":
        etree.strip_tags(document, "body")
        document.tag = "div"
        document.attrib.clear()
    pieces = _write_down(document)
    if may_hold_quotes(pieces):
        fold_quotes(document, show_all)
        pieces = _write_down(document)
    if any("<" in text for text in pieces[::2]):
        raise _NotPlain
    pieces[1::2] = _clean_tags(pieces[1::2])
    clean = "".join(pieces)
    if not single and clean.startswith("<div>") and clean.endswith("</div>"):
        # the wrapper that the parser puts around several elements, as in html_normalize
        clean = clean[5:-6]
    return clean.replace("\xa0", "&nbsp;")


def _without_outlook_tags(source):
    return _OUTLOOK_TAG.sub("", source) if "<o:" in source or "</o:" in source else source


def _write_down(document):
    """Return HTML as a list of texts and tags in turn."""
    return _TEXT_OR_TAG.split(tostring(document, encoding="unicode"))


#: start and end tags as they were written -> as they may be stored
_known_tags = {}


def _clean_tags(tags):
    """Return tags as they may be stored: without attributes that are not allowed."""
    styles_before = _clean_style.cache_info().misses
    clean = {}
    for tag in set(tags):
        clean[tag] = _known_tags.get(tag) or _clean_but_for_address(tag)
        if _clean_style.cache_info().misses - styles_before > _MOST_NEW_STYLES:
            raise _NotPlain
    return map(clean.__getitem__, tags)


def _clean_but_for_address(tag):
    """Return a tag as it may be stored: newsletters write the same ones over and over, each with another address."""
    found = _WEB_ADDRESS.search(tag)
    if not found or not _is_plain_address(found[1]) or "'" in tag or _SOME_ADDRESS in tag:
        return _clean_tag(tag)
    begin, end = found.span(1)
    pattern = tag[:begin] + _SOME_ADDRESS + tag[end:]
    clean = _known_tags.get(pattern) or _clean_tag(pattern)
    return clean.replace(_SOME_ADDRESS, found[1])


def _clean_tag(tag):
    found = _TAG.fullmatch(tag)
    if not found:
        raise _NotPlain
    end, name, attributes = found.groups()
    if (end or name) not in _PLAIN_TAGS:
        raise _NotPlain
    clean = f"<{name}{_clean_attributes(name, attributes)}>" if attributes else tag
    if len(_known_tags) >= _MOST_REMEMBERED:
        _known_tags.clear()
    if len(tag) <= _LONGEST_REMEMBERED:
        _known_tags[tag] = clean
    return clean


def _clean_attributes(element, text):
    kept = []
    for attribute, name, value in _ATTRIBUTE.findall(text):
        if name == "style" and value:
            kept.append(_clean_style(value))
        elif name in safe_attrs:
            if name in defs.link_attrs and value:
                _check_link(value)
            kept.append(attribute)
    return harmless_attributes(element, "".join(kept))


@lru_cache(maxsize=2000)
def _clean_style(quoted):
    """Return what Odoo's sanitizer makes of a style attribute."""
    if len(quoted) > _LONGEST_REMEMBERED:
        raise _NotPlain
    found = _STYLE.fullmatch(html_sanitize(f"<p style={quoted}></p>", **POLICY))
    if not found:
        raise _NotPlain
    return f" style={found[1]}" if found[1] else ""


def _check_link(quoted):
    """Refuse a link with a second scheme, or with one that runs something."""
    if quoted.startswith(("https://", "http://"), 1) and _is_plain_address(quoted):
        return
    link = _INVISIBLE.sub("", unquote_plus(html.unescape(quoted)))
    if _SUSPICIOUS_SCHEME.search(link):
        raise _NotPlain


def _is_plain_address(address):
    """Say whether an address has one colon, that of its scheme, neither plainly nor in disguise."""
    return (
        address.count(":") == 1
        and "%3A" not in address
        and "%3a" not in address
        and address.count("&") == address.count("&amp;")
    )
