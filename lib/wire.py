"""The conversation with a server: commands out, answers in, every one bounded in time, size and
number.

Why not imaplib: it waits per receive and not per command, caps lines but not literals or their
number, mixes the answers of commands in one dictionary, stops at a tagged OK without text, and
logs what it sends, passwords included. All of that is in its core, so what would be left of it
after the repairs is less than this file.

The layers, from the socket up: :class:`.transport.Transport` (bytes until a deadline), an
``io.BufferedReader``, :class:`Wire` (lines, literals, tags). A compression layer fits between the
first two.
"""

import io
import re
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from .account import NetworkPolicy
from .answers import Answer, Reply, Status
from .errors import (
    AnswerTooLarge,
    ConnectionLost,
    NotImap,
    ProtocolError,
    Throttled,
)
from .limits import Limits
from .network import Deadline, secure
from .server_answers import classify, readable
from .transport import Transport

_BUFFER = 256 * 1024
_UNTAGGED = re.compile(rb"\* (?:(\d{1,10}) +)?([A-Za-z][A-Za-z0-9.-]*) ?(.*)", re.DOTALL)
_LITERAL = re.compile(rb"~?\{(\d+)\+?\}$")
_CODE = re.compile(rb"\[([^\s\]]+) ?([^\]]*)\] ?")
_STATUS_KINDS = frozenset({b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"})


class Wire:
    """One connection: sends commands, returns replies, and is useless after its first failure.

    Nothing of what is sent is ever logged. What the server says appears in errors only after
    :meth:`hide` had its way with it.

    :param sock: connected, and inside TLS already where the account wants that from the start
    :param deadline: for the greeting
    """

    def __init__(self, sock: socket.socket, limits: Limits, deadline: Deadline):
        self._limits = limits
        self._transport = Transport(sock, deadline)
        self._reader = io.BufferedReader(self._transport, _BUFFER)
        self._tag = 0
        self._lines_left = self._bytes_left = 0
        self._secrets: tuple[str, ...] = ()
        self._watchers: dict[bytes, Callable[[Answer], None]] = {}
        self.alive = True
        #: upper-case; empty while unknown
        self.capabilities: frozenset[str] = frozenset()
        #: set when the server asked for less traffic although it did what was wanted
        self.slow_down: Throttled | None = None

    def hide(self, *secrets: str) -> None:
        """Never let these texts through into an error, should the server repeat them."""
        self._secrets = tuple(secret for secret in secrets if secret)

    def forget_capabilities(self) -> frozenset[str]:
        """Take back what is known, because it is about to change; returns what was known."""
        known, self.capabilities = self.capabilities, frozenset()
        return known

    def watch(self, kind: bytes, watcher: Callable[[Answer], None]) -> None:
        """Call ``watcher`` for every untagged answer of ``kind``, in the order in which they
        come.
        """
        self._watchers[kind] = watcher

    # Conversation

    def greeting(self) -> Status:
        """Read the greeting: OK or PREAUTH.

        :raises NotImap: when it is none
        :raises SyncError: what BYE means, when the server turns us away
        """
        with self._fatal():
            self._allow_answer()
            # Not a whole line yet: what speaks TLS, or nothing at all, sends none.
            start = self._reader.peek(1)[:40]
            if start[:1] not in (b"", b"*"):
                raise NotImap(f"greeted with {self._readable(start)!r}")
            line = self._line()
            answer = self._untagged(line)
            if not isinstance(answer, Status) or answer.kind not in (b"OK", b"PREAUTH"):
                raise NotImap(f"greeted with {self._readable(line)!r}")
            return answer

    def run(
        self, *words: bytes, continuations: Iterable[bytes] = (), seconds: float | None = None
    ) -> Reply:
        """Send one command and read its whole answer.

        :param words: verb and arguments, already quoted
        :param continuations: what to send, one each time the server asks for more
        :param seconds: total time; by default the limit for commands
        :returns: the reply, whatever its status
        :raises ConnectionTimeout, ConnectionLost, ProtocolError: and what a BYE means; the wire is
            dead then
        """
        return self._exchange([b" ".join(words)], iter(continuations), seconds)

    def run_all(self, commands: Sequence[bytes]) -> Reply:
        """Send several commands at once, so that they cost one round trip; otherwise like
        :meth:`run`.
        """
        return self._exchange(commands, iter(()), None)

    def expect_ok(self, *words: bytes) -> Reply:
        """Like :meth:`run`, but anything other than OK raises what the answer means."""
        reply = self.run(*words)
        if not reply.status.ok:
            raise classify(reply.status)
        return reply

    def secure(self, host: str, policy: NetworkPolicy, deadline: Deadline) -> None:
        """Go on inside TLS, after the server agreed to STARTTLS.

        What has been buffered so far came without protection, so somebody in between may have put
        it there: it is dropped, and so are the capabilities (CVE-2011-0411 and its many relatives;
        RFC 3501 section 6.2.1).
        """
        with self._fatal():
            sock = secure(self._transport.sock, host, policy, deadline)
            self._transport = Transport(sock, deadline)
            self._reader = io.BufferedReader(self._transport, _BUFFER)
            self.forget_capabilities()

    def close(self) -> None:
        """Drop the connection. Never raises."""
        self.alive = False
        with suppress(OSError):
            self._transport.close()

    # Sending

    def _exchange(
        self, commands: Sequence[bytes], continuations: Iterator[bytes], seconds: float | None
    ) -> Reply:
        if not self.alive:
            raise ConnectionLost("the connection was given up earlier")
        with self._fatal():
            self._transport.deadline = Deadline(seconds or self._limits.command_timeout)
            self._allow_answer()
            tags = [self._next_tag() for _ in commands]
            lines = [self._checked(b"%s %s" % pair) for pair in zip(tags, commands, strict=True)]
            self._transport.send_all(b"".join(lines))
            return self._read_reply(tags, continuations)

    def _next_tag(self) -> bytes:
        self._tag += 1
        return b"m%d" % self._tag

    @staticmethod
    def _checked(line: bytes) -> bytes:
        """The last guard against commands smuggled in by a name or a search text."""
        if b"\r" in line or b"\n" in line or b"\0" in line:
            raise ValueError("a command holds a line break or NUL")
        return line + b"\r\n"

    # Receiving

    def _read_reply(self, tags: list[bytes], continuations: Iterator[bytes]) -> Reply:
        waiting = dict.fromkeys(tags)
        left = len(tags)
        answers: list[Answer] = []
        notices: list[Status] = []
        while left:
            line = self._line()
            if line.startswith(b"* "):
                answer = self._untagged(line)
                (notices if isinstance(answer, Status) else answers).append(answer)
            elif line.startswith(b"+"):
                more = next(continuations, None)
                if more is None:
                    raise ProtocolError("the server asks for more where there is no more")
                self._transport.send_all(self._checked(more))
            else:
                tag, _, rest = line.partition(b" ")
                if tag not in waiting or waiting[tag] is not None:
                    raise ProtocolError(f"unexpected line {self._readable(line)!r}")
                waiting[tag] = self._tagged(rest)
                left -= 1
        return Reply(tuple(waiting.values()), tuple(answers), tuple(notices))

    def _tagged(self, rest: bytes) -> Status:
        kind, _, text = rest.partition(b" ")
        if kind.upper() not in (b"OK", b"NO", b"BAD"):
            raise ProtocolError(f"a command ended with {self._readable(rest)!r}")
        return self._status(kind.upper(), text)

    def _untagged(self, line: bytes) -> Answer | Status:
        found = _UNTAGGED.fullmatch(line)
        if not found:
            raise ProtocolError(f"unexpected line {self._readable(line)!r}")
        kind, text = found[2].upper(), found[3]
        if kind in _STATUS_KINDS:
            status = self._status(kind, text)
            if kind == b"BYE":
                raise classify(status, otherwise=ConnectionLost)
            return status
        answer = Answer(kind, int(found[1] or 0), self._with_literals(kind, text))
        if kind == b"CAPABILITY":
            self._learn_capabilities(answer.parts[0])
        watcher = self._watchers.get(kind)
        if watcher:
            watcher(answer)
        return answer

    def _status(self, kind: bytes, text: bytes) -> Status:
        found = _CODE.match(text)
        code, data = (found[1].upper(), found[2]) if found else (b"", b"")
        if code == b"CAPABILITY":
            self._learn_capabilities(data)
        status = Status(kind, code, data, self._readable(text))
        if kind == b"OK" and code in (b"THROTTLED", b"OVERQUOTA"):
            self.slow_down = Throttled(status.text)
        return status

    def _learn_capabilities(self, words: bytes) -> None:
        self.capabilities = frozenset(words.decode("ascii", "replace").upper().split())

    def _with_literals(self, kind: bytes, text: bytes) -> tuple[bytes, ...]:
        """Read the literals that ``text`` announces and the texts between them."""
        if not text.endswith(b"}"):
            return (text,)
        parts = []
        while found := _LITERAL.search(text):
            parts += (text[: found.start()], self._literal(found[1]))
            text = self._line()
            # A literal shorter than announced swallows what follows, a longer one spills: both
            # show here, where a value must end. Going on would mean to take mail for answers.
            if kind == b"FETCH" and text[:1] not in (b" ", b")"):
                raise ProtocolError("a literal was not as long as announced")
        return (*parts, text)

    def _literal(self, digits: bytes) -> bytes:
        size = int(digits) if len(digits) < 20 else self._limits.max_literal + 1
        if size > self._limits.max_literal:
            raise AnswerTooLarge(f"a literal of {digits[:20].decode()} bytes was announced")
        self._spend(size)
        data = self._reader.read(size)
        if len(data) < size:
            raise ConnectionLost("the server ended the connection in the middle of a literal")
        return data

    def _line(self) -> bytes:
        """The next line without its end. Some servers end lines with LF only."""
        line = self._reader.readline(self._limits.max_line + 2)
        if not line.endswith(b"\n"):
            if len(line) > self._limits.max_line:
                raise AnswerTooLarge(f"a line is longer than {self._limits.max_line} bytes")
            raise ConnectionLost("the server ended the connection")
        self._spend(len(line))
        return line[:-2] if line.endswith(b"\r\n") else line[:-1]

    def _allow_answer(self) -> None:
        self._lines_left = self._limits.max_answers
        self._bytes_left = self._limits.max_answer_bytes

    def _spend(self, size: int) -> None:
        self._lines_left -= 1
        self._bytes_left -= size
        if self._lines_left < 0 or self._bytes_left < 0:
            raise AnswerTooLarge(
                "one command brought more lines or bytes than any honest answer has"
            )

    def _readable(self, text: bytes) -> str:
        return readable(text, self._secrets)

    @contextmanager
    def _fatal(self):
        """Whatever goes wrong inside: the position in the stream is unknown then, so the
        connection is dropped.
        """
        try:
            yield
        except BaseException:
            self.close()
            raise
