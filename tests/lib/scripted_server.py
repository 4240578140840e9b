"""IMAP servers on loopback that do exactly what a test wants, wrong things included.

:class:`ScriptedServer` plays a function for each connection. What that function says is up to the
test: single lines (:class:`Peer` has the verbs), or an :class:`ImapBox`, a small well-behaved
server whose answer to any command a test can replace.
"""

import datetime
import io
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from deflated import Deflated
from number_set import NumberSet

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Peer:
    """The server's end of one connection."""

    def __init__(self, sock: socket.socket, server: "ScriptedServer"):
        self._sock = sock
        self._server = server
        self._reader = sock.makefile("rb")

    def send(self, *lines: bytes) -> None:
        """Send lines, adding their ends."""
        self.send_raw(b"".join(line + b"\r\n" for line in lines))

    def send_raw(self, data: bytes) -> None:
        self._sock.sendall(data)

    def read_line(self) -> bytes:
        """The next line from the client, without its end; EOFError once it has gone."""
        line = self._reader.readline()
        if not line:
            raise EOFError
        self._server.lines.append(line.rstrip(b"\r\n"))
        return self._server.lines[-1]

    def read_command(self) -> tuple[bytes, bytes, bytes]:
        """The next command as (tag, upper-case verb with its UID, the rest)."""
        tag, _, rest = self.read_line().partition(b" ")
        found = re.match(rb"((?:UID )?\S*) ?(.*)", rest, re.IGNORECASE | re.DOTALL)
        return tag, found[1].upper(), found[2]

    def expect(self, verb: bytes, *answers: bytes) -> bytes:
        """Read one command, which must be ``verb``; answer with lines in which TAG stands for its
        tag.

        :returns: the arguments
        """
        tag, came, rest = self.read_command()
        assert came == verb, f"{verb!r} was expected, {came!r} came"
        self.send(*(answer.replace(b"TAG", tag) for answer in answers))
        return rest

    def start_deflate(self) -> None:
        """Compress from now on (RFC 4978)."""
        self._sock = Deflated(self._sock)
        self._reader = io.BufferedReader(self._sock)

    def start_tls(self) -> None:
        """Be a TLS server from now on."""
        self._sock = self._server.tls_context.wrap_socket(self._sock, server_side=True)
        self._reader = self._sock.makefile("rb")

    def wait_for_end(self) -> None:
        """Say nothing more until the client has gone."""
        while self._sock.recv(65536):
            pass

    def drip(self, data: bytes, pause: float) -> None:
        """Send one byte at a time, for ever, until the client has gone."""
        gone = self._server.stopping
        while not gone.wait(pause):
            for byte in data:
                self._sock.sendall(bytes([byte]))
                if gone.wait(pause):
                    return

    def hang_up(self) -> None:
        """End the connection from another thread than the script's.

        Nothing is closed here: a reader that is closed under a thread that reads from it fails in
        ways of its own ("info->buf must not be NULL"). The script's own thread sees the end.
        """
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended already

    def close(self) -> None:
        """End the connection, from the script's thread."""
        self.hang_up()
        self._reader.close()
        self._sock.close()


class ScriptedServer:
    """Listens on a free loopback port and plays ``script`` for every connection, each in its own
    thread.

    What goes wrong in a script, other than the client leaving, fails the test at the end of the
    ``with`` block.

    :param script: called with a :class:`Peer`; the connection ends when it returns
    :param certificate: (chain, key) files, for TLS
    :param tls: whether connections begin with TLS
    """

    def __init__(self, script: Callable[[Peer], None], *, certificate=None, tls: bool = False):
        self._script = script
        self._tls = tls
        self.tls_context = None
        if certificate:
            self.tls_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls_context.load_cert_chain(certificate.certificate, certificate.key)
        self.stopping = threading.Event()
        #: every line that clients sent, over all connections
        self.lines: list[bytes] = []
        self.connections = 0
        self._failures: list[BaseException] = []
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        # shutdown, because close alone leaves accept() waiting
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for peer in self._peers:
            peer.hang_up()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive(), "a script does not end"
        if self._failures and kind is None:
            raise self._failures[0]

    @property
    def commands(self) -> list[bytes]:
        """What clients sent, without tags."""
        return [line.partition(b" ")[2] for line in self.lines]

    def _start(self, target, *args):
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._play, sock)

    def _play(self, sock):
        peer = None
        try:
            peer = Peer(sock, self)
            self._peers.append(peer)
            if self.stopping.is_set():
                return
            if self._tls:
                peer.start_tls()
            self._script(peer)
        except (EOFError, OSError, ValueError) as error:
            # The client left; ValueError is what a closed file says. A script's own mistakes are
            # other errors.
            if isinstance(error, ValueError) and "closed file" not in str(error):
                self._failures.append(error)
        except BaseException as error:
            self._failures.append(error)
        finally:
            if peer:
                peer.close()


