"""Everything up to being signed in: TLS, STARTTLS, PREAUTH, the kinds of sign-in, secrets."""

import base64
import logging
import ssl
import threading
import traceback

import pytest
from scripted_server import ImapBox, ScriptedServer

from lib.account import NetworkPolicy, Security
from lib.errors import (
    AppPasswordNeeded,
    CertificateInvalid,
    ConnectionTimeout,
    ImapDisabled,
    LoginRefused,
    PlainLoginForbidden,
    ProtocolError,
    ServerUnavailable,
    SyncError,
    TlsExpected,
    TlsFailed,
    TlsNotSpoken,
    TokenRefused,
)
from lib.network import tls_context
from lib.session import Limits, Session

SECRET = 'tr0ub4dor "&\\ 3'


def plain(login, secret):
    return base64.b64encode(f"\0{login}\0{secret}".encode())


def authenticate(accepted, seen):
    """A hook for AUTHENTICATE that asks for the response unless it came along."""

    def hook(peer, tag, rest):
        mechanism, _, response = rest.partition(b" ")
        assert mechanism == b"PLAIN"
        if not response:
            peer.send(b"+ ")
            response = peer.read_line()
        seen.append(response)
        peer.send(tag + (b" OK in" if response == accepted else b" NO [AUTHENTICATIONFAILED] no"))

    return hook


# TLS


def test_tls(certificates, account):
    certificate, ca_file = certificates["good"]
    with ScriptedServer(ImapBox(), certificate=certificate, tls=True) as server:
        for host in ("127.0.0.1", "localhost", "LOCALHOST."):
            with Session(account(server, Security.SSL, ca_file, host=host)) as session:
                assert session.list_folders()


@pytest.mark.parametrize("security", [Security.SSL, Security.STARTTLS])
@pytest.mark.parametrize(
    ("kind", "trusted", "words"),
    [
        ("expired", True, "has expired"),
        ("other host", True, "is for another host"),
        ("good", False, "unknown authority"),
    ],
)
def test_certificates_that_prove_nothing(certificates, account, security, kind, trusted, words):
    certificate, ca_file = certificates[kind]
    box = ImapBox(capabilities=b"IMAP4rev1 STARTTLS")
    tls = security is Security.SSL
    with ScriptedServer(box, certificate=certificate, tls=tls) as server:
        with pytest.raises(CertificateInvalid) as caught:
            Session(account(server, security, ca_file if trusted else None)).open()
        assert words in caught.value.detail
        assert not any(b"secret" in line for line in server.lines)


def test_starttls(certificates, account):
    certificate, ca_file = certificates["good"]
    box = ImapBox(capabilities=b"IMAP4rev1 STARTTLS")

    def capability(_peer, _tag, _rest):
        if len(server.lines) > 1:
            box.capabilities = b"IMAP4rev1 X-INSIDE"
        return False

    box.hooks[b"CAPABILITY"] = capability
    with ScriptedServer(box, certificate=certificate) as server:
        with Session(account(server, Security.STARTTLS, ca_file)) as session:
            assert session.capabilities == {"IMAP4REV1", "X-INSIDE"}
    assert server.commands[:3] == [b"CAPABILITY", b"STARTTLS", b"CAPABILITY"]


def test_what_is_injected_before_tls_is_dropped(certificates, account):
    """CVE-2011-0411 and relatives: plain text in the same packet as the OK must not count
    afterwards.
    """
    certificate, ca_file = certificates["good"]

    def starttls(peer, tag, _rest):
        peer.send_raw(tag + b" OK go\r\n* CAPABILITY IMAP4rev1 X-INJECTED\r\n* BYE injected\r\n")
        peer.start_tls()

    box = ImapBox(capabilities=b"IMAP4rev1 STARTTLS", hooks={b"STARTTLS": starttls})
    with ScriptedServer(box, certificate=certificate) as server:
        with Session(account(server, Security.STARTTLS, ca_file)) as session:
            assert "X-INJECTED" not in session.capabilities


