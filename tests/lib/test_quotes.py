"""What of a mail is folded as quoted history, as mail programs write it; and that nothing new ever is."""

import re
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from lib.markup import as_html
from lib.quotes import fold_quotes, is_forward, may_hold_quotes

OUTLOOK = (
    '<div class="WordSection1"><p class="MsoNormal">Yes</p><div>'
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    '<p class="MsoNormal"><b><span lang="DE">{}:</span></b><span> Carla &lt;carla@shop.example&gt;<br>'
    "<b>{}:</b> Monday, 1 May 2023 10:00<br><b>{}:</b> Olga<br><b>{}:</b> Beans</span></p></div></div>"
    '<p class="MsoNormal">old</p><p class="MsoNormal">older</p></div>'
)
GMAIL = (
    '<div dir="ltr">Yes</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
    'On Mon, May 1, 2023 at 10:00 AM Carla &lt;<a href="mailto:carla@shop.example">carla@shop.example</a>&gt; wrote:'
    '<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">old</blockquote></div>'
)

#: mail -> what stays in sight, and what is folded behind each "..."
FOLDED = {
    "Gmail": (
        GMAIL,
        "Yes",
        ["On Mon, May 1, 2023 at 10:00 AM Carla < carla@shop.example > wrote: old"],
    ),
    "Gmail of before, in one line": (
        'Yes<br><div class="gmail_quote">On Mon, May 1, 2023 at 10:00 AM, Carla <span dir="ltr">&lt;<a>c@x.example</a>'
        '&gt;</span> wrote:<br><blockquote class="gmail_quote">old</blockquote></div>',
        "Yes",
        ["On Mon, May 1, 2023 at 10:00 AM, Carla < c@x.example > wrote: old"],
    ),
    "Gmail, answers between": (
        '<div class="gmail_quote"><div>On 1 May 2023 at 10:00 Carla &lt;c@x.example&gt; wrote:</div>'
        '<blockquote class="gmail_quote">one</blockquote>new<br>newer<br><blockquote class="gmail_quote">two'
        "</blockquote><div>newest</div></div>",
        "new newer newest",
        ["On 1 May 2023 at 10:00 Carla <c@x.example> wrote: one", "two"],
    ),
    "Outlook": (
        OUTLOOK.format("From", "Sent", "To", "Subject") + "<p>-- the list</p>",
        "Yes",
        [
            "From: Carla <carla@shop.example> Sent: Monday, 1 May 2023 10:00 To: Olga Subject: Beans old older",
            "-- the list",
        ],
    ),
    "Outlook on the web": (
        '<div>Yes</div><div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">'
        "<font><b>Xyz:</b> Carla</font></div><div>old</div>",
        "Yes",
        ["Xyz: Carla old"],
    ),
    "Outlook without a header that is known": (
        '<div>Yes</div><hr><div id="x_divRplyFwdMsg"><b>Xyz:</b> Carla</div><div>old</div>',
        "Yes",
        ["Xyz: Carla old"],
    ),
    "Hotmail": (
        'Yes<br><hr id="stopSpelling">Date: Mon, 1 May 2023<br>From: c@x.example<br>old',
        "Yes",
        ["Date: Mon, 1 May 2023 From: c@x.example old"],
    ),
    "header as a table": (
        "<p>Yes</p><table><tr><td>From:</td><td>Carla</td></tr><tr><td>Sent:</td><td>Monday</td></tr>"
        "<tr><td>To:</td><td>Olga</td></tr><tr><td>Subject:</td><td>Beans</td></tr></table><p>old</p>",
        "Yes",
        ["From: Carla Sent: Monday To: Olga Subject: Beans old"],
    ),
    "Apple Mail": (
        'Yes<br><div><br><blockquote type="cite"><div>On 1 May 2023, at 10:00, Carla &lt;c@x.example&gt; wrote:</div>'
        "<br><div>old</div></blockquote></div><br>",
        "Yes",
        ["On 1 May 2023, at 10:00, Carla <c@x.example> wrote: old"],
    ),
    "Thunderbird, answer below": (
        '<div class="moz-cite-prefix">Am 01.05.23 um 10:00 schrieb Carla:<br></div>'
        '<blockquote type="cite" cite="mid:1@x.example"><p>old</p></blockquote><p>Ja</p>',
        "Ja",
        ["Am 01.05.23 um 10:00 schrieb Carla: old"],
    ),
    "Yahoo": (
        '<div>Yes</div><div class="yahoo_quoted"><div>On Monday, Carla wrote:</div><p>old</p></div>',
        "Yes",
        ["On Monday, Carla wrote: old"],
    ),
    "by its bar only": (
        '<p>Yes</p><blockquote style="margin-left:5px;border-left:2px solid rgb(16,16,255)">old</blockquote>',
        "Yes",
        ["old"],
    ),
    "by the line above only": (
        "<p>Yes</p><p>On 1 May 2023 at 10:00, Carla wrote:</p><blockquote>old</blockquote>",
        "Yes",
        ["On 1 May 2023 at 10:00, Carla wrote: old"],
    ),
    "Yandex": (
        "<p>Yes<br />1.05.2023, 10:00, &quot;Carla&quot; &lt;<a href='mailto:c@x.example'>c@x.example</a>&gt;:</p>"
        "<blockquote>old</blockquote>",
        'Yes 1.05.2023, 10:00, "Carla" < c@x.example >:',
        ["old"],
    ),
    "within the cell of a layout": (
        "<table><tr><td>Yes<br><blockquote type=cite>old</blockquote></td><td>beside</td></tr></table>",
        "Yes beside",
        ["old"],
    ),
    "signature and quote": (
        '<div>Yes<div class="gmail_signature">Carla</div></div><blockquote type="cite">old</blockquote>',
        "Yes",
        ["Carla", "old"],
    ),
    "text": (
        as_html(
            "Yes\n\nOn 1 May 2023 at 10:00 Carla\n<c@x.example> wrote:\n> one\n>> two\n\nnew\n"
        ),
        "Yes new",
        ["On 1 May 2023 at 10:00 Carla <c@x.example> wrote: one two"],
    ),
    "text from Outlook": (
        as_html(
            "Yes\n\n-----Original Message-----\nFrom: a\nSent: b\nTo: c\nSubject: d\n\nold\n\nolder"
        ),
        "Yes",
        ["-----Original Message----- From: a Sent: b To: c Subject: d old older"],
    ),
    "text with a signature": (
        as_html("Yes\n\n-- \nCarla\nBeans\n\nOn 1 May 2023 Carla wrote:\n> old"),
        "Yes",
        ["-- Carla Beans On 1 May 2023 Carla wrote: old"],
    ),
}

