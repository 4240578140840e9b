"""What is special about IMAPClient and imaplib below the session: their traps, and that their own
commands work within our bounds.
"""

import imaplib

import pytest
from scripted_server import Folder, ImapBox, ScriptedServer
from servers.dovecot import DovecotServer

from lib.account import Account, NetworkPolicy, Security
from lib.errors import CommandRefused, NotImap, ProtocolError
from lib.limits import Limits
from lib.login import connect
from lib.network import Deadline, open_socket, secure

LOGIN, PASSWORD = "anna@example.com", "correct horse"


@pytest.fixture(name="client")
def fixture_client():
    """A client of a real server."""
    with DovecotServer() as server:
        server.add_user(LOGIN, PASSWORD)
        policy = NetworkPolicy(frozenset({"localhost"}), server.ca_file)
        account = Account("localhost", server.tls_port, Security.SSL, LOGIN, PASSWORD, policy)
        deadline = Deadline(20)
        sock = open_socket(account.host, account.port, policy, deadline)
        sock = secure(sock, account.host, policy, deadline)
        client = connect(sock, account, Limits(command_timeout=10), deadline)
        yield client
        client.farewell()


def test_the_librarys_own_commands_work(client):
    """What writing to a mailbox will need."""
    with client.conversation():
        client.append("INBOX", b"Subject: one\r\n\r\nline\r\n", [b"\\Seen"])
        client.append("INBOX", b"Subject: two\r\n\r\n\xff\r\n")
        client.create_folder("Entwürfe & mehr")
        assert client.select_folder("INBOX")[b"EXISTS"] == 2
        assert client.search(["SUBJECT", "two"]) == [2]
        assert client.add_flags([1], [b"\\Flagged"])[1]
        assert client.fetch([2], ["BODY.PEEK[]"])[2][b"BODY[]"] == b"Subject: two\r\n\r\n\xff\r\n"
        client.move([1], "Entwürfe & mehr")
        assert client.folder_status("Entwürfe & mehr", ["MESSAGES"]) == {b"MESSAGES": 1}


@pytest.mark.parametrize("text", ["x\r\nm1 DELETE INBOX", "x\ny", "x\0y"])
def test_line_breaks_in_a_search_are_never_sent(client, text):
    """IMAPClient sends them as they are (its issue 657)."""
    with client.conversation():
        client.select_folder("INBOX", readonly=True)
    with pytest.raises(ProtocolError), client.conversation():
        client.search(["SUBJECT", text])


def test_a_server_that_asks_for_more_opens_no_gate(session):
    """A "+" lets a literal through, in the command that it belongs to and in no other."""

    def listing(peer, tag, _rest):
        peer.send(b'* LIST () "/" INBOX', tag + b" OK", b"+ go on")

    box = ImapBox({b"INBOX": Folder.of([1])}, hooks={b"LIST": listing})
    with ScriptedServer(box) as server, session(server) as mailbox:
        assert mailbox.list_folders()
        with pytest.raises(CommandRefused):
            mailbox.examine(b"x\r\nm1 DELETE INBOX")
        with pytest.raises(ProtocolError):
            mailbox.examine(b"INBOX")
        assert not any(b"DELETE" in line for line in server.lines)


def test_no_password_stays_in_memory(account):
    """imaplib keeps the last ten commands, and IMAPClient makes it write out all."""
    with ScriptedServer(ImapBox()) as server:
        mine = account(server, secret="tr0ub4dor")
        deadline = Deadline(5)
        sock = open_socket(mine.host, mine.port, mine.policy, deadline)
        client = connect(sock, mine, Limits(), deadline)
        assert client.imap.debug == 0
        assert "tr0ub4dor" not in repr(vars(client.imap)["_cmd_log"])
        client.farewell()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"what?", ProtocolError),
        (b"* CAPABILITY", ProtocolError),
        (b"* CAPABILITY POP3 ACAP", NotImap),
    ],
)
def test_odd_capabilities(session, answer, expected):
    hook = {b"CAPABILITY": lambda peer, tag, _: peer.send(answer, tag + b" OK done")}
    with ScriptedServer(ImapBox(hooks=hook)) as server, pytest.raises(expected) as caught:
        session(server).open()
    assert type(caught.value) is expected


@pytest.mark.parametrize(
    "line",
    [
        b"* OK [CAPABILITY]",
        b"* OK [UIDNEXT]",
        b"* OK [PERMANENTFLAGS]",
        b"* OK [UIDVALIDITY 9] brackets [in] the text]",
        b"* OK a text that ends like a literal {5}",
        b"* OK a text that ends like a literal {5+}",
        b"* CAPABILITY {9}\r\nIMAP4rev1",
        b"* 3 EXISTS {1}\r\nx",
        b"* EXISTS",
        b"* EXPUNGE",
        b"* FLAGS",
        b"* SEARCH {1}\r\n5",
        b"* ESEARCH {1}\r\n5",
    ],
)
def test_odd_lines_in_between(session, line):
    """imaplib's own reading of several of these stops or waits for ever."""

    def examine(peer, _tag, _rest):
        peer.send(line)
        return False

    hooks = {b"EXAMINE": examine, b"LIST": examine, b"UID FETCH": examine}
    box = ImapBox({b"INBOX": Folder.of([1, 2, 3])}, hooks=hooks)
    with ScriptedServer(box) as server, session(server, command_timeout=1) as mailbox:
        assert mailbox.list_folders()
        snapshot = mailbox.examine(b"INBOX")
        assert (snapshot.exists, snapshot.uidvalidity, snapshot.uidnext) == (3, 7, 4)
        assert set(mailbox.fetch_headers([1, 2, 3])) == {1, 2, 3}


def test_names_with_an_underscore_that_imaplib_still_has():
    """They may change with any version of Python."""
    for name in (
        "_append_untagged",
        "_command",
        "_command_complete",
        "_get_capabilities",
        "_get_response",
        "_log",
        "_simple_command",
    ):
        assert callable(getattr(imaplib.IMAP4, name))