def test_starttls_stripped(account):
    with ScriptedServer(ImapBox()) as server, pytest.raises(TlsFailed):
        Session(account(server, Security.STARTTLS)).open()
    assert server.commands == [b"CAPABILITY"]


def test_starttls_refused(account):
    refuse = {b"STARTTLS": lambda peer, tag, _: peer.send(tag + b" NO not now")}
    box = ImapBox(capabilities=b"IMAP4rev1 STARTTLS", hooks=refuse)
    with ScriptedServer(box) as server, pytest.raises(TlsFailed) as caught:
        Session(account(server, Security.STARTTLS)).open()
    assert caught.value.detail == "not now"
    assert len(server.commands) == 2


@pytest.mark.parametrize(
    ("security", "expected"), [(Security.STARTTLS, TlsFailed), (Security.NONE, ProtocolError)]
)
def test_preauth(account, security, expected):
    box = ImapBox(capabilities=b"IMAP4rev1 STARTTLS")
    box.greeting = b"* PREAUTH [CAPABILITY IMAP4rev1] hello admin"
    with ScriptedServer(box) as server, pytest.raises(expected):
        Session(account(server, security)).open()
    assert server.lines == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("security", [Security.SSL, Security.STARTTLS])
def test_tls_before_1_2_is_refused(certificates, account, security):
    certificate, ca_file = certificates["good"]
    box = ImapBox(capabilities=b"IMAP4rev1 STARTTLS")
    tls = security is Security.SSL
    with ScriptedServer(box, certificate=certificate, tls=tls) as server:
        # as old servers are; today's OpenSSL does that at its lowest level of security only
        server.tls_context.set_ciphers("ALL:@SECLEVEL=0")
        server.tls_context.minimum_version = ssl.TLSVersion.TLSv1
        server.tls_context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises(TlsFailed):
            Session(account(server, security, ca_file)).open()
        assert not any(b"secret" in line for line in server.lines)
    assert tls_context(ca_file).minimum_version is ssl.TLSVersion.TLSv1_2
    assert tls_context(ca_file).check_hostname


def test_tls_on_a_plain_port(account):
    with ScriptedServer(ImapBox()) as server, pytest.raises(TlsNotSpoken):
        Session(account(server, Security.SSL)).open()


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.NONE])
def test_no_tls_on_a_tls_port(certificates, account, security, trusted):
    """The server waits for TLS, and would do so until the time is over."""
    certificate, ca_file = certificates["good"]
    with ScriptedServer(ImapBox(), certificate=certificate, tls=True) as server:
        with pytest.raises(TlsExpected) as caught:
            Session(
                account(server, security, ca_file if trusted else None),
                limits=Limits(connect_timeout=2),
            ).open()
        assert caught.value.field == "security"
        assert not any(b"secret" in line for line in server.lines)


def test_a_server_that_takes_its_time_to_greet(account):
    """It is asked for TLS meanwhile, on another connection, and has all of the time all the same."""
    connections = []
    box = ImapBox()

    def slow(peer):
        connections.append(peer)
        if len(connections) == 1:
            asked.wait(5)
            box(peer)
        else:
            asked.set()

    asked = threading.Event()
    with ScriptedServer(slow) as server:
        with Session(account(server), limits=Limits(connect_timeout=4)) as session:
            assert session.list_folders()
    assert len(connections) == 2


def test_a_tls_handshake_that_hangs(account):
    with ScriptedServer(lambda peer: peer.wait_for_end()) as server:
        with pytest.raises(ConnectionTimeout):
            Session(account(server, Security.SSL), limits=Limits(connect_timeout=0.3)).open()


def test_a_missing_ca_file(account, tmp_path):
    with ScriptedServer(lambda peer: peer.wait_for_end()) as server, pytest.raises(TlsFailed):
        Session(account(server, Security.SSL, str(tmp_path / "none.pem"))).open()


def test_without_encryption_only_where_allowed(account):
    with ScriptedServer(ImapBox()) as server, pytest.raises(PlainLoginForbidden):
        Session(account(server, policy=NetworkPolicy())).open()
    assert server.connections == 0


# Sign-in