#: mail of which nothing is folded
SHOWN = {
    "no quote": "<p>Yes</p>",
    "nothing but a quote": '<blockquote type="cite">old</blockquote>',
    "nothing but a quote, as text": as_html("> a\n> b"),
    "indented below an address": "<p>Write this to &lt;c@x.example&gt;:</p><blockquote>b</blockquote><p>c</p>",
    "indented by its writer": '<p>a</p><blockquote style="margin:0 0 0 40px;border:none">b</blockquote><p>c</p>',
    "forwarded by Gmail": '<p>For you</p><div class="gmail_quote"><div>---------- Forwarded message ---------<br>'
    "From: x</div>content<blockquote class=gmail_quote>q</blockquote></div>",
    "forwarded by Apple Mail": "<p>For you</p><div>Begin forwarded message:</div><blockquote type=cite>q</blockquote>",
    "forwarded by Outlook at once": OUTLOOK.format("From", "Sent", "To", "Subject").replace(
        "Yes", ""
    ),
    "answers in another colour": "<p>My answers are in red below.</p>"
    + OUTLOOK.format("From", "Sent", "To", "Subject"),
    "a protocol": as_html("Transcript\n\n>>> DATA\n<<< 550 no such user"),
    "header of a mail that is talked about": as_html(
        "The mail said\n\nFrom: a\nDate: b\nTo: c\nSubject: d\n\nRight?"
    ),
    "something from somebody": as_html("From: Berlin\nTo: Wien\n\nWhich train?"),
    "more below the signature": as_html("Yes\n\n-- \nCarla\n\nPS: no"),
    "lines of dashes": as_html("--\none\n\n--\ntwo\n\n--\nthree\n\nfour"),
    "a long signature": f'<p>a</p><div class="gmail_signature">{"b " * 1000}</div>',
}

