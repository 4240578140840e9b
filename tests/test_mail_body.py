"""The quick way to sanitize a body comes to what Odoo's sanitizer comes to."""

import random
import re
import time
from unittest.mock import patch

from lxml.html import fragment_fromstring

from odoo.tests import tagged
from odoo.tools import html_sanitize

from ..lib.harmless import make_harmless
from ..lib.markup import as_html, tidy
from ..models import mail_body
from .common import MailboxCase
from .fake_server import ago, mail

CELL = '<td style="padding:4px;color:#333" width="180" valign="top">'
#: bodies that most mail is made of
PLAIN = {
    "text": "<p>Hello,<br>a line &amp; another &lt;one&gt;</p><p>Grüße ☕ a&nbsp;b</p>",
    "one element": "<b>Hello</b>\n",
    "no element": "Hello",
    "newsletter": f"<center><table>{f'<tr>{CELL}x</td></tr>' * 30}</table></center>",
    "link": '<a href="https://x.example/?a=1&amp;b=2%20c#d" target="_blank" rel="noopener">x</a>',
    "tracking link": '<a href="https://x.example/?u=https%3A%2F%2Fy.example%2F">x</a>',
    "tracking links": "".join(
        f'<a href="https://x.example/{n}?a={n}&amp;b=ü" class="c{n}">x</a>' for n in range(9)
    ),
    "images from elsewhere": "".join(
        f'<img src="http://x.example/{n}&amp;lt;.png" width="{n}">' for n in range(9)
    ),
    "image": '<img src="/web/image/7" alt="a &quot;b&quot;" width="1" border="0">',
    "mail address": '<a href="mailto:carla@shop.example">Carla</a>',
    "quotes in a style": "<p style='font-family:\"Segoe UI\",Arial'>x</p>",
    "styles of no use": '<p style="position:fixed;top:0;color:red">x</p><p style="position:fixed">y</p>',
    "attributes of no use": '<p onclick="x()" data-foo="1" title="t" id="i" class="c">x</p>',
    "no value": "<table><tr><td nowrap>x</td></tr></table>",
    "head": "<title>T</title><meta charset='utf-8'><style>p { color: red }</style><p>x</p>",
    "whole document": "<html><head><title>T</title></head><body bgcolor='red'><p>x</p></body></html>",
    "unclosed": "<div><p>a<p>b<ul><li>c<li>d</ul>",
    "crossed": "<b><i>a</b>b</i></p></div>c",
    "Outlook": '<p class="MsoNormal">a<o:p></o:p></p>',
    "signature": "<div>a<br>--\n<br>Carla</div>",
    "for all but Outlook": "<!--[if mso]>a<![endif]--><!--[if !mso]><!--><p>b</p><!--<![endif]-->",
}
#: what quotes earlier mail, or looks like it
QUOTING = {
    "answer at Gmail": '<div>a</div><div class="gmail_quote"><blockquote>b<p>c</p></blockquote></div>',
    "answer in Outlook": '<div>a</div><hr><div id="divRplyFwdMsg">From: b</div><div>c</div>',
    "quoted text": "<p>a\n&gt; b\n&gt; c</p><p>d<br>-- <br>e</p>",
    "answers between": "a<blockquote type='cite'>b</blockquote><img src='/web/image/7'><br>c<br>d"
    "<blockquote>e</blockquote>",
    "indented": "<p>a</p><blockquote>b</blockquote><p>c</p>",
    "text": as_html("a\n\n> b\n\nc\n\n-- \nd\n\nOn 1 May 2023, e wrote:\n> f"),
    "text with dashes": as_html("--\n a\n\n --\n b\n\n c"),
    "preformatted": "<pre>a\n> b\n-- \nc</pre>",
    "marked by its sender": "<p>a</p><p data-o-mail-quote-container=1><b data-o-mail-quote=1>b</b><i>c</i></p>",
    "signature in a mail for Odoo's sanitizer": "<form></form><div>a<p class='gmail_signature'>b</p>c</div>",
    "answer in one": "<form></form><div>a</div><div class='gmail_extra gmail_quote'>c<blockquote>b</blockquote>d</div>",
}
#: what somebody sends who wants to run something, cover something, or read something
HOSTILE = {
    "script": "<p>a</p><script>alert(1)</script>",
    "script in a link": '<a href="javascript:alert(1)">x</a>',
    "spaced script in a link": '<a href=" java\tscript&#58;alert(1)">x</a>',
    "encoded script in a link": '<a href="javascript%3Aalert(1)">x</a>',
    "escaped script in a link": '<a href="&#106;avascript:alert(1)">x</a>',
    "plus signs in a script": '<a href="java+script:alert(1)">x</a>',
    "script behind an address": '<a href="https://x.example/?javascript:alert(1)">x</a>',
    "other schemes": '<a href="vbscript:x">x</a><img src="about:x"><a href="data:text/html,x">x</a>',
    "image with script": '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    "embedded image": '<img src="data:image/png;base64,aGVsbG8=">',
    "handlers": '<img src="x" onerror="alert(1)"><b/onmouseover=alert(1)>x</b>',
    "expression": '<p style="width:expression(alert(1))">x</p><p style="width:exp/**/ression(1)">y</p>',
    "escaped style": r'<p style="width:\65xpression(alert(1))">x</p>',
    "script in a style": '<p style="background-image:url(javascript:alert(1))">x</p>',
    "remote style": "<p style=\"background-image:url('https://x.example/a.png');color:red\">x</p>",
    "tag in a style": "<p style=\"color:red;font-family:'</p><script>x</script>'\">x</p>",
    "tag in a title": '<p title="</p><script>alert(1)</script>">x</p>',
    "tag in a link": '<a href="https://x.example/<script>alert(1)</script>">x</a>',
    "broken quotes": '<a title="a href="https://x.example" onclick="x()">x</a>',
    "unquoted": "<a title=a'b\"c href=https://x.example/`onclick=x()>x</a>",
    "form": '<form action="https://x.example"><input name="a"><button>b</button></form>',
    "frames": '<iframe src="https://x.example"></iframe><object data="x"></object><embed src="x">',
    "Odoo's own pages": '<a href="/web/session/logout">x</a><img src="/web/session/logout"><a href="#action=1">y</a>',
    "record of Odoo": '<a class="o_mail_redirect" data-oe-model="res.partner" data-oe-id="1" href="#">x</a>',
    "page of its own": '<div class="modal d-block position-fixed" id="o_web" style="margin:-999px;color:red">x</div>',
    "base": '<base href="https://x.example/"><a href="/web">x</a>',
    "foreign content": '<svg><p><style><img src="</style><img src=x onerror=alert(1)>"></svg>',
    "formulas": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></math>",
    "raw text": "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp><noscript><p></noscript>",
    "text area": "<textarea><p title='</textarea><img src=x onerror=alert(1)>'></textarea>",
    "comments": "<!-- a --><p>b</p><!--[if mso]><script>x</script><![endif]--><!-->c<img src=x onerror=y>-->",
    "odd comment": "<!-- --!><img src=x onerror=alert(1)> -->",
    "instruction": "<?php echo 1 ?><?xml encoding='x' ?><p>a</p><![CDATA[<script>x</script>]]>",
    "encoding": '<p encoding="x">a</p>',
    "unknown tags": "<custom-tag onclick=x()>a</custom-tag><x:y>b</x:y>",
    "odd ends of comments": "<!-- a --!><p>b</p><!--><p>c</p><!---><p>d</p><!-- <p>e</p>",
    "what stands for an address": '<a title="https://some.address.invalid/" href="https://x.example/a">x</a>',
    "style made of an address": '<a style="color:https://some.address.invalid/" href="https://x;url(//y)">x</a>',
    "address in another value": "<a title=' href=\"https://x.example/a\"' href=/web>x</a>",
    "address for another parser": '<a title="a href="https://x.example/a" onclick="x()" href="/web">x</a>',
    "null": "<scr\0ipt>alert(1)</script><a href='java\0script:x'>y</a>",
}
#: what tags, attributes and texts are made of in mail that nobody wrote
PIECES = {
    "tag": """
        a b p div span table tr td img font center blockquote li br hr style script svg math form input o:p x-y title
    """,
    "attribute": "href src style class id title width onclick background srcset data target longdesc action xlink:href",
    "value": """
        https://x.example/a //x.example/a /web/image/7 data:image/png;base64,aGVsbG8= javascript:alert(1) a&amp;b a"b
        color:red;background:url(https://x/y) position:fixed;width:expression(1) gmail_quote divRplyFwdMsg a'b a>b a<b
        x\\75rl(a) &#106;avascript:x /\\x.example HTTPS://X/ https://x.example/?u=https%3a//y cid:abc
    """,
    "text": "a &lt;x &amp; &nbsp; < > -- <!--c--> <!--[if&#32;mso]>x<![endif]--> <?php> <![CDATA[x]]> \0 ü </p> </div>",
}
#: longest that any body may take, on a slow machine
SECONDS = 3