def test_login_by_command(account):
    with ScriptedServer(ImapBox()) as server, Session(account(server, secret=SECRET)):
        pass
    assert b'LOGIN "anna@example.com" "tr0ub4dor \\"&\\\\ 3"' in server.commands


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1 AUTH=PLAIN SASL-IR"])
def test_authenticate_plain(account, capabilities):
    seen = []
    hook = authenticate(plain("anna@example.com", SECRET), seen)
    box = ImapBox(capabilities=capabilities, hooks={b"AUTHENTICATE": hook})
    with ScriptedServer(box) as server, Session(account(server, secret=SECRET)):
        assert len(seen) == 1
        assert not any(line.partition(b" ")[2].startswith(b"LOGIN") for line in server.lines)


def test_non_ascii_passwords_use_authenticate(account):
    seen = []
    box = ImapBox(hooks={b"AUTHENTICATE": authenticate(plain("anna@example.com", "päß"), seen)})
    with ScriptedServer(box) as server, Session(account(server, secret="päß")):
        assert len(seen) == 1


def test_a_server_that_asks_for_what_it_has_got(account):
    def hook(peer, tag, _rest):
        peer.send(b"+ ")
        assert peer.read_line() == plain("anna@example.com", "secret")
        peer.send(b"+ ")
        assert peer.read_line() == b"*"
        peer.send(tag + b" BAD cancelled")

    box = ImapBox(capabilities=b"IMAP4rev1 AUTH=PLAIN SASL-IR", hooks={b"AUTHENTICATE": hook})
    with ScriptedServer(box) as server, pytest.raises(LoginRefused):
        Session(account(server)).open()


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (b"IMAP4rev1 LOGINDISABLED", LoginRefused),
        (b"IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", AppPasswordNeeded),
    ],
)
def test_login_disabled(account, capabilities, expected):
    with ScriptedServer(ImapBox(capabilities=capabilities)) as server:
        with pytest.raises(expected) as caught:
            Session(account(server)).open()
        assert type(caught.value) is expected
        assert server.commands == [b"CAPABILITY"]


@pytest.mark.parametrize(
    "values", [{"login": "a\r\nb"}, {"secret": "a\r\nm9 DELETE INBOX"}, {"secret": "a\0b"}]
)
def test_line_breaks_in_credentials_are_never_sent(account, values):
    with ScriptedServer(ImapBox()) as server, pytest.raises(LoginRefused):
        Session(account(server, **values)).open()
    assert server.commands == [b"CAPABILITY"]


def test_a_refusal_carries_the_servers_words(account):
    refuse = {
        b"LOGIN": lambda peer, tag, _: peer.send(
            tag + b" NO [ALERT] Application-specific password required"
        )
    }
    with (
        ScriptedServer(ImapBox(hooks=refuse)) as server,
        pytest.raises(AppPasswordNeeded) as caught,
    ):
        Session(account(server)).open()
    assert caught.value.detail == "[ALERT] Application-specific password required"


def test_capabilities_are_read_again_after_login(account):
    box = ImapBox()

    def login(_peer, _tag, _rest):
        box.capabilities = b"IMAP4rev1 ID ESEARCH"
        return False

    box.hooks[b"LOGIN"] = login
    with ScriptedServer(box) as server, Session(account(server)) as session:
        assert session.capabilities == {"IMAP4REV1", "ID", "ESEARCH"}
        session.examine(b"INBOX")
        verbs = [command.split()[0] for command in server.commands]
        assert verbs == [b"CAPABILITY", b"LOGIN", b"CAPABILITY", b"ID", b"EXAMINE"]


def test_id_is_optional_even_where_it_is_offered(account):
    refuse = {b"ID": lambda peer, tag, _: peer.send(tag + b" BAD not before login")}
    with ScriptedServer(ImapBox(capabilities=b"IMAP4rev1 ID", hooks=refuse)) as server:
        with Session(account(server)) as session:
            assert session.list_folders()


# Tokens


XOAUTH2 = b"IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR"
TOKEN = "ya29.a0AfB_byC-token"