ATTRIBUTIONS = """
    On Mon, May 1, 2023 at 10:00 AM Carla <c@x.example> wrote:
    Am Mo., 1. Mai 2023 um 10:00 Uhr schrieb Carla <c@x.example>:
    Carla <c@x.example> schrieb am 1. Mai 2023 um 10:00:
    Le lun. 1 mai 2023 à 10:00, Carla <c@x.example> a écrit :
    El lun, 1 may 2023 a las 10:00, Carla (<c@x.example>) escribió:
    Il giorno lun 1 mag 2023 alle ore 10:00 Carla <c@x.example> ha scritto:
    Op ma 1 mei 2023 om 10:00 schreef Carla <c@x.example>:
    Em seg., 1 de mai. de 2023 às 10:00, Carla <c@x.example> escreveu:
    Den mån 1 maj 2023 kl 10:00 skrev Carla <c@x.example>:
    ma 1. toukok. 2023 klo 10.00 Carla (c@x.example) kirjoitti:
    pon., 1 maj 2023 o 10:00 Carla <c@x.example> napisał(a):
    po 1. 5. 2023 v 10:00 odesílatel Carla <c@x.example> napsal:
    Carla <c@x.example> ezt írta (időpont: 2023. máj. 1., H, 10:00):
    Daniel Pavel a scris, in 2/7/03 4:09 PM:
    пн, 1 мая 2023 г. в 10:00, Carla <c@x.example> пишет:
    1 May 2023 Pzt, 10:00 tarihinde Carla <c@x.example> şunu yazdı:
    2023年5月1日(月) 10:00 Carla <c@x.example>のメール:
    Carla <c@x.example> 于2023年5月1日周一 10:00写道：
    2023년 5월 1일 (월) 오전 10:00, Carla <c@x.example>님이 작성:
    26.06.2014, 14:41, "Carla" <c@x.example>:
    Thu, 26 Jun 2014 14:00:51 +0400 от Carla <c@x.example>:
    ‫בתאריך יום ב׳, 1 במאי 2023 ב-10:00 מאת ‪Carla‬‏ <‪c@x.example‬‏>:‬ כתב:
"""
HEADERS = """
    From Sent To Subject | Von Gesendet An Betreff | De Envoyé À Objet | De Enviado_el Para Asunto
    Da Inviato A Oggetto | Van Verzonden Aan Onderwerp | De Enviada Para Assunto | Från Skickat Till Ämne
    Fra Sendt Til Emne | Lähettäjä Lähetetty Vastaanottaja Aihe | Od Wysłano Do Temat | Od Odesláno Komu Předmět
    От Отправлено Кому Тема | Kimden Gönderildi Kime Konu | 差出人 送信日時 宛先 件名 | 发件人 发送时间 收件人 主题
    보낸_사람 보낸_날짜 받는_사람 제목 | Feladó Elküldve Címzett Tárgy
"""


def tree(source):
    return html.fragment_fromstring(source, create_parent="div")


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def folded(source, **options):
    """Return what stays in sight, and what is folded."""
    document = tree(source)
    fold_quotes(document, **options)
    marked = document.xpath("//*[@data-o-mail-quote][not(ancestor::*[@data-o-mail-quote])]")
    hidden = [words(element) for element in marked]
    for element in marked:
        element.clear(keep_tail=True)
    return words(document), hidden