@dataclass
class Message:
    """One message of a folder."""

    uid: int
    body: bytes = b"Subject: hello\r\n\r\ntext\r\n"
    flags: bytes = b"\\Seen"
    date: datetime.datetime = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    gm_msgid: int = 0
    gm_labels: bytes = b""

    @property
    def header(self) -> bytes:
        return self.body.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"

    @property
    def internaldate(self) -> bytes:
        return self.date.strftime(f"%d-{_MONTHS[self.date.month - 1]}-%Y %H:%M:%S %z").encode()


@dataclass
class Folder:
    """One folder; messages in ascending order of UIDs."""

    messages: list[Message] = field(default_factory=list)
    uidvalidity: int = 7
    uidnext: int | None = None
    attributes: bytes = b"\\HasNoChildren"

    @classmethod
    def of(cls, uids: Iterable[int], **kwargs) -> "Folder":
        return cls([Message(uid) for uid in uids], **kwargs)

    @property
    def next_uid(self) -> int:
        return self.uidnext or max((message.uid for message in self.messages), default=0) + 1


#: (peer, tag, arguments) -> whether the command has been answered
Hook = Callable[[Peer, bytes, bytes], bool | None]


class ImapBox:
    """A mailbox with folders, and a script for :class:`ScriptedServer` that serves it.

    :param folders: by raw name
    :param capabilities: what is offered; commands beyond it get BAD
    :param hooks: verb -> called instead of the usual answer; that is sent as well if it returns
        False
    """

    def __init__(
        self, folders=None, *, capabilities=b"IMAP4rev1", hooks: dict[bytes, Hook] | None = None
    ):
        self.folders: dict[bytes, Folder] = folders or {b"INBOX": Folder.of([1, 2, 3])}
        self.capabilities = capabilities
        self.hooks = hooks or {}
        self.login, self.secret = b"anna@example.com", b"secret"
        self.greeting = b"* OK ready"
        self.identity = b"NIL"
        self.delimiter = b"/"

    def __call__(self, peer: Peer) -> None:
        peer.send(self.greeting)
        state = _State()
        while True:
            tag, verb, rest = peer.read_command()
            hook = self.hooks.get(verb)
            if hook and hook(peer, tag, rest) is not False:
                continue
            answer = getattr(
                self, "_" + verb.decode("ascii", "replace").lower().replace(" ", "_"), None
            )
            if answer is None:
                peer.send(tag + b" BAD unknown command")
                continue
            if verb == b"AUTHENTICATE":
                peer.send(b"+ ")
                peer.read_line()
            peer.send(*answer(state, rest), tag + b" OK done")
            if verb == b"STARTTLS":
                peer.start_tls()
            if verb == b"COMPRESS":
                peer.start_deflate()
            if verb == b"LOGOUT":
                return

    def offers(self, capability: bytes) -> bool:
        return capability in self.capabilities.split()

    def _capability(self, _state, _rest):
        return [b"* CAPABILITY " + self.capabilities]

    def _starttls(self, _state, _rest):
        return []

    def _compress(self, _state, _rest):
        assert self.offers(b"COMPRESS=DEFLATE")
        return []

    def _login(self, _state, _rest):
        return []

    def _authenticate(self, _state, _rest):
        return []

    def _id(self, _state, _rest):
        return [b"* ID " + self.identity]

    def _logout(self, _state, _rest):
        return [b"* BYE see you"]

    def _list(self, _state, rest):
        lines = [
            b'* LIST (%s) "%s" "%s"' % (folder.attributes, self.delimiter, name)
            for name, folder in self.folders.items()
        ]
        if b"STATUS" in rest:
            assert self.offers(b"LIST-STATUS")
            lines += [self._status_line(name) for name in self.folders]
        return lines

    def _status(self, _state, rest):
        name = rest[1 : rest.index(b'"', 1)]
        return [self._status_line(name)] if name in self.folders else []

    def _status_line(self, name):
        folder = self.folders[name]
        return b'* STATUS "%s" (MESSAGES %d UIDNEXT %d UIDVALIDITY %d)' % (
            name, len(folder.messages), folder.next_uid, folder.uidvalidity,
        )  # fmt: skip

    def _examine(self, state, rest):
        state.folder = folder = self.folders[rest.strip(b'"')]
        return [
            b"* FLAGS (\\Seen)",
            b"* %d EXISTS" % len(folder.messages),
            b"* OK [UIDVALIDITY %d] valid" % folder.uidvalidity,
            b"* OK [UIDNEXT %d] next" % folder.next_uid,
        ]

    def _fetch(self, state, rest):
        return self._records(state, rest, by_uid=False)

    def _uid_fetch(self, state, rest):
        return self._records(state, rest, by_uid=True)

    def _records(self, state, rest, by_uid):
        numbers, _, items = rest.partition(b" ")
        messages = state.folder.messages
        chosen = NumberSet(
            numbers, max((m.uid for m in messages), default=0) if by_uid else len(messages)
        )
        for sequence, message in enumerate(messages, 1):
            if (message.uid if by_uid else sequence) in chosen:
                yield self.record(sequence, message, items)

    @staticmethod
    def record(sequence: int, message: Message, items: bytes) -> bytes:
        """One FETCH line, without its end."""
        values = [b"UID %d" % message.uid]
        if b"FLAGS" in items:
            values.append(b"FLAGS (%s)" % message.flags)
        if b"INTERNALDATE" in items:
            values.append(b'INTERNALDATE "%s"' % message.internaldate)
        if b"RFC822.SIZE" in items:
            values.append(b"RFC822.SIZE %d" % len(message.body))
        if b"X-GM-MSGID" in items:
            values.append(b"X-GM-MSGID %d" % message.gm_msgid)
        if b"X-GM-LABELS" in items:
            values.append(b"X-GM-LABELS (%s)" % message.gm_labels)
        if b"HEADER" in items:
            name = re.search(rb"HEADER\.FIELDS \([^)]*\)", items)[0]
            values.append(b"BODY[%s] {%d}\r\n%s" % (name, len(message.header), message.header))
        if b"BODY.PEEK[]" in items:
            values.append(b"BODY[] {%d}\r\n%s" % (len(message.body), message.body))
        return b"* %d FETCH (%s)" % (sequence, b" ".join(values))

    def _search(self, state, rest):
        low, high, day = re.fullmatch(rb"(\d+):(\d+) SINCE (\S+)", rest).groups()
        wanted = since(state.folder.messages, day)
        numbers = enumerate(state.folder.messages, 1)
        found = [n for n, message in numbers if message in wanted and int(low) <= n <= int(high)]
        return [b"* SEARCH" + b"".join(b" %d" % number for number in found)]

    def _uid_search(self, state, rest):
        messages = state.folder.messages
        found = re.fullmatch(
            rb"(?:RETURN \((?P<item>COUNT|MIN|ALL)\) )?(?:UID (?P<uids>\S+)|SINCE (?P<day>\S+))",
            rest,
        )
        if found["uids"]:
            chosen = NumberSet(found["uids"], max((m.uid for m in messages), default=0))
            messages = [message for message in messages if message.uid in chosen]
        if found["day"]:
            messages = since(messages, found["day"])
        uids = [message.uid for message in messages]
        if found["item"] == b"COUNT":
            return [b'* ESEARCH (TAG "x") UID COUNT %d' % len(uids)]
        if found["item"] == b"ALL":
            found = b" ALL " + b",".join(b"%d" % uid for uid in uids) if uids else b""
            return [b'* ESEARCH (TAG "x") UID' + found]
        if found["item"] == b"MIN":
            return [b'* ESEARCH (TAG "x") UID' + (b" MIN %d" % min(uids) if uids else b"")]
        return [b"* SEARCH" + b"".join(b" %d" % uid for uid in uids)]


def since(messages: list[Message], text: bytes) -> list[Message]:
    day, month, year = text.decode().split("-")
    since = datetime.date(int(year), _MONTHS.index(month) + 1, int(day))
    return [message for message in messages if message.date.date() >= since]


class _State:
    """What one connection remembers."""

    folder: Folder
