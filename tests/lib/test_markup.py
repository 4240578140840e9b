"""HTML of mail: made of text, made harmless, and its inline images."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.markup import (
    MAX_HTML_DEPTH,
    MAX_QUOTE_DEPTH,
    as_html,
    find_cids,
    is_blank,
    replace_cids,
    tidy,
    unflow,
)

LINK = '<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>'

TEXTS = {
    "empty": ("", ""),
    "a line": ("Hello", "<p>Hello</p>"),
    "lines": ("a\nb", "<p>a<br/>b</p>"),
    "paragraphs": ("a\n\n\nb", "<p>a</p><p>b</p>"),
    "escaped": ("<b>&\"'", "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"),
    "quote": ("a\n> b\n> c\nd", '<p>a</p><blockquote type="cite"><p>b<br/>c</p></blockquote><p>d</p>'),
    "nested quote": (
        "> a\n>> b\nc",
        '<blockquote type="cite"><p>a</p><blockquote type="cite"><p>b</p></blockquote></blockquote><p>c</p>',
    ),
    "spaced quote": ("> > a", '<blockquote type="cite"><blockquote type="cite"><p>a</p></blockquote></blockquote>'),
    "mbox's From": (">From a", "<p>&gt;From a</p>"),
    "link": (
        "see https://x.com/a?b=1&c=2.",
        "<p>see " + LINK.format("https://x.com/a?b=1&amp;c=2") + ".</p>",
    ),
    "link in brackets": ("(http://x.com/)", "<p>(" + LINK.format("http://x.com/") + ")</p>"),
    "brackets in a link": (
        "http://x.com/a_(b)", "<p>" + LINK.format("http://x.com/a_(b)") + "</p>",
    ),
    "link with a quote": (
        'http://x.com/"onclick="x',
        "<p>" + LINK.format("http://x.com/") + "&quot;onclick=&quot;x</p>",
    ),
    "no script": ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
    "spaces": ("  a   b", "<p>\u00a0 a\u00a0\u00a0 b</p>"),
    "tab": ("a\tb", "<p>a" + "\u00a0" * 6 + " b</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS)
def test_text_as_html(text, expected):
    assert as_html(text) == expected


def test_long_lines_stay_whole():
    assert as_html("a" * 100_000) == "<p>" + "a" * 100_000 + "</p>"


def test_quotes_nest_no_deeper():
    assert as_html(">" * 500 + "x").count("<blockquote ") == MAX_QUOTE_DEPTH


class Nesting(HTMLParser):
    """Checks that tags are balanced, and gathers the text."""

    def __init__(self, source):
        super().__init__()
        self.open, self.text, self.attributes = [], "", set()
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@given(st.text(st.sampled_from(list("<>&\"' \n\tah:/.()http://"))))
def test_any_text_gives_balanced_html(text):
    seen = Nesting(as_html(text))
    assert seen.attributes <= {"href", "target", "rel", "type"}
    kept = set("<&\"'ah:/.()tp")
    assert [char for char in seen.text if char in kept] == [char for char in text if char in kept]


@pytest.mark.parametrize(
    ("text", "delete_space", "expected"),
    [
        ("a \nb\nc", False, "a b\nc"),
        ("a \nb", True, "ab"),
        ("> a \n> b\n> c", False, "> a b\n> c"),
        ("> a \nb", False, "> a \nb"),
        ("a \n-- \nAnna", False, "a \n-- \nAnna"),
        (" stuffed\n >x", False, "stuffed\n>x"),
        ("", False, ""),
    ],
)
def test_flowed(text, delete_space, expected):
    assert unflow(text, delete_space) == expected


def test_flowed_in_linear_time():
    assert len(unflow("a \n" * 300_000, False)) == 600_000


class TestTidy:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("<!DOCTYPE html>\n<HTML lang=de><body bgcolor=red>a</body></html>\nb", "\na\nb"),
            ("<p>a</p>", "<p>a</p>"),
            ("<header>a</header>", "<header>a</header>"),
            ("", ""),
        ],
    )
    def test_wrappers(self, source, expected):
        assert tidy(source, 1000) == expected

    def test_cut_not_within_a_tag(self):
        assert tidy("abc<img src='x'>", 10) == "abc"

    def test_deep_nesting_is_flattened(self):
        flat = tidy("<div>" * 20_000 + "deep" + "</div>" * 20_000 + "end", 1_000_000)
        assert flat == "<div>" * MAX_HTML_DEPTH + "deep" + "</div>" * MAX_HTML_DEPTH + "end"

    def test_unclosed_elements_are_flattened(self):
        flat = tidy("<font>" * 3000 + "deep", 1_000_000)
        assert flat == "<font>" * MAX_HTML_DEPTH + "deep"

    @pytest.mark.parametrize(
        "source",
        [
            "<p>a" * 1000,
            "<ul>" + "<li>a" * 1000 + "</ul>",
            "<table>" + "<tr><td>a<td>b" * 1000 + "</table>",
            "<br>" * 1000 + "<img src=x>" * 1000,
            "<b>a</b>" * 1000,
            "<!-- <div> -->" * 1000,
        ],
    )
    def test_long_is_not_deep(self, source):
        assert tidy(source, 1_000_000) == source

    @pytest.mark.parametrize(
        "unit", ["<", "<a ", '<a "', "<!--", "<style>", "<body", "<p>a", "</i>", "<a href='", "<o:"]
    )
    def test_no_repetition_is_slow(self, unit):
        source = tidy(unit * 200_000, 1_000_000)
        is_blank(source)
        replace_cids(source, {"a": "b"})
        # regular expressions of sanitisers look from each "<" for the next ">"
        assert max(run.count("<") for run in source.split(">")) <= 50


@pytest.mark.parametrize(
    ("source", "blank"),
    [
        ("", True),
        ("<p><br></p>&nbsp;\n", True),
        ("<style>p {}</style><title>t</title><!-- a -->", True),
        ("<p>a</p>", False),
        ("<img src=x>", False),
    ],
)
def test_blank(source, blank):
    assert is_blank(source) is blank


URLS = {"a@b": "/web/1?x&y", "c%d@e": "/2", "ü@b": "/3", "f&g": "/4"}

IMAGES = {
    "double quotes": ('<img src="cid:a@b">', '<img src="/web/1?x&amp;y">'),
    "single quotes": ("<img src='cid:a@b'/>", '<img src="/web/1?x&amp;y"/>'),
    "no quotes": ("<img src=cid:a@b width=1>", '<img src="/web/1?x&amp;y" width=1>'),
    "upper case": ('<IMG SRC = "CID:a@b">', '<IMG SRC = "/web/1?x&amp;y">'),
    "brackets": ('<img src="cid:&lt;a@b&gt;">', '<img src="/web/1?x&amp;y">'),
    "percent signs": ('<img src="cid:a%40b">', '<img src="/web/1?x&amp;y">'),
    "a percent sign of its own": ('<img src="cid:c%d@e">', '<img src="/2">'),
    "entities": ('<img src="cid:f&amp;g">', '<img src="/4">'),
    "number": ('<img src="cid:a&#64;b">', '<img src="/web/1?x&amp;y">'),
    "not ASCII": ('<img src="cid:%C3%BC@b">', '<img src="/3">'),
    "background": ('<td background="cid:a@b">', '<td background="/web/1?x&amp;y">'),
    "style": (
        "<p style=\"background: url('cid:a@b')\">",
        "<p style=\"background: url('/web/1?x&amp;y')\">",
    ),
    "style with entities": (
        '<p style="background: url(&quot;cid:a@b&quot;)">',
        '<p style="background: url(&quot;/web/1?x&amp;y&quot;)">',
    ),
    "bracket in another attribute": (
        '<img alt="a > b" src="cid:a@b">', '<img alt="a > b" src="/web/1?x&amp;y">',
    ),
    "in the text": ('<p>src="cid:a@b"</p>', '<p>src="cid:a@b"</p>'),
    "in a link": ('<a href="cid:a@b">', '<a href="cid:a@b">'),
    "another attribute": ('<img data-src="cid:a@b">', '<img data-src="cid:a@b">'),
    "unknown": ('<img src="cid:x@b">', '<img src="cid:x@b">'),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), IMAGES.values(), ids=IMAGES)
def test_inline_images(source, expected):
    result, used = replace_cids(source, URLS)
    assert result == expected
    assert bool(used) == (source != expected)
    assert used <= find_cids(source)


def test_url_cannot_leave_its_attribute():
    result, _ = replace_cids("<img src='cid:a'>", {"a": "x\"'><script>"})
    assert result == '<img src="x&quot;&#x27;&gt;&lt;script&gt;">'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<html dir="rtl"><body>شاي</body></html>', '<div dir="rtl">شاي</div>'),
        ("<BODY lang=ar dir=RTL>شاي", '<div dir="rtl">شاي</div>'),
        ('<body dir="ltr">tea</body>', "tea"),
        ("<body>how to write dir=rtl</body>", "how to write dir=rtl"),
    ],
)
def test_direction_of_writing_stays(source, expected):
    assert tidy(source, 1000) == expected
