"""What people type is one argument of one command, or is never sent."""

import base64
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_server import ImapBox, ScriptedServer

from lib.errors import LoginRefused, SyncError
from lib.search import Query
from lib.session import Session

#: what leads out of an argument somewhere in IMAP or SASL, among ordinary characters
DANGEROUS = ["\r", "\n", "\r\n", "\0", "\x01", '"', "\\", "{3}", "{3+}\r\n", "~{1}", "(", ")", "*"]
#: a command that somebody wants to have run
SMUGGLED = "\r\nx9 DELETE INBOX\r\n"
typed = st.lists(
    st.one_of(st.sampled_from([*DANGEROUS, SMUGGLED, " "]), st.text(max_size=5)), max_size=8
).map("".join)
few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def commands(server):
    """The verbs that a server understood, without the farewell."""
    return [line.partition(b" ")[0] for line in server.commands if line != b"LOGOUT"]


def unquoted(argument):
    """The value of a quoted string (RFC 9051 section 9)."""
    assert argument[:1] == argument[-1:] == b'"'
    value, rest = b"", argument[1:-1]
    while rest:
        escaped = rest[:1] == b"\\"
        assert escaped or rest[:1] != b'"', "the string ends before its end"
        value, rest = value + rest[escaped : escaped + 1], rest[escaped + 1 :]
    return value


def two_strings(rest):
    """Both arguments of LOGIN."""
    end = 1
    while rest[end : end + 1] != b'"':
        end += 1 + (rest[end : end + 1] == b"\\")
    assert rest[end + 1 : end + 2] == b" "
    return unquoted(rest[: end + 1]), unquoted(rest[end + 2 :])


def said(peer, rest):
    """What a client says to AUTHENTICATE, with the command or when it is asked."""
    _mechanism, _, response = rest.partition(b" ")
    if not response:
        peer.send(b"+ ")
        response = peer.read_line()
    return base64.b64decode(response)


@few
@given(login=typed, secret=typed)
def test_login_and_password(account, login, secret):
    seen = []

    def authenticate(peer, tag, rest):
        seen.append(tuple(said(peer, rest).split(b"\0")[1:]))
        peer.send(tag + b" OK in")

    def by_command(peer, tag, rest):
        seen.append(two_strings(rest))
        peer.send(tag + b" OK in")

    smuggled = []
    hooks = {b"AUTHENTICATE": authenticate, b"LOGIN": by_command, **noting(smuggled)}
    for capabilities in (b"IMAP4rev1 SASL-IR", b"IMAP4rev1 SASL-IR AUTH=PLAIN"):
        seen.clear()
        with ScriptedServer(ImapBox(capabilities=capabilities, hooks=hooks)) as server:
            try:
                with Session(account(server, login=login, secret=secret)):
                    pass
            except LoginRefused:
                # it was not sent at all
                assert commands(server) == [b"CAPABILITY"]
            else:
                assert seen == [(login.encode(), secret.encode())]
        assert not smuggled


@few
@given(login=typed, token=typed)
def test_login_and_token(account, login, token):
    seen = []

    def authenticate(peer, tag, rest):
        seen.append(said(peer, rest))
        peer.send(tag + b" OK in")

    box = ImapBox(
        capabilities=b"IMAP4rev1 SASL-IR AUTH=XOAUTH2", hooks={b"AUTHENTICATE": authenticate}
    )
    with ScriptedServer(box) as server:
        try:
            with Session(account(server, login=login, secret=token, by_token=True)):
                pass
        except LoginRefused:
            assert commands(server) == [b"CAPABILITY"]
        else:
            user, bearer, *rest = seen[0].split(b"\x01")
            assert (user, bearer) == (b"user=" + login.encode(), b"auth=Bearer " + token.encode())
            assert rest == [b"", b""]


@few
@given(name=typed)
def test_folder_names(account, name):
    seen, smuggled = [], []

    def examine(peer, tag, rest):
        seen.append(unquoted(rest))
        peer.send(tag + b" NO there is none")

    raw = name.encode("utf-8", "replace")
    with ScriptedServer(ImapBox(hooks={b"EXAMINE": examine, **noting(smuggled)})) as server:
        with Session(account(server)) as session, pytest.raises(SyncError):
            session.examine(raw)
    assert seen in ([raw], [])
    assert not smuggled


@few
@given(words=typed, address=typed)
def test_searches(account, words, address):
    smuggled = []
    hooks = dict.fromkeys((b"SEARCH", b"UID SEARCH"), _found_nothing)
    with ScriptedServer(ImapBox(hooks={**hooks, **noting(smuggled)})) as server:
        with Session(account(server)) as session:
            session.examine(b"INBOX")
            session.search(Query(words, address), 5)
            session.search_people([address, words])
    assert not smuggled


def noting(smuggled):
    """A hook for the command that somebody wants to have run."""

    def note(peer, tag, rest):
        smuggled.append(rest)
        peer.send(tag + b" OK gone")

    return {b"DELETE": note}


def _found_nothing(peer, tag, rest):
    while announced := re.search(rb"\{(\d+)\}$", rest):
        peer.send(b"+ go on")
        rest = peer.read_line()[int(announced[1]) :]
    peer.send(b"* SEARCH", tag + b" OK done")
