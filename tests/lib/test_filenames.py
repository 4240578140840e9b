"""Names of attachments, made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.filenames import MAX_NAME_LENGTH, safe_mimetype, safe_name

NAMES = {
    "ordinary": ("Offer 1.pdf", "Offer 1.pdf"),
    "path": ("../../etc/passwd", "passwd"),
    "Windows path": (r"C:\temp\offer.pdf", "offer.pdf"),
    "only a path": ("../", "attachment.pdf"),
    "empty": ("", "attachment.pdf"),
    "dots": ("...", "attachment.pdf"),
    "hidden": (".htaccess", "htaccess"),
    "line break": ("a\r\nb.pdf", "a b.pdf"),
    "NUL": ("a.pdf\x00.exe", "a.pdf.exe"),
    "turned around": ("invoice\u202efdp.exe", "invoicefdp.exe"),
    "forbidden": ('a:b*c?"<>|.pdf', "a_b_c_____.pdf"),
    "long": ("a" * 300 + ".pdf", "a" * (MAX_NAME_LENGTH - 4) + ".pdf"),
    "long without extension": ("a" * 300, "a" * MAX_NAME_LENGTH),
    "long extension": ("a." + "b" * 300, "a." + "b" * (MAX_NAME_LENGTH - 2)),
    "other scripts": ("Список 見積.doc", "Список 見積.doc"),
}


@pytest.mark.parametrize(("name", "expected"), NAMES.values(), ids=NAMES)
def test_name(name, expected):
    assert safe_name(name, "application/pdf") == expected


@pytest.mark.parametrize(
    ("mimetype", "expected"),
    [
        ("text/calendar", "invite.ics"),
        ("application/pkcs7-signature", "smime.p7s"),
        ("application/ms-tnef", "winmail.dat"),
        ("image/jpg", "attachment.jpg"),
        ("x/unheard-of", "attachment"),
    ],
)
def test_name_of_the_nameless(mimetype, expected):
    assert safe_name("", mimetype) == expected


@pytest.mark.parametrize(
    ("mimetype", "name", "expected"),
    [
        ("application/pdf", "a.zip", "application/pdf"),
        ("application/octet-stream", "a.pdf", "application/pdf"),
        ("application/octet-stream", "a", "application/octet-stream"),
        ("rubbish", "a.png", "image/png"),
        ("text/html\r\nx: y", "a", "application/octet-stream"),
    ],
)
def test_mimetype(mimetype, name, expected):
    assert safe_mimetype(mimetype, name) == expected


@given(st.one_of(st.text(st.characters()), st.text(st.sampled_from(list("./\\ :\x00\n\u202ea")))))
def test_any_name_becomes_safe(name):
    safe = safe_name(name, "application/pdf")
    assert 0 < len(safe) <= MAX_NAME_LENGTH
    assert not set(safe) & set('/\\\x00\r\n<>:"|?*\u202e')
    assert safe.strip(" .") == safe
    assert safe_name(safe, "application/pdf") == safe
    safe.encode()
