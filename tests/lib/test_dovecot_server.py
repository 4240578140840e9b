"""The test server itself: what the other tests rely on has to be true."""

import datetime
import imaplib
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from servers import child
from servers.dovecot import DovecotServer

LOGIN, PASSWORD = "anna@example.com", "a:secret, näturally"
MAIL = b"Subject: hello\r\nMessage-ID: <hello@example.com>\r\n\r\nHow are you?\r\n"
NOON = datetime.datetime(2024, 2, 29, 12, 0, 5, tzinfo=datetime.timezone.utc)


@pytest.fixture(name="server")
def fixture_server():
    with DovecotServer() as server:
        server.add_user(LOGIN, PASSWORD)
        yield server


def trusting(server):
    return ssl.create_default_context(cafile=server.ca_file)


def sign_in(server, login=LOGIN, password=PASSWORD, host="localhost"):
    client = imaplib.IMAP4_SSL(host, server.tls_port, ssl_context=trusting(server), timeout=10)
    client.authenticate("PLAIN", lambda _: f"\0{login}\0{password}".encode())
    return client


def eventually(condition, timeout=10.0):
    """Await what the server does in its own time."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if condition():
            return True
    return False


def owners_of_group(group):
    """The users whose processes run in a process group; a zombie runs no more."""
    listing = subprocess.run(
        ["ps", "-eo", "pgid=,uid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    rows = (line.split() for line in listing.splitlines())
    return {int(uid) for pgid, uid, state in rows if int(pgid) == group and "Z" not in state}


# signing in


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_tls_port_has_a_certificate_that_its_authority_vouches_for(server, host):
    assert sign_in(server, host=host).noop()[0] == "OK"


def test_certificate_is_not_trusted_without_the_authority(server):
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        imaplib.IMAP4_SSL("localhost", server.tls_port, ssl_context=ssl.create_default_context())


def test_plain_port_offers_starttls(server):
    client = imaplib.IMAP4("localhost", server.plain_port, timeout=10)
    client.starttls(trusting(server))
    client.authenticate("PLAIN", lambda _: f"\0{LOGIN}\0{PASSWORD}".encode())
    assert client.state == "AUTH"


def test_wrong_password_is_refused_at_once_and_often(server):
    started = time.monotonic()
    for _ in range(5):
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            sign_in(server, password="wrong")
    assert time.monotonic() - started < 5


def test_password_can_be_changed_and_a_user_removed(server):
    server.add_user(LOGIN, "other")
    sign_in(server, password="other")
    server.remove_user(LOGIN)
    with pytest.raises(imaplib.IMAP4.error):
        sign_in(server, password="other")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [({"expired": True}, "expired"), ({"hosts": ("mail.example.com",)}, "Hostname mismatch")],
)
def test_certificate_can_be_a_bad_one(options, complaint):
    with DovecotServer(**options) as server:
        server.add_user(LOGIN, PASSWORD)
        with pytest.raises(ssl.SSLCertVerificationError, match=complaint):
            sign_in(server)


# options


def test_special_folders_exist_and_are_marked(server):
    answers = b"\n".join(sign_in(server).list()[1])
    for flag in (b"\\Sent", b"\\Drafts", b"\\Junk", b"\\Trash", b"\\Archive"):
        assert flag in answers


def test_capabilities_can_be_reduced():
    with DovecotServer(capability="IMAP4rev1 UIDPLUS") as server:
        server.add_user(LOGIN, PASSWORD)
        client = sign_in(server)
        assert client.capability()[1][-1] == b"IMAP4rev1 UIDPLUS"


def test_separator_prefix_and_folders_can_be_chosen():
    options = {"separator": ".", "prefix": "INBOX.", "special_use": {"Envoyés": "\\Sent"}}
    with DovecotServer(**options) as server:
        server.add_user(LOGIN, PASSWORD)
        server.create_folder(LOGIN, "INBOX.Clients.Kyoto")
        assert set(server.mailbox(LOGIN).folders()) == {
            "INBOX",
            "INBOX.Envoyés",
            "INBOX.Clients",
            "INBOX.Clients.Kyoto",
        }
        server.append(LOGIN, "INBOX.Clients.Kyoto", MAIL)
        server.reset_uidvalidity(LOGIN, "INBOX.Clients.Kyoto")
        assert len(server.messages(LOGIN, "INBOX.Clients.Kyoto")) == 1


def test_connections_can_be_limited():
    with DovecotServer(max_connections=1) as server:
        server.add_user(LOGIN, PASSWORD)
        server.append(LOGIN, "INBOX", MAIL)  # our own access does not count
        first = sign_in(server)
        with pytest.raises(imaplib.IMAP4.error, match="Maximum number of connections"):
            sign_in(server).select()
        first.logout()


# mailboxes


def test_append_keeps_bytes_flags_and_date(server):
    uid = server.append(LOGIN, "INBOX", MAIL, ["\\Seen", "$Label1"], NOON)
    (message,) = server.messages(LOGIN, "INBOX")
    assert message.uid == uid
    assert message.flags == {"\\Seen", "$Label1"}
    assert message.internaldate == NOON
    assert message.message_id == "<hello@example.com>"
    assert message.size == len(MAIL)
    assert server.mailbox(LOGIN).raw("INBOX", uid) == MAIL


def test_message_id_may_be_missing_or_folded(server):
    server.append(LOGIN, "INBOX", b"Subject: none\r\n\r\n")
    server.append(LOGIN, "INBOX", b"Message-Id:\r\n <folded@example.com>\r\n\r\n")
    assert [m.message_id for m in server.messages(LOGIN, "INBOX")] == [
        None,
        "<folded@example.com>",
    ]


def test_folder_names_may_be_anything(server):
    names = ["Projects/Kyoto", "Angebote/Müller & Söhne", "日本", 'a "quoted" \\ name', "Café 🍵"]
    for name in names:
        server.create_folder(LOGIN, name)
        server.append(LOGIN, name, MAIL)
    assert set(names) <= set(server.mailbox(LOGIN).folders())
    assert all(server.mailbox(LOGIN).status(name)["messages"] == 1 for name in names)
    for name in names:
        server.delete_folder(LOGIN, name)
    assert not set(names) & set(server.mailbox(LOGIN).folders())


def test_looking_at_a_folder_changes_nothing(server):
    server.append(LOGIN, "INBOX", MAIL)
    before = server.mailbox(LOGIN).status("INBOX")
    server.messages(LOGIN, "INBOX")
    assert server.mailbox(LOGIN).status("INBOX") == before
    client = sign_in(server)
    client.select("INBOX", readonly=True)
    assert client.recent()[1] == [b"1"]


def test_flags_moves_expunges_and_renames(server):
    mailbox = server.mailbox(LOGIN)
    first, second = (server.append(LOGIN, "INBOX", MAIL) for _ in range(2))
    mailbox.add_flags("INBOX", [first, second], ["\\Flagged", "\\Seen"])
    mailbox.remove_flags("INBOX", second, ["\\Seen"])
    assert [m.flags for m in server.messages(LOGIN, "INBOX")] == [
        {"\\Flagged", "\\Seen"},
        {"\\Flagged"},
    ]
    mailbox.create_folder("Old")
    mailbox.move("INBOX", first, "Old")
    mailbox.rename_folder("Old", "Older")
    server.expunge(LOGIN, "INBOX", second)
    assert server.messages(LOGIN, "INBOX") == []
    assert len(server.messages(LOGIN, "Older")) == 1


def test_connected_clients_hear_of_new_mail(server):
    client = sign_in(server)
    client.select("INBOX", readonly=True)
    server.append(LOGIN, "INBOX", MAIL)
    client.noop()
    assert client.response("EXISTS")[1][-1] == b"1"


@pytest.mark.parametrize("folder", ["INBOX", "Archive", "Projects/Kyoto"])
def test_reset_uidvalidity_numbers_anew(server, folder):
    if folder == "Projects/Kyoto":
        server.create_folder(LOGIN, folder)
    for _ in range(4):
        last = server.append(LOGIN, folder, MAIL, ["\\Seen"], NOON)
    server.expunge(LOGIN, folder, [1, 2])
    client = sign_in(server)
    before = server.mailbox(LOGIN).status(folder)
    server.reset_uidvalidity(LOGIN, folder)
    after = server.mailbox(LOGIN).status(folder)
    assert after["uidvalidity"] != before["uidvalidity"]
    assert after["uidnext"] == last - 1
    assert [(m.uid, m.flags, m.internaldate) for m in server.messages(LOGIN, folder)] == [
        (1, {"\\Seen"}, NOON),
        (2, {"\\Seen"}, NOON),
    ]
    (seen_by_client,) = client.status(folder, "(UIDVALIDITY)")[1]
    assert str(after["uidvalidity"]).encode() in seen_by_client


# clients


def test_client_commands_are_on_record_and_our_own_are_not(server):
    server.append(LOGIN, "INBOX", MAIL)
    server.messages(LOGIN, "INBOX")
    client = sign_in(server)
    client.select("INBOX", readonly=True)
    client.uid("FETCH", "1", "(BODY.PEEK[])")
    client.append("Archive", None, None, b"A1 SELECT INBOX\r\n\r\nA2 EXPUNGE")
    client.logout()
    assert server.client_commands(LOGIN) == [
        "EXAMINE INBOX",
        "UID FETCH 1 (BODY.PEEK[])",
        "APPEND Archive {29}",
        "LOGOUT",
    ]
    assert server.client_commands() == server.client_commands(LOGIN)
    assert server.client_commands("bert@example.com") == []


def _is_cut(connection):
    try:
        connection.noop()
    except (imaplib.IMAP4.abort, OSError):
        return True
    return False


def test_connections_are_counted_and_can_be_cut(server):
    server.add_user("bert@example.com", "b")
    assert server.connection_count() == 0
    anna, bert = sign_in(server), sign_in(server, "bert@example.com", "b")
    assert server.connection_count() == 2
    assert server.connection_count("bert@example.com") == 1
    server.kick(LOGIN)
    # the signal reaches the process of the connection in its own time
    assert eventually(lambda: _is_cut(anna))
    assert bert.noop()[0] == "OK"
    assert eventually(lambda: server.connection_count() == 1)


# life


def test_several_run_at_once_and_do_not_share_users(server):
    with DovecotServer() as other:
        other.add_user("bert@example.com", "b")
        sign_in(other, "bert@example.com", "b")
        with pytest.raises(imaplib.IMAP4.error):
            sign_in(server, "bert@example.com", "b")


def test_nothing_runs_as_root(server):
    sign_in(server)
    assert owners_of_group(server.pid) == {child.unprivileged_account().pw_uid}
    assert child.unprivileged_account().pw_uid != 0


def test_stop_ends_every_process_and_frees_ports_and_files(server):
    sign_in(server)
    base, group = Path(server.ca_file).parent, server.pid
    server.stop()
    assert not base.exists()
    assert not owners_of_group(group)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.tls_port))


def test_mail_can_be_kept_for_the_next_server():
    # not tmp_path, which only its owner may enter
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        mail = Path(place, "mail")
        with DovecotServer(mail_dir=mail) as first:
            first.add_user(LOGIN, PASSWORD)
            first.append(LOGIN, "INBOX", MAIL)
            before = first.mailbox(LOGIN).status("INBOX")
            ports = (first.plain_port, first.tls_port)
        with DovecotServer(mail_dir=mail, ports=ports) as second:
            second.add_user(LOGIN, PASSWORD)
            assert second.mailbox(LOGIN).status("INBOX") == before
            assert (second.plain_port, second.tls_port) == ports


def test_server_ends_when_its_parent_is_killed():
    code = (
        "from servers.dovecot import DovecotServer; server = DovecotServer().start();"
        "server.add_user('anna', 'x'); server.messages('anna', 'INBOX');"
        "print(server.pid, server.ca_file, flush=True); input()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        text=True,
    )
    with parent:
        group, ca_file = parent.stdout.readline().split()
        assert owners_of_group(int(group))
        parent.kill()
    assert eventually(lambda: not owners_of_group(int(group)))
    with DovecotServer():
        assert not Path(ca_file).parent.exists(), "the next one removes what is left over"


def test_missing_program_is_an_error_that_names_the_package(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *args, **kwargs: None)
    with pytest.raises(FileNotFoundError, match="dovecot-imapd"):
        DovecotServer().start()


def test_taken_port_is_an_error_with_the_servers_own_words(server):
    with pytest.raises(RuntimeError, match="already in use"):
        DovecotServer(ports=(server.plain_port, server.tls_port)).start()