@pytest.mark.parametrize("name", FOLDED)
def test_folded(name):
    source, shown, hidden = FOLDED[name]
    assert folded(source) == (shown, hidden)
    assert may_hold_quotes(re.split(r"(<[^<>]*>)", source))


@pytest.mark.parametrize("name", SHOWN)
def test_shown(name):
    assert folded(SHOWN[name]) == (words(tree(SHOWN[name])), [])


@pytest.mark.parametrize("line", ATTRIBUTIONS.strip().splitlines())
def test_line_above_a_quote(line):
    shown, hidden = folded(f"<p>Yes</p><p>{escape(line.strip())}</p><blockquote>old</blockquote>")
    assert shown == "Yes"
    assert hidden == [f"{line.strip()} old"]


@pytest.mark.parametrize("labels", re.split(r"\s*[|\n]\s*", HEADERS.strip()))
@pytest.mark.parametrize("colon", [":", " :"])
def test_header_of_outlook(labels, colon):
    labels = [label.replace("_", " ") + colon.rstrip(":") for label in labels.split()]
    source = OUTLOOK.format(*labels)
    shown, hidden = folded(source)
    assert shown == "Yes"
    assert len(hidden) == 1
    assert may_hold_quotes(re.split(r"(<[^<>]*>)", source))


def test_a_program_quotes_nothing():
    assert folded(GMAIL, show_all=True)[1] == []


@pytest.mark.parametrize(
    "subject", ["Fwd: Beans", "FW: Beans", "WG: Bohnen", "TR : Grains", "I: Fagioli", "转发：豆"]
)
def test_forwarded(subject):
    assert is_forward(subject)


@pytest.mark.parametrize(
    "subject", ["Beans", "Re: Fwd: Beans", "AW: WG: Bohnen", "Iris: in bloom", "Free: beans", ""]
)
def test_not_forwarded(subject):
    assert not is_forward(subject)


def test_the_folding_touches_nothing_beside_it():
    """The chatter folds line breaks beside a marked element, and Odoo's sanitizer images: so there is none beside."""
    document = tree('<p>a</p><blockquote type="cite">old</blockquote><br>b<br><img src="c">')
    fold_quotes(document)
    marked = document.xpath("//*[@data-o-mail-quote]")[0]
    assert marked.getnext() is None and marked.getprevious() is None
    assert not marked.tail


def test_marks_of_the_sender_are_not_believed():
    source = '<p>a</p><p data-o-mail-quote="1" data-o-mail-quote-node="1">b</p><blockquote>c</blockquote>'
    assert folded(source) == ("a b c", [])


def test_line_breaks_of_paragraphs_stay_valid():
    """No block stands within a paragraph: a browser would take it apart."""
    document = tree(
        "<p>Yes<br>-----Original Message-----<br>From: a<br>Sent: b<br>Subject: c<br>old</p>"
    )
    fold_quotes(document)
    assert not document.xpath("//p//div")
    assert len(document.xpath("//p/span/span[@data-o-mail-quote]")) == 1


PIECES = st.sampled_from(
    [
        *(source for source, _shown, _hidden in FOLDED.values()),
        *SHOWN.values(),
        "<p>new</p>",
        "text<br>",
        "<hr>",
        "<img src=x>",
        "<!-- c -->",
        "<blockquote>",
        "<blockquote type=cite>",
        "</blockquote>",
        "<div>",
        "</div>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<p>--<br>x</p>",
        "<pre>\n> a\n-- \nb</pre>",
        "From: a<br>Sent: b<br>Subject: c<br>",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=8))
def test_no_word_is_lost(pieces):
    """Whatever is folded or not, all of the text is there, in its order, and something of it is in sight."""
    document = tree("".join(pieces))
    before = "".join("".join(document.itertext()).split())
    fold_quotes(document)
    assert "".join("".join(document.itertext()).split()) == before
    shown, hidden = folded("".join(pieces))
    assert shown or not hidden or "<img" in "".join(pieces)
