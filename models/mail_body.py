"""Makes the HTML of a mail safe to show, as strictly as Odoo does and several times faster.

Odoo's sanitizer looks at every element of a newsletter a dozen times in Python, which is most of the time that
linking a mail takes. Nearly all mail consists of few kinds of tags with few kinds of attributes. So here the
parser writes such a mail down anew, and each start tag that it wrote is looked at once: attributes that Odoo does
not allow are left out, styles are what Odoo's sanitizer makes of them (remembered, for newsletters repeat them
hundreds of times), links are looked at for schemes that run something. Whatever is not plain in this sense (other
tags, other attribute syntax, a suspicious link or style) is given to Odoo's sanitizer as a whole.

What is left out besides: comments, which nobody sees.
"""

import html
import re
from functools import lru_cache
from urllib.parse import unquote_plus

from lxml import etree
from lxml.html import defs, tostring
from markupsafe import Markup

from odoo.tools.mail import fromstring, html_sanitize, safe_attrs, tag_quote

from ..lib.harmless import harmless_attributes, make_harmless

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
_LONGEST_REMEMBERED = 500

#: what ``html_normalize`` repairs before parsing; Outlook's own tags are too common to be given away
_ODD_SOURCE = ("encoding=", "--!>", "<!-->", "<!--->")
_OUTLOOK_TAG = re.compile(r"</?o:.*?>")
#: without any of these, ``tag_quote`` finds neither quotes nor signatures
_QUOTE_MARKS = (
    "gmail_",
    "yahoo_quoted",
    "skydriveplaceholder",
    "stopspelling",
    "signature",
    "appendonsend",
    "divrplyfwdmsg",
    "data-o-mail-quote",
    "<blockquote",
    "\n>",
    "\n&gt;",
    "\n&#",
)
_SIGNATURE_MARK = re.compile(r"--\s?(?:[<\r\n]|\Z)")
_TAG = re.compile(
    r"""<(?:/([a-z][a-z0-9]*)|([a-z][a-z0-9]*)((?: [^\s"'<>=/]+(?:="[^"<>]*"|='[^'<>]*')?)*))>"""
)
_ATTRIBUTE = re.compile(r""" ([^\s"'<>=/]+)(?:=("[^"]*"|'[^']*'))?""")
_STYLE = re.compile(r"""<p(?: style=("[^"<>]*"|'[^'<>]*'))?></p>""")
#: an address of the web without a second colon, written out or with a percent sign: it has one scheme, and that is fine
_WEB_LINK = re.compile(r"""["']https?://(?:[^:%&\s]|%(?!3[aA])|&amp;)*["']""")
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


def sanitize_body(source: str) -> Markup:
    """Return the HTML of a mail as it may be stored in ``mail.message.body`` without being sanitized again.

    It fetches nothing when it is shown, and keeps to itself: see lib/harmless.py.
    """
    try:
        clean = _sanitize_plain(source)
    except (_NotPlain, etree.LxmlError, ValueError):
        clean = make_harmless(html_sanitize(source, **POLICY))
    return Markup(clean)  # noqa: S704 - that is what it is for


def _sanitize_plain(source):
    if any(odd in source for odd in _ODD_SOURCE):
        raise _NotPlain
    document, single = fromstring(_OUTLOOK_TAG.sub("", source) if "o:" in source else source)
    if _may_hold_quotes(source):
        for element in document.iter(etree.Element):
            tag_quote(element)
    etree.strip_elements(document, *_LEFT_OUT, with_tail=False)
    if document.tag == "html":
        etree.strip_tags(document, "body")
        document.tag = "div"
        document.attrib.clear()
    written = tostring(document, encoding="unicode")
    clean, tags = _TAG.subn(_clean_tag, written)
    if tags != written.count("<"):
        raise _NotPlain
    if not single and clean.startswith("<div>") and clean.endswith("</div>"):
        # the wrapper that the parser puts around several elements, as in html_normalize
        clean = clean[5:-6]
    return clean.replace("\xa0", "&nbsp;")


def _may_hold_quotes(source):
    lower = source.lower()
    return any(mark in lower for mark in _QUOTE_MARKS) or _SIGNATURE_MARK.search(source)


def _clean_tag(tag):
    end, name, attributes = tag.groups()
    if (end or name) not in _PLAIN_TAGS:
        raise _NotPlain
    if not attributes:
        return tag[0]
    if len(attributes) > _LONGEST_REMEMBERED:
        return f"<{name}{_clean_attributes.__wrapped__(name, attributes)}>"
    return f"<{name}{_clean_attributes(name, attributes)}>"


@lru_cache(maxsize=2000)
def _clean_attributes(element, text):
    """Return the attributes of a start tag without those that are not allowed."""
    kept = []
    for attribute in _ATTRIBUTE.finditer(text):
        name, value = attribute.groups()
        if name == "style" and value:
            kept.append(_clean_style(value))
        elif name in safe_attrs:
            if name in defs.link_attrs and value:
                _check_link(value)
            kept.append(attribute[0])
    return harmless_attributes(element, "".join(kept))


@lru_cache(maxsize=2000)
def _clean_style(quoted):
    """Return what Odoo's sanitizer makes of a style attribute."""
    found = _STYLE.fullmatch(html_sanitize(f"<p style={quoted}></p>", **POLICY))
    if not found:
        raise _NotPlain
    return f" style={found[1]}" if found[1] else ""


def _check_link(quoted):
    if _WEB_LINK.fullmatch(quoted):
        return
    link = _INVISIBLE.sub("", unquote_plus(html.unescape(quoted)))
    if _SUSPICIOUS_SCHEME.search(link):
        raise _NotPlain
