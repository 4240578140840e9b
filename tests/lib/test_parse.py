"""From bytes to what a person sees, as tables of cases; and what hostile mail may cost."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.errors import MessageUnreadable
from lib.parse import Note, ParseLimits, parse_mail

PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n"
IMAGE = (
    "Content-Type: image/png; name=a.png\nContent-ID: <i@x>\n"
    "Content-Transfer-Encoding: base64\n\naW1n"
)
PDF = "Content-Type: application/pdf; name=a.pdf\nContent-Disposition: attachment\n\npdf"


def multipart(subtype, *parts, boundary="b", more=""):
    """Return a multipart as text."""
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"{more}\n\n'
    return head + "".join(f"--{boundary}\n{part}\n" for part in parts) + f"--{boundary}--\n"


def parse(text, **limits):
    raw = text if isinstance(text, bytes) else text.encode()
    return parse_mail(raw, ParseLimits(**limits))


ALTERNATIVE = multipart("alternative", PLAIN + "plain", HTML + "<p>rich</p>", boundary="alt")

#: name -> (mail, HTML, text)
BODIES = {
    "plain": (PLAIN + "Hello\r\nthere\r\n", "", "Hello\nthere"),
    "nothing declared": ("Subject: a\n\nHello", "", "Hello"),
    "no header": ("\nHello: there", "", ""),
    "HTML": (HTML + "<p>Hello</p>", "<p>Hello</p>", ""),
    "alternative": (ALTERNATIVE, "<p>rich</p>", "plain"),
    "alternative, blank HTML": (
        multipart("alternative", PLAIN + "plain", HTML + "<p>&nbsp;</p>"), "", "plain",
    ),
    "alternative, unknown forms": (
        multipart(
            "alternative", PLAIN + "plain", "Content-Type: text/x-amp-html\n\n<html amp>",
            HTML + "<p>rich</p>", "Content-Type: text/enriched\n\n<bold>x",
        ),
        "<p>rich</p>", "plain",
    ),
    "alternative with a mixed one (Apple)": (
        multipart(
            "alternative", PLAIN + "plain",
            multipart("mixed", HTML + "<p>1</p>", PDF, HTML + "<p>2</p>", boundary="c"),
        ),
        "<p>1</p>\n<p>2</p>", "plain",
    ),
    "related": (
        multipart("related", HTML + '<img src="cid:i@x">', IMAGE), '<img src="cid:i@x">', "",
    ),
    "related in alternative": (
        multipart(
            "alternative", PLAIN + "plain",
            multipart("related", HTML + '<img src="cid:i@x">', IMAGE, boundary="c"),
        ),
        '<img src="cid:i@x">', "plain",
    ),
    "alternative in related": (
        multipart("related", ALTERNATIVE, IMAGE), "<p>rich</p>", "plain",
    ),
    "related, root not first": (
        multipart(
            "related", IMAGE, "Content-ID: <r>\n" + HTML + "<p>root</p>", more='; start="<r>"',
        ),
        "<p>root</p>", "",
    ),
    "several texts": (
        multipart("mixed", PLAIN + "one", PDF, PLAIN + "two"), "", "one\n\ntwo",
    ),
    "list's footer after HTML": (
        multipart("mixed", HTML + "<html><body>a</body></html>", PLAIN + "footer"),
        "a\n<p>footer</p>", "",
    ),
    "list's footer after both": (
        multipart("mixed", ALTERNATIVE, PLAIN + "footer"),
        "<p>rich</p>\n<p>footer</p>", "plain\n\nfooter",
    ),
    "signed": (
        multipart("signed", ALTERNATIVE, "Content-Type: application/pkcs7-signature\n\nx"),
        "<p>rich</p>", "plain",
    ),
    "delivery report": (
        multipart("report", PLAIN + "bounced", "Content-Type: message/delivery-status\n\nx"),
        "", "bounced",
    ),
    "flowed": (
        "Content-Type: text/plain; format=flowed\n\na \nb\n", "", "a b",
    ),
    "quoted-printable": (
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        "Gr=C3=BC=\n=C3=9Fe =ZZ", "", "Grüße =ZZ",
    ),
    "broken base64": ("Content-Transfer-Encoding: base64\n\nSGVs!bG8", "", "Hello"),
    "charset of HTML itself": (
        b'Content-Type: text/html\n\n<meta charset="koi8-r">' + "Привет".encode("koi8-r"),
        '<meta charset="koi8-r">Привет', "",
    ),
    "wrong charset": (b"Content-Type: text/plain; charset=utf-8\n\ncaf\xe9", "", "café"),
    "NUL": (b"Content-Type: text/plain\n\na\x00b", "", "ab"),
    "mark of Windows": (b"\xef\xbb\xbfSubject: a\n\n\xef\xbb\xbfHello", "", "Hello"),
    "CR only": (ALTERNATIVE.replace("\n", "\r"), "<p>rich</p>", "plain"),
    "CRLF": (ALTERNATIVE.replace("\n", "\r\n"), "<p>rich</p>", "plain"),
    "From line of mbox": ("From a@b Mon\n" + ALTERNATIVE, "<p>rich</p>", "plain"),
    "never closed": (ALTERNATIVE[: -len("\n--alt--\n")], "<p>rich</p>", "plain"),
    "folded boundary": (
        multipart("mixed", PLAIN + "a", boundary="x y").replace('"x y"', '"x\n y"'), "", "a",
    ),
    "boundary not found": (
        "Content-Type: multipart/mixed; boundary=x\n\nHello\n", "", "Hello",
    ),
    "no boundary": ("Content-Type: multipart/mixed\n\nHello\n", "", "Hello"),
    "boundary begins another": (
        multipart(
            "mixed", multipart("mixed", PLAIN + "in", boundary="bb"), PLAIN + "out",
        ),
        "", "in\n\nout",
    ),
    "no Content-Type that can be read": ("Content-Type: text\n\nHello", "", "Hello"),
    "14 KB of semicolons": ("Content-Type: text/plain" + ";" * 14_000 + "\n\nHello", "", "Hello"),
    "part without a header": (multipart("mixed", "\nHello"), "", "Hello"),
    "part without an empty line": (multipart("mixed", "Hello there"), "", "Hello there"),
    "empty": ("", "", ""),
    "only a PDF": (PDF, "", ""),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "html", "text"), BODIES.values(), ids=BODIES)
def test_body(mail, html, text):
    parsed = parse(mail)
    assert (parsed.body_html, parsed.body_text) == (html, text)
    assert not parsed.truncated


def part(fields, content="x"):
    return multipart("mixed", PLAIN + "body", f"{fields}\n\n{content}")


#: name -> (mail, names, types)
FILES = {
    "ordinary": (part("Content-Type: application/pdf; name=a.pdf"), ["a.pdf"], ["application/pdf"]),
    "disposition wins": (
        part('Content-Type: a/b; name=x\nContent-Disposition: attachment; filename="a b.pdf"'),
        ["a b.pdf"], ["a/b"],
    ),
    "RFC 2231": (
        part("Content-Disposition: attachment; filename*=utf-8''%C3%BC.pdf; filename=u.pdf"),
        ["ü.pdf"], ["application/pdf"],
    ),
    "RFC 2231 in pieces": (
        part(
            "Content-Disposition: attachment;\n"
            " filename*0*=iso-8859-1'de'%FC;\n filename*1=b.pdf"
        ),
        ["üb.pdf"], ["application/pdf"],
    ),
    "RFC 2047": (
        part('Content-Disposition: attachment; filename="=?utf-8?B?w7wucGRm?="'),
        ["ü.pdf"], ["application/pdf"],
    ),
    "raw 8-bit": (
        part("Content-Disposition: attachment; filename=ü.pdf"), ["ü.pdf"], ["application/pdf"],
    ),
    "semicolons within quotes": (
        part('Content-Disposition: attachment; filename="a;b;2.pdf"'),
        ["a;b;2.pdf"], ["application/pdf"],
    ),
    "spaces without quotes": (
        part("Content-Disposition: attachment; filename=a b.pdf; size=3"),
        ["a b.pdf"], ["application/pdf"],
    ),
    "path": (part("Content-Type: a/b; name=../../etc/passwd"), ["passwd"], ["a/b"]),
    "octet-stream": (
        part("Content-Type: application/octet-stream; name=a.png"), ["a.png"], ["image/png"],
    ),
    "text as a file": (
        part("Content-Disposition: attachment; filename=a.txt"), ["a.txt"], ["text/plain"],
    ),
    "text inline with a name": (
        part("Content-Disposition: inline; filename=a.txt"), ["a.txt"], ["text/plain"],
    ),
    "invitation": (
        multipart("alternative", PLAIN + "x", "Content-Type: text/calendar; method=REQUEST\n\nx"),
        ["invite.ics"], ["text/calendar"],
    ),
    "a mail": (
        part("Content-Type: message/rfc822", "Subject: Re: 1/2\nFrom: a@x.com\n\nHello"),
        ["Re_ 1-2.eml"], ["message/rfc822"],
    ),
    "a mail without subject": (
        part("Content-Type: message/rfc822", "From: a@x.com\n\nHello"),
        ["message.eml"], ["message/rfc822"],
    ),
    "digest": (
        multipart("digest", "\nSubject: one\n\nx", "\nSubject: two\n\ny"),
        ["one.eml", "two.eml"], ["message/rfc822"] * 2,
    ),
    "S/MIME signature": (
        multipart("signed", PLAIN + "x", "Content-Type: application/pkcs7-signature\n\nx"),
        ["smime.p7s"], ["application/pkcs7-signature"],
    ),
    "PGP": (
        multipart(
            "encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            "Content-Type: application/octet-stream; name=encrypted.asc\n\nx",
        ),
        ["pgp-version.asc", "encrypted.asc"],
        ["application/pgp-encrypted", "application/octet-stream"],
    ),
    "TNEF": (
        part("Content-Type: application/ms-tnef"), ["winmail.dat"], ["application/ms-tnef"],
    ),
    "resource fork": (
        multipart(
            "mixed", PLAIN + "x",
            multipart("appledouble", "Content-Type: application/applefile\n\nx", PDF, boundary="c"),
        ),
        ["a.pdf"], ["application/pdf"],
    ),
    "delivery report": (
        multipart(
            "report", PLAIN + "x", "Content-Type: message/delivery-status\n\nx",
            "Content-Type: text/rfc822-headers\n\nx",
        ),
        ["delivery-status.txt", "headers.txt"], ["message/delivery-status", "text/rfc822-headers"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("mail", "names", "types"), FILES.values(), ids=FILES)
def test_attachments(mail, names, types):
    attachments = parse(mail).attachments
    assert [attachment.name for attachment in attachments] == names
    assert [attachment.mimetype for attachment in attachments] == types


def test_body_with_a_file_name_is_the_body():
    mail = multipart("mixed", "Content-Type: text/plain; name=body.txt\n\nHello", PDF)
    assert parse(mail).body_text == "Hello"


@pytest.mark.parametrize("content_id", ["<i@x>", "i@x", " < i@x > "])
@pytest.mark.parametrize("reference", ["cid:i@x", "cid:i%40x", "CID:&lt;i@x&gt;"])
def test_inline_image(content_id, reference):
    image = IMAGE.replace("<i@x>", content_id)
    mail = multipart("related", HTML + f'<p><img src="{reference}"></p>', image)
    (attachment,) = parse(mail).attachments
    assert (attachment.inline, attachment.content_id, attachment.content) == (True, "i@x", b"img")


def test_image_that_nothing_shows_is_a_file():
    # Outlook gives every attachment a Content-ID, and Apple Mail calls lone images inline
    image = "Content-Disposition: inline\n" + IMAGE
    (attachment,) = parse(multipart("mixed", HTML + "<p>a</p>", image)).attachments
    assert not attachment.inline


@pytest.mark.parametrize("mark", ['"', "'"])
def test_images_embedded_in_the_html(mark):
    image = base64.b64encode(b"img" * 1000).decode()
    source = f"<img src={mark}data:image/png;base64,{image}{mark} width=1>"
    parsed = parse(multipart("mixed", HTML + source * 2, HTML + source), max_body_chars=1000)
    (attachment,) = parsed.attachments
    assert parsed.body_html.count(f'<img src="cid:{attachment.content_id}" width=1>') == 3
    assert (attachment.content, attachment.inline) == (b"img" * 1000, True)
    assert (attachment.name, attachment.mimetype) == ("attachment.png", "image/png")
    assert not parsed.truncated


def test_embedded_svg_stays():
    source = '<img src="data:image/svg+xml;base64,PHN2Zz4=">'
    assert parse(HTML + source).body_html == source


def nested(depth, content):
    opening = "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(depth)
    )
    closing = "".join(f"--b{n}--\n" for n in reversed(range(depth)))
    return opening + content + "\n" + closing


class TestLimits:
    def test_depth(self):
        assert parse(nested(30, PLAIN + "Hello")).body_text == "Hello"
        assert parse(nested(5000, PLAIN + "Hello")).notes == (Note.TOO_DEEP,)

    def test_parts(self):
        parsed = parse(multipart("mixed", *[PDF] * 3000), max_attachments=5000)
        assert len(parsed.attachments) == ParseLimits().max_parts - 1
        assert parsed.notes == (Note.TOO_MANY_PARTS,)

    def test_attachments(self):
        parsed = parse(multipart("mixed", PLAIN + "a", *[PDF] * 300))
        assert len(parsed.attachments) == ParseLimits().max_attachments
        assert parsed.notes == (Note.TOO_MANY_ATTACHMENTS,)

    def test_size_of_attachments(self):
        parsed = parse(multipart("mixed", PLAIN + "a", PDF, IMAGE), max_attachment_bytes=3)
        assert [attachment.name for attachment in parsed.attachments] == ["a.pdf"]
        assert parsed.notes == (Note.ATTACHMENT_TOO_LARGE,)

    @pytest.mark.parametrize("head", [PLAIN, HTML])
    def test_body(self, head):
        parsed = parse(head + "a" * 2000, max_body_chars=1000)
        assert len(parsed.body_html + parsed.body_text) == 1000
        assert parsed.notes == (Note.BODY_CUT,)

    def test_body_in_many_parts(self):
        parsed = parse(multipart("mixed", *[PLAIN + "a" * 900] * 10), max_body_chars=1000)
        assert len(parsed.body_text) == 1000
        assert parsed.notes == (Note.BODY_CUT,)

    def test_mail(self):
        parsed = parse(PLAIN + "a" * 2000, max_bytes=1000)
        assert parsed.notes == (Note.MAIL_CUT,)

    def test_header_of_4096_recipients(self):
        to = ",\n ".join(f"Somebody {n} <somebody{n}@example.com>" for n in range(4096))
        assert parse(f"To: {to}\n{PLAIN}Hello").body_text == "Hello"


BIG = 4 * 1024 * 1024
COSTLY = {
    "false delimiters": "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n"
    + "--bX\n" * (BIG // 5),
    "delimiters of one character": "Content-Type: multipart/mixed; boundary=-\n\n" + "-" * BIG,
    "parameters": "Content-Type: a/b" + '; a="' * (BIG // 5),
    "sections": "Content-Type: a/b" + "".join(f"; name*{n}*=%41" for n in range(1000)) + "\n\n",
    "header only": "a:b\n" * (BIG // 4),
    "fields of one name": "Content-Type:a\n" * (BIG // 15),
    "spaces": " \n" * (BIG // 2),
    "parts without an empty line": multipart("mixed", *["a: b\n" * 800] * 900),
    "flowed": "Content-Type: text/plain; format=flowed\n\n" + "a \n" * 300_000,
    "quoted-printable": "Content-Transfer-Encoding: quoted-printable\n\n" + "=" * BIG,
    "base64": "Content-Transfer-Encoding: base64\n\n" + "=" * BIG,
    "escapes": "Content-Type: text/plain; charset=iso-2022-jp\n\n" + "\x1b$B" * 300_000,
    "embedded images": HTML + '<img src="data:image/png;base64,' * 100_000,
    "references": HTML + '<img src="cid:a@b">' * 50_000,
}


@pytest.mark.parametrize("mail", COSTLY.values(), ids=COSTLY)
def test_no_mail_costs_quadratic_time(mail):
    # each would take minutes, which the suite's own time limit would show
    parse(mail)


def test_only_one_error_comes_out():
    with pytest.raises(MessageUnreadable):
        parse_mail("not bytes")


LINES = st.sampled_from(
    [
        b"Content-Type: multipart/mixed; boundary=b",
        b"Content-Type: multipart/alternative; boundary=c",
        b"Content-Type: multipart/related; boundary=b; start=x",
        b"Content-Type: text/html; charset=utf-7",
        b"Content-Type: message/rfc822",
        b"Content-Type: text/plain; format=flowed; charset=utf-16",
        b"Content-Type: image/png; name*0*=utf-8''%00",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Disposition: attachment; filename=\x00/..",
        b"Content-ID: <x>",
        *(b"--b", b"--b--", b"--c", b"--c--", b"", b"", b"+2AA-", b"=00=ED=A0=80", b"a \r", b"> a"),
        b"\xff\x00<img src=cid:x>",
    ]
)


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=200), st.lists(LINES, max_size=25).map(b"\n".join)))
def test_any_bytes_give_clean_mail(raw):
    parsed = parse_mail(raw)
    texts = [parsed.body_html, parsed.body_text]
    for attachment in parsed.attachments:
        texts += [attachment.name, attachment.mimetype, attachment.content_id]
        assert attachment.name
    for text in texts:
        assert "\x00" not in text
        text.encode()
    assert "\r" not in parsed.body_text


@given(st.binary(max_size=300))
def test_content_survives(content):
    encoded = base64.encodebytes(content).decode()
    mail = part("Content-Type: a/b\nContent-Transfer-Encoding: base64", encoded)
    assert parse(mail).attachments[0].content == content
