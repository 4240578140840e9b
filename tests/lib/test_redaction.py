"""What logs and diagnostics leave out."""

import base64
import json
import re
import sys
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.redaction import without_people, without_secrets, without_secrets_in_url

sys.path.append(str(Path(__file__).parents[1]))
from secret_forms import found_in  # noqa: E402

SECRET = 'correct horse+"bättery"'


@pytest.mark.parametrize(
    "call",
    [
        {"password": SECRET},
        [{"vals": {"password": SECRET, "name": "Work"}}],
        # lines of a form inside a form
        [[7], {"imap_connection_ids": [[0, "virtual_1", {"password": SECRET}]]}],
        ({"refresh_token": SECRET},),
        json.loads("[" * 50 + json.dumps(SECRET) + "]" * 50),
    ],
)
def test_secrets_in_calls(call):
    before = repr(call)
    assert SECRET not in repr(without_secrets(call))
    assert repr(call) == before, "the call itself is left alone"


def test_all_else_in_calls_stays():
    call = [[1, 2], {"name": "Work", "password": "", "port": 993, "secret": False}, ("a", None)]
    assert without_secrets(call) == call


@pytest.mark.parametrize("name", ["access_token", "refresh_token", "code", "client_secret"])
def test_secrets_in_urls(name):
    line = f'"GET /google_gmail/confirm?state=7&{name}=4%2F0Abc-_d&scope=mail HTTP/1.1" 303'
    masked = without_secrets_in_url(line)
    assert "0Abc" not in masked
    assert masked == line.replace("4%2F0Abc-_d", "***")


def test_other_urls_stay():
    line = '"GET /web/image/7?unique=ab&encode=1&zipcode=12345 HTTP/1.1" 200'
    assert without_secrets_in_url(line) == line


@given(
    st.text(),
    st.text(alphabet="abcä0.+-_'", min_size=1),
    st.text(alphabet="abcä0.-", min_size=1),
    st.text(),
)
def test_no_address_stays(before, local, domain, after):
    shown = without_people(f"{before}{local}@{domain}{after}")
    assert not re.search(r"[a-z0-9ä]@[a-z0-9ä]", shown)


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("NO olga: wrong", ["olga"], "NO <name>: wrong"),
        ("Welcome OLGA Berg!", ["Olga", "Olga Berg"], "Welcome <name>!"),
        ("Folgates at 10", ["olga"], "Folgates at 10"),
        ("as at", ["at", "", None, False], "as at"),
        ("no folder Clients/A.+B (1)", ["Clients/A.+B (1)"], "no folder <name>"),
        ("user <anna@a.example> unknown", [], "user <<address>> unknown"),
    ],
)
def test_names(text, names, expected):
    assert without_people(text, names) == expected


@pytest.mark.parametrize("padding", [b"", b"\0", b"\0\0", b"\0olga@tea.example\0", b"user=x\1"])
def test_the_search_for_secrets_sees_them(padding):
    """Without this, tests that find nothing would prove nothing."""
    whole = padding + SECRET.encode() + b"\1\1"
    for written in (
        whole,
        base64.b64encode(whole),
        base64.urlsafe_b64encode(whole),
        whole.hex().encode(),
        quote_plus(whole).encode(),
        json.dumps({"x": SECRET}).encode(),
        repr([SECRET]).encode(),
    ):
        assert found_in(b"before " + written + b" after", [SECRET]), written
    assert not found_in(b"nothing of it", [SECRET])
