"""The standard library's IMAP client, held to bounds in time, size and number.

imaplib waits per receive and not per command, caps lines but neither literals nor their number,
stops at a tagged OK without text, and keeps what it sent, passwords included, in a log. What is
overridden here mends that; telling answers apart stays imaplib's.

Its names with an underscore that this relies on have been the same from Python 3.10 to 3.14:
``_append_untagged``, ``_command``, ``_command_complete``, ``_get_capabilities``,
``_get_response``, ``_log`` and ``_simple_command``.
"""

import imaplib
import io
import re
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

from .answers import Refused, Status
from .errors import (
    AnswerTooLarge,
    ConnectionLost,
    NotImap,
    ProtocolError,
    ServerUnavailable,
    Throttled,
)
from .limits import Limits
from .network import Deadline, secure
from .server_answers import classify, readable
from .transport import DeflateTransport, Transport

_BUFFER = 256 * 1024
# IMAPClient registers the others that imaplib lacks.
imaplib.Commands.setdefault("COMPRESS", ("AUTH",))
#: up to the kind of an answer: ``* 5 FETCH``, ``* OK``, ``m1 NO``
_HEAD = re.compile(rb"(\* (?:\d{1,10} +)?|[A-Z]+\d+ )([A-Za-z][A-Za-z0-9.-]*)")
_ANNOUNCED = re.compile(rb"~?\{(\d+)\+?\}\r\n\Z")
_CODE = re.compile(rb"\[([^\s\]]+) ?([^\]]*)\] ?")
#: Exchange says this without "*" or a tag before it hangs up
_UNAVAILABLE = re.compile(rb"server unavailable", re.IGNORECASE)
_STATUS_KINDS = frozenset({b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"})
_UNSENDABLE = re.compile(rb"[\r\n\x00]")


class SignedInAlready(ProtocolError):
    """The server greets with PREAUTH."""


class Imap4(imaplib.IMAP4):
    """One connection.

    Where imaplib returns NO or raises its own error for BAD, :class:`.answers.Refused` is raised.

    :param sock: connected, and inside TLS already where the account wants that from the start
    :param deadline: for the greeting and the capabilities
    :raises NotImap: what greets is no IMAP server
    """

    def __init__(self, sock: socket.socket, host: str, limits: Limits, deadline: Deadline):
        self._limits = limits
        self._transport = Transport(sock, deadline)
        self._reader = io.BufferedReader(self._transport, _BUFFER)
        self._secrets: tuple[str, ...] = ()
        self._last_line = b""
        self._kind = b""
        self._in_literal = False
        self._asked = False
        self._leaving = False
        #: called with what imaplib stores for every untagged answer of a kind, in their order
        self.watchers: dict[str, Callable[[bytes], None]] = {}
        #: response codes of untagged statuses since the command began
        self.codes: dict[bytes, bytes] = {}
        #: upper-case; empty while unknown
        self.capabilities: tuple[str, ...] = ()
        #: set when the server asked for less traffic although it did what was wanted
        self.slow_down: Throttled | None = None
        self.alive = True
        try:
            super().__init__(host)
        except Refused as refusal:
            raise classify(refusal.status) from None
        except self.error:
            # imaplib's own complaints: about the greeting, about the answer to CAPABILITY, and
            # about capabilities without IMAP4 in them.
            greeted = self.state == "NONAUTH"
            kind = ProtocolError if greeted and not self.capabilities else NotImap
            raise kind(f"greeted with {self.last_words()!r}") from None

    @property
    def signed_in(self) -> bool:
        """Whether the server has accepted the password."""
        return self.state in ("AUTH", "SELECTED")

    @property
    def tls(self) -> str:
        """Version and cipher of the encryption; empty without."""
        if not isinstance(self.sock, ssl.SSLSocket):
            return ""
        return f"{self.sock.version()} {self.sock.cipher()[0]}"

    @property
    def compressed(self) -> bool:
        return isinstance(self._transport, DeflateTransport)

    def hide(self, *secrets: str) -> None:
        """Never let these texts through into an error, should the server repeat them."""
        self._secrets = tuple(secret for secret in secrets if secret)

    def shown(self, text: bytes) -> str:
        """What the server said, fit for an error."""
        return readable(text, self._secrets)

    def last_words(self) -> str:
        """The line at which reading stopped, fit for an error."""
        return self.shown(self._last_line)

    def begin(self, deadline: Deadline) -> None:
        """Forget the answers to earlier commands; the bounds start anew."""
        self._transport.deadline = deadline
        self._lines_left = self._limits.max_answers
        self._bytes_left = self._limits.max_answer_bytes
        self._asked = False
        self.untagged_responses.clear()
        self.tagged_commands.clear()
        self.codes.clear()

    def drop(self) -> None:
        """End the connection without a word. Never raises."""
        self.alive = False
        with suppress(OSError):
            self._transport.close()

    # What imaplib lets subclasses override

    def open(self, host="", port=imaplib.IMAP4_PORT, timeout=None):
        """Called by the constructor, before it reads the greeting."""
        self.host, self.port = host, port
        self.sock = self._transport.sock
        self.begin(self._transport.deadline)
        # Not a whole line yet: what speaks TLS, or nothing at all, sends none.
        self._last_line = self._reader.peek(1)[:40]
        if self._last_line[:1] not in (b"", b"*"):
            raise NotImap(f"greeted with {self.last_words()!r}")

    def send(self, data: bytes) -> None:
        # The last guard against commands smuggled in by a name or a search text. What a server asks
        # for with "+" is a literal, which may hold anything.
        asked, self._asked = self._asked, False
        if not asked and _UNSENDABLE.search(data.removesuffix(imaplib.CRLF)):
            raise ValueError("a command holds a line break or NUL")
        self._transport.send_all(data)

    def read(self, size: int) -> bytes:  # pylint: disable=method-required-super
        """A literal."""
        self._spend(size)
        data = self._reader.read(size)
        if len(data) < size:
            raise ConnectionLost("the server ended the connection in the middle of a literal")
        self._in_literal = True
        return data

    def readline(self) -> bytes:
        """The next line, in the one form that imaplib understands."""
        line = self._reader.readline(self._limits.max_line + 2)
        if not line.endswith(b"\n"):
            if len(line) > self._limits.max_line:
                raise AnswerTooLarge(f"a line is longer than {self._limits.max_line} bytes")
            raise ConnectionLost("the server ended the connection")
        self._spend(len(line))
        self._last_line = line[:4096]
        if not line.endswith(b"\r\n"):
            line = line[:-1] + b"\r\n"
        if self._in_literal:
            self._in_literal = False
            # A literal shorter than announced swallows what follows, a longer one spills: both
            # show here, where a value must end. Going on would mean to take mail for answers.
            if self._kind == b"FETCH" and line[:1] not in (b" ", b")"):
                raise ProtocolError("a literal was not as long as announced")
        else:
            line = self._tidied(line)
        return self._with_plain_literal(line) if line.endswith(b"}\r\n") else line

    def shutdown(self) -> None:
        self.drop()

    def starttls(self, ssl_context=None):
        raise NotImplementedError("go_secure() has a deadline and typed failures")

    def go_secure(self, policy, deadline: Deadline) -> None:
        """STARTTLS.

        What has been buffered so far came without protection, so somebody in between may have put
        it there: it is dropped, and so are the capabilities (CVE-2011-0411 and its many relatives;
        RFC 3501 section 6.2.1).
        """
        self._simple_command("STARTTLS")
        self.sock = secure(self.sock, self.host, policy, deadline)
        self._transport = Transport(self.sock, deadline)
        self._reader = io.BufferedReader(self._transport, _BUFFER)
        self._tls_established = True
        self.capabilities = ()
        self.begin(deadline)

    def go_compressed(self) -> None:
        """COMPRESS (RFC 4978): what follows its OK is compressed, and some of it may have been read already."""
        self._simple_command("COMPRESS", "DEFLATE")
        below = self._transport
        below.paused = True
        received = self._reader.read1(_BUFFER) if self._reader.peek(1) else b""
        below.paused = False
        # or the old reader would close the connection when it is forgotten
        self._reader.detach()
        self._transport = DeflateTransport(below, received)
        self._reader = io.BufferedReader(self._transport, _BUFFER)

    def logout(self):
        # The BYE that is due now is a failure everywhere else.
        self._leaving = True
        return super().logout()

    # What has to be overridden although it is imaplib's own

    def _get_capabilities(self) -> None:
        """imaplib asks even where the greeting told."""
        if not self.capabilities:
            self.capability()

    def _append_untagged(self, typ: str, dat) -> None:
        """Every untagged answer comes past here, in order; imaplib keeps them apart by kind."""
        # A text, a text with its literal, or nothing for a response code without data.
        text = dat[0] if isinstance(dat, tuple) else dat or b""
        if typ == "CAPABILITY":
            self.capabilities = tuple(text.decode("ascii", "replace").upper().split())
        elif typ == "OK":
            self._note(self._status(b"OK", text))
        elif typ == "BYE" and not self._leaving:
            raise classify(
                self._status(b"BYE", text), otherwise=ConnectionLost, signed_in=self.signed_in
            )
        elif typ == "PREAUTH":
            raise SignedInAlready("the server greets as already signed in, as nobody knows whom")
        elif typ in self.watchers:
            self.watchers[typ](text)
        return super()._append_untagged(typ, dat)

    def _command_complete(self, name: str, tag: bytes):
        """imaplib ignores requests for more, waits for ever after them, and loses the text of
        BAD.
        """
        while self.tagged_commands[tag] is None:
            if self._get_response() is None:
                raise ProtocolError("the server asks for more where there is no more")
            if self._leaving and "BYE" in self.untagged_responses:
                return "BYE", self.untagged_responses["BYE"]
        kind, (text,) = self.tagged_commands.pop(tag)
        status = self._status(kind.encode(), text)
        if kind in ("NO", "BAD"):
            raise Refused(status)
        if kind != "OK":
            raise ProtocolError(f"a command ended with {self.last_words()!r}")
        self._note(status)
        return kind, [text]

    def _log(self, line: bytes) -> None:
        """imaplib keeps the last commands, and so the password, for debugging."""

    # Inside

    def _tidied(self, line: bytes) -> bytes:
        """Servers write kinds in lower case, and status answers without a text."""
        head = _HEAD.match(line)
        if not head:
            if _UNAVAILABLE.match(line):
                raise ServerUnavailable(self.last_words())
            self._asked = line.startswith(b"+")
            if line == imaplib.CRLF:
                # Newer versions of imaplib would skip it.
                raise ProtocolError("an empty line came as an answer")
            return line
        self._kind = kind = head[2].upper()
        if kind == b"UIDFETCH":
            return self._as_fetch(head[1], line[head.end() :])
        if kind != head[2]:
            line = head[1] + kind + line[head.end() :]
        if head.end() == len(line) - 2:
            line = line[:-2] + b" \r\n"
        elif kind in _STATUS_KINDS and line.endswith(b"}\r\n"):
            # A text may end like the announcement of a literal.
            line = line[:-2] + b" \r\n"
        return line

    def _as_fetch(self, number: bytes, rest: bytes) -> bytes:
        """UIDFETCH, whose number is the UID (RFC 9586 section 3.3), as the FETCH that all else knows."""
        self._kind = b"FETCH"
        uid = number.strip(b"* ")
        return number + b"FETCH" + rest.replace(b"(", b"(UID %s " % uid, 1)

    def _with_plain_literal(self, line: bytes) -> bytes:
        found = _ANNOUNCED.search(line)
        if not found:
            return line
        # Python refuses to read numbers with thousands of digits.
        if len(found[1]) > 19 or int(found[1]) > self._limits.max_literal:
            announced = found[1][:20].decode()
            raise AnswerTooLarge(f"a literal of {announced} bytes was announced")
        return b"%s{%s}\r\n" % (line[: found.start()], found[1])

    def _status(self, kind: bytes, text: bytes) -> Status:
        found = _CODE.match(text)
        code, data = (found[1].upper(), found[2]) if found else (b"", b"")
        return Status(kind, code, data, readable(text, self._secrets))

    def _note(self, status: Status) -> None:
        """What a status answer tells besides that all is well."""
        if status.code:
            self.codes[status.code] = status.data
        if status.code in (b"THROTTLED", b"OVERQUOTA"):
            self.slow_down = Throttled(status.text)

    def _spend(self, size: int) -> None:
        self._lines_left -= 1
        self._bytes_left -= size
        if self._lines_left < 0 or self._bytes_left < 0:
            raise AnswerTooLarge(
                "one command brought more lines or bytes than any honest answer has"
            )