def bearer(login, token):
    return base64.b64encode(f"user={login}\x01auth=Bearer {token}\x01\x01".encode())


def refusing_token(words):
    """A hook for AUTHENTICATE that refuses a token as Gmail does: a challenge with the reason, then the words."""

    def hook(peer, tag, _rest):
        peer.send(b"+ ")
        assert peer.read_line() == bearer("anna@example.com", TOKEN)
        peer.send(b"+ " + base64.b64encode(b'{"status":"401","schemes":"bearer"}'))
        assert peer.read_line() == b""
        peer.send(tag + b" NO " + words)

    return hook


def accept_token(peer, tag, rest):
    assert rest == b"XOAUTH2"
    peer.send(b"+ ")
    assert peer.read_line() == bearer("anna@example.com", TOKEN)
    peer.send(tag + b" OK welcome")


def test_a_token_signs_in(account):
    box = ImapBox(capabilities=XOAUTH2, hooks={b"AUTHENTICATE": accept_token})
    with ScriptedServer(box) as server:
        with Session(account(server, secret=TOKEN, by_token=True)) as session:
            assert session.list_folders()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (b"[AUTHENTICATIONFAILED] Invalid credentials (Failure)", TokenRefused),
        (b"AUTHENTICATE failed.", TokenRefused),
        (b"[ALERT] IMAP access is disabled for your domain.", ImapDisabled),
        (b"User is authenticated but not connected.", ServerUnavailable),
    ],
)
def test_a_token_is_refused(account, words, expected):
    box = ImapBox(capabilities=XOAUTH2, hooks={b"AUTHENTICATE": refusing_token(words)})
    with ScriptedServer(box) as server, pytest.raises(expected) as caught:
        Session(account(server, secret=TOKEN, by_token=True)).open()
    assert type(caught.value) is expected


def test_a_server_that_knows_no_tokens_never_gets_one(account):
    with ScriptedServer(ImapBox()) as server, pytest.raises(LoginRefused):
        Session(account(server, secret=TOKEN, by_token=True)).open()
    assert not any(TOKEN.encode() in line for line in server.lines)


# Secrets


def echo(peer, tag, rest):
    """Servers quote what they did not understand."""
    peer.send(b"* OK got " + rest, tag + b" NO LOGIN failed: " + rest)


@pytest.mark.parametrize("how", ["LOGIN", "AUTHENTICATE", "XOAUTH2", "unfinished", "no answer"])
def test_secrets_show_nowhere(account, caplog, how):
    def cut(peer, _tag, rest):
        peer.send_raw(b"* " + rest)

    def garbage(peer, _tag, rest):
        peer.send(b"what is " + rest + b"?")

    hooks = {
        "LOGIN": echo,
        "AUTHENTICATE": echo,
        "XOAUTH2": echo,
        "unfinished": cut,
        "no answer": garbage,
    }
    offered = {"AUTHENTICATE": b"IMAP4rev1 AUTH=PLAIN SASL-IR", "XOAUTH2": XOAUTH2}
    capabilities = offered.get(how, b"IMAP4rev1")
    box = ImapBox(
        capabilities=capabilities,
        hooks={b"LOGIN": hooks[how], b"AUTHENTICATE": hooks[how]},
    )
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(box) as server, pytest.raises(SyncError) as caught:
        mine = account(server, secret=SECRET, by_token=how == "XOAUTH2")
        Session(mine, limits=Limits(command_timeout=0.5)).open()
    shown = (
        "".join(traceback.format_exception(caught.value))
        + repr(caught.value)
        + caplog.text
        + repr(mine)
    )
    encoded = [form("anna@example.com", SECRET).decode() for form in (plain, bearer)]
    for secret in ("tr0ub4dor", *encoded):
        assert secret not in shown
    assert any(b"tr0ub4dor" in line or b"AUTHENTICATE" in line for line in server.lines)


def test_nothing_of_a_successful_login_is_logged(account, caplog):
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(ImapBox()) as server, Session(account(server, secret=SECRET)) as session:
        session.list_folders()
    assert "tr0ub4dor" not in caplog.text
