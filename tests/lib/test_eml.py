"""Mails written as files, read again by Python's own parser."""

from datetime import datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.eml import Attachment, as_eml, file_name


def read(raw):
    return message_from_bytes(raw, policy=policy.default)


def test_a_mail_with_everything():
    picture = Attachment("tea.png", "image/png", b"\x89PNG", "7")
    offer = Attachment("Angebot für Köln.pdf", "application/pdf", b"%PDF")
    mail = read(
        as_eml(
            {
                "From": '"Müller, Jürgen" <jm@shop.example>',
                "To": "Olga <olga@tea.example>, info@tea.example",
                "Cc": None,
                "Subject": "Grüner Tee ☕",
                "Message-ID": "<a@shop.example>",
            },
            '<p>日本茶 <img src="cid:7"></p>',
            [picture, offer],
        )
    )
    assert mail["From"].addresses[0].display_name == "Müller, Jürgen"
    assert [one.addr_spec for one in mail["To"].addresses] == [
        "olga@tea.example",
        "info@tea.example",
    ]
    assert (mail["Subject"], mail["Cc"]) == ("Grüner Tee ☕", None)
    text, image, pdf = mail.iter_parts()
    assert "日本茶" in text.get_content()
    assert (image["Content-ID"], image.get_content()) == ("<7>", b"\x89PNG")
    assert (pdf.get_filename(), pdf.get_content()) == ("Angebot für Köln.pdf", b"%PDF")


@pytest.mark.parametrize(
    "value", ["a\r\nBcc: x@evil.example", "a\n\nbody", "\ud800", "=?utf-8?q?=0a?=", "\x00", ""]
)
@pytest.mark.parametrize("name", ["Subject", "From", "Message-ID"])
def test_no_value_makes_a_field_of_its_own(name, value):
    mail = message_from_bytes(as_eml({name: value}, "<p>Hi</p>"))
    assert set(mail.keys()) <= {"Content-Type", "MIME-Version", name}
    assert len(mail.get_payload()) == 1


@pytest.mark.parametrize(
    "mimetype", ["message/rfc822", "multipart/mixed", "", "x", "a/b\r\nX: y", "té/x"]
)
def test_the_content_of_a_file_is_no_part_of_the_mail(mimetype):
    raw = as_eml({}, "", [Attachment("a.eml", mimetype, b"Subject: x\n\nHi")])
    _text, part = message_from_bytes(raw).get_payload()
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_payload(decode=True) == b"Subject: x\n\nHi"


@given(st.text(), st.text(), st.text(), st.binary())
def test_any_text_gives_a_mail(subject, people, name, content):
    raw = as_eml(
        {"Subject": subject, "From": people, "To": people},
        subject,
        [Attachment(name, name, content)],
    )
    _text, part = message_from_bytes(raw).get_payload()
    assert part.get_payload(decode=True) == content


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Order", "2026-01-02 0304 Order (5).eml"),
        ("../../etc: a/b\\c\n", "2026-01-02 0304 etc_ a_b_c (5).eml"),
        ("", "2026-01-02 0304 (5).eml"),
        (None, "2026-01-02 0304 (5).eml"),
    ],
)
def test_file_name(subject, name):
    assert file_name(datetime(2026, 1, 2, 3, 4), subject, 5) == name