def soup(dice, depth=0):
    """Some HTML with whatever can go wrong in it."""

    def piece(kind):
        return dice.choice(PIECES[kind].split())

    if depth > 4 or dice.random() < 0.3:
        return piece("text")
    tag = piece("tag")
    quote = dice.choice(("'", '"', '"', ""))
    attributes = "".join(
        f" {piece('attribute')}={quote}{piece('value')}{quote}" for _ in range(dice.randint(0, 3))
    )
    inner = "".join(soup(dice, depth + 1) for _ in range(dice.randint(0, 3)))
    return f"<{tag}{attributes}>{inner}" + dice.choice((f"</{tag}>", f"</{tag}>", ""))


#: what Odoo's search for quotes takes minutes over
ENDLESS = [
    "<p class=yahoo_quoted>x</p>",
    "<p class=yahoo&#95;quoted>x</p>",
    "<p class=yahoo&#95;quoted encoding=x>x</p>",
    "<hr id=stopSpelling>",
    "<p>-- <br>x</p>",
    "<p data-o-mail-quote-container=1><i data-o-mail-quote=1>x</i></p>",
    "<pre>\n> x\n",
    "<pre>\n> x\ny</pre><custom>",
]


@tagged("post_install", "-at_install")
class TestMailBody(MailboxCase):
    def test_no_mail_takes_two_seconds(self):
        sources = [piece * (500_000 // len(piece)) for piece in ENDLESS]
        sources.append(as_html("x\n" * 100_000 + "\n-- \nCarla\n" + "y\n\n" * 100_000))
        for source in sources:
            with self.subTest(source[:50]):
                started = time.process_time()
                clean = mail_body.sanitize_body(source)
                self.assertLess(time.process_time() - started, 2)
                self.assertGreater(len(clean), 5_000)
                # new mail goes through the field's own sanitizer as well
                started = time.process_time()
                html_sanitize(clean, **mail_body.POLICY)
                self.assertLess(time.process_time() - started, 5)

    def test_a_mail_that_odoo_gives_up_on_is_not_logged(self):
        with self.assertNoLogs("odoo", "WARNING"):
            clean = mail_body.sanitize_body("<iframe src=//e.example>" * 10)
            self.assertNotIn("iframe", clean)
            self.assertNotIn("error", clean)

    def test_the_field_sanitizes_as_we_do(self):
        self.assertTrue(mail_body.is_sanitized_like_mail(self.env["mail.message"]._fields["body"]))

    def test_what_comes_out(self):
        for name, source in {**PLAIN, **HOSTILE}.items():
            with self.subTest(name):
                self.assertEqual(self._ours(source), self._by_odoo(source))

    def test_nothing_else_is_folded_when_it_is_sanitized_again(self):
        """New mail goes through the field's own sanitizer too, which would fold more of it."""
        for name, source in QUOTING.items():
            with self.subTest(name):
                ours = self._ours(source)
                self.assertEqual(
                    self._folded(html_sanitize(ours, **mail_body.POLICY)), self._folded(ours)
                )
                self.assertEqual(self._words(ours), self._words(source))

    def test_all_is_shown_of_what_quotes_nothing(self):
        clean = mail_body.sanitize_body(QUOTING["answer at Gmail"], show_all=True)
        self.assertEqual(self._folded(html_sanitize(clean, **mail_body.POLICY)), [])

    def test_what_is_folded_in_the_chatter(self):
        """Of a reply the history; of mail that is passed on, or that a program wrote, nothing."""
        self.connection.include_bulk = True
        quoting = "Yes\n\nOn 1 May 2023, Olga wrote:\n> old"
        for subject, extra, folded in (
            ("Re: Beans", b"", 1),
            ("Fwd: Beans", b"", 0),
            ("Out of office", b"Auto-Submitted: auto-replied\n", 0),
        ):
            for moment in (ago(days=3), None):
                with self.subTest(subject, moment=moment):
                    raw = mail(
                        "carla@shop.example", "olga@tea.example", f"{subject} {moment}", quoting
                    )
                    self.server.inbox.deliver(extra + raw, moment)
                    self.connection._sync()
                    entry = self.entries(self.customer).filtered(
                        lambda m, s=f"{subject} {moment}": m.subject == s
                    )
                    self.assertEqual(len(self._folded(entry.body)), folded)

    def test_most_mail_takes_the_quick_way(self):
        with patch.object(mail_body, "html_sanitize", side_effect=html_sanitize) as slow:
            for name, source in PLAIN.items():
                with self.subTest(name):
                    mail_body.sanitize_body(source)
                    shown = mail_body._without_comments(source)
                    self.assertNotIn(shown, [call.args[0] for call in slow.call_args_list])

    def test_tags_that_differ_in_their_address_are_cleaned_once(self):
        links = (f'<a title="once" href="https://x.example/{n}">{n}</a>' for n in range(50))
        with patch.object(mail_body, "_clean_tag", wraps=mail_body._clean_tag) as cleaned:
            clean = mail_body.sanitize_body(f"<p>{''.join(links)}</p>")
        self.assertLess(cleaned.call_count, 5)
        self.assertEqual(clean.count(' href="https://x.example/'), 50)

    def test_nothing_runs(self):
        """Whatever Odoo's sanitizer may think of it, a parser finds nothing that runs or leads astray."""
        for name, source in {**PLAIN, **QUOTING, **HOSTILE}.items():
            with self.subTest(name):
                for element in fragment_fromstring(self._ours(source), create_parent=True).iter():
                    self.assertNotIn(element.tag, ("script", "iframe", "object", "embed", "base"))
                    for attribute, value in element.attrib.items():
                        self.assertFalse(attribute.startswith("on"), attribute)
                        self.assertNotRegex(value, r"^\s*(javascript|vbscript|data:text)")
                        self.assertNotEqual(attribute, "id")
                        self.assertIn(value, ["MsoNormal"] if attribute == "class" else [value])
                        self.assertRegex(attribute, r"^(?!data-)|^data-o-mail-quote")
                        if attribute in ("href", "src"):
                            self.assertRegex(
                                value, r"^(https?://|mailto:|/web/image/\d+$|data:image/)"
                            )

    def test_odoo_finds_nothing_to_remove(self):
        """Sanitized by Odoo once more, a body keeps all of its elements and attributes."""
        dice = random.Random(8)
        quick = 0
        for _ in range(1500):
            source = soup(dice) + soup(dice)
            with patch.object(mail_body, "html_sanitize", side_effect=html_sanitize) as slow:
                ours = self._ours(source)
            quick += all(call.args[0].startswith("<p style=") for call in slow.call_args_list)
            with self.subTest(source):
                self.assertLessEqual(self._elements(ours), self._elements(self._by_odoo(ours)))
        self.assertGreater(quick, 300, "most went to Odoo's sanitizer, and nothing was tested")

    def test_comment_after_the_mark_of_an_answer(self):
        """Odoo's sanitizer gives a sentence about an error instead of such a mail."""
        for comment in ("<!-- a -->", "<?a <b> ?>"):
            for form in ("", "<form></form>"):
                with self.subTest(comment + form):
                    source = f"<p>a</p>{form}<div id='divRplyFwdMsg'>b</div>{comment}<p>c</p>"
                    self.assertRegex(self._ours(source), r"<p>a</p>.*b.*c</p>")

    def test_no_body_takes_long(self):
        """A million characters, as the parser lets them through, made to miss everything that is remembered."""
        for name, piece in {
            "styles": '<p style="a:{}">x</p>',
            "long styles": '<p style="' + "margin:{0}px;" * 60 + '">x</p>',
            "links": '<a href="https://x.example:{}/%3A">x</a>',
            "comments": "<!-- {} --!",
            "declarations": "<!{}",
            "quotes": "<blockquote>{}<br>-- <br></blockquote>",
        }.items():
            source = "".join(map(piece.format, range(10**6 // len(piece.format(10**4)))))
            with self.subTest(name):
                begin = time.process_time()
                mail_body.sanitize_body(tidy(source, len(source)))
                self.assertLess(time.process_time() - begin, SECONDS)

    def test_long_styles_are_not_remembered(self):
        style = "".join(f"margin:{number}px;" for number in range(200))
        before = mail_body._clean_style.cache_info().currsize
        self.assertIn("margin", mail_body.sanitize_body(f'<p style="{style}">x</p>'))
        self.assertEqual(mail_body._clean_style.cache_info().currsize, before)

    def test_stored_body_is_sanitized(self):
        """Past mail goes past the field's own sanitizing, new mail through it: both are clean."""
        body = '<p onclick="x()" style="position:fixed;color:red">Hi<script>x</script></p>'
        for subject, moment in (("past", ago(days=3)), ("new", None)):
            raw = mail("carla@shop.example", "olga@tea.example, chris@shop.example", subject, body)
            raw = raw.replace(b"text/plain", b"text/html")
            self.server.inbox.deliver(raw, moment)
            self.connection._sync()
            for contact in self.customer, self.customer2:
                self.env.invalidate_all()
                entry = self.entries(contact).filtered(lambda m, s=subject: m.subject == s)
                self.assertEqual(entry.body.strip(), '<p style="color:red">Hi</p>')

    def test_another_policy_is_the_fields_business(self):
        """A module that makes the field stricter is obeyed."""
        field = self.env["mail.message"]._fields["body"]
        raw = mail("carla@shop.example", "olga@tea.example", "Hi", '<p style="color:red">Hi</p>')
        self.server.inbox.deliver(raw.replace(b"text/plain", b"text/html"), ago(days=3))
        with patch.object(field, "strip_style", True):
            self.connection._sync()
        self.assertEqual(self.entries(self.customer).body.strip(), "<p>Hi</p>")

    @staticmethod
    def _folded(clean):
        """The texts that the chatter folds."""
        document = fragment_fromstring(clean, create_parent=True)
        marked = "[@data-o-mail-quote]"
        return [
            "".join(element.itertext()).split()
            for element in document.xpath(f"//*{marked}[not(ancestor::*{marked})]")
        ]

    @staticmethod
    def _words(source):
        return "".join(fragment_fromstring(source, create_parent=True).itertext()).split()

    def _by_odoo(self, source):
        return self._without_comments(make_harmless(html_sanitize(source, **mail_body.POLICY)))

    def _ours(self, source):
        return self._without_comments(mail_body.sanitize_body(source))

    @staticmethod
    def _elements(clean):
        """What a parser finds in it: tags, and their attributes; Odoo's own marks of quotes aside."""
        return {
            (element.tag, *attribute)
            for element in fragment_fromstring(clean, create_parent=True).iter()
            for attribute in ((), *element.attrib.items())
            if not attribute or not attribute[0].startswith("data-o-mail-quote")
        }

    @staticmethod
    def _without_comments(clean):
        return re.sub(r"<!--.*?-->|<\?[^>]*>", "", clean)
