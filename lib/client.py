"""IMAPClient over our own connection: one deadline per command, typed failures, and the commands
that it lacks.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace

from imapclient import IMAPClient, imap_utf7
from imapclient.exceptions import IMAPClientError

from .account import Account
from .answers import Refused
from .errors import (
    CommandRefused,
    ConnectionLost,
    ProtocolError,
    ServerUnavailable,
    SyncError,
    Throttled,
)
from .grammar import quoted
from .imap4 import Imap4
from .limits import Limits
from .network import Deadline
from .quirks import Quirks
from .server_answers import classify

#: said by Exchange of one folder or one message
_EXCHANGE_UNAVAILABLE = re.compile(r"server unavailable\.", re.IGNORECASE)
#: what imaplib keeps of untagged answers of one kind: texts, and texts with the literal they
#: announce
Untagged = list


class Client(IMAPClient):
    """One connection; of no more use after its first failure other than a refusal.

    :param sock: connected, and inside TLS already where the account wants that from the start
    :param deadline: for the greeting
    """

    def __init__(self, sock: socket.socket, account: Account, limits: Limits, deadline: Deadline):
        self._limits = limits
        #: when all has to be over that is said from now on, see :mod:`.login`
        self.until = Deadline(limits.open_timeout)
        # IMAPClient's constructor wants to connect by itself.
        self._connected = sock, deadline
        super().__init__(account.host, account.port, ssl=False)
        # It makes imaplib write out every byte, for a logger that throws it away.
        self._imap.debug = 0
        # Names stay as the server wrote them; times keep their zone.
        self.folder_encode = False
        self.normalise_times = False
        #: nothing is known of the server until it has been asked, see :mod:`.login`
        self.quirks = Quirks()
        #: name and version by its answer to ID
        self.identity = ""
        #: whether the server tells of vanished messages by VANISHED
        self.qresync = False
        #: whether messages have no sequence numbers, see :mod:`.uid_only`
        self.uid_only = False

    def _create_IMAP4(self) -> Imap4:
        sock, deadline = self._connected
        return Imap4(sock, self.host, self._limits, deadline)

    def _normalise_folder(self, folder_name: bytes | str) -> bytes:
        """IMAPClient takes no 8-bit names, although servers send them."""
        return quoted(imap_utf7.encode(folder_name))

    @property
    def imap(self) -> Imap4:
        """The layer below, for commands that IMAPClient has not."""
        return self._imap

    @property
    def alive(self) -> bool:
        """Whether commands can still be sent."""
        return self._imap.alive

    @property
    def slow_down(self) -> Throttled | None:
        """Set when the server asked for less traffic although it did what was wanted."""
        return self._imap.slow_down

    @contextmanager
    def conversation(
        self, *, otherwise: type[SyncError] = CommandRefused, seconds: float | None = None
    ) -> Iterator[Imap4]:
        """The bounds within which commands are sent and answered.

        :param otherwise: what a refusal means that nothing is known of
        :param seconds: total time; by default the limit for commands
        :raises SyncError: whatever went wrong; the connection is dropped unless it was a refusal,
            because the position in the stream is unknown then
        """
        imap = self._imap
        if not imap.alive:
            raise ConnectionLost("the connection was given up earlier")
        try:
            imap.begin(self.until.within(seconds or self._limits.command_timeout))
            yield imap
        except Refused as refusal:
            raise self.failure(refusal, otherwise) from None
        except (IMAPClientError, ValueError):
            # Their texts hold the server's words, and maybe the password in them.
            imap.drop()
            raise ProtocolError(f"unexpected answer {imap.last_words()!r}") from None
        except BaseException:
            imap.drop()
            raise

    def failure(self, refusal: Refused, otherwise: type[SyncError] = CommandRefused) -> SyncError:
        """The typed failure that a refusal stands for with this server."""
        signed_in = self._imap.signed_in
        failure = classify(refusal.status, otherwise=otherwise, signed_in=signed_in)
        if self.quirks.unavailable_is_local and isinstance(failure, ServerUnavailable):
            if _EXCHANGE_UNAVAILABLE.match(refusal.status.text):
                return otherwise(refusal.status.text)
        return failure

    def ask(self, kind: str, *words: str | bytes, otherwise=CommandRefused) -> Untagged:
        """Run one command, with arguments ready to be sent; returns its answers of one kind."""
        (answers,) = self.ask_for((kind,), *words, otherwise=otherwise)
        return answers

    def ask_for(
        self, kinds: tuple[str, ...], *words: str | bytes, otherwise=CommandRefused
    ) -> list[Untagged]:
        """Run one command that brings answers of several kinds."""
        with self.conversation(otherwise=otherwise) as imap:
            imap._simple_command(*words)
            return [imap.untagged_responses.pop(kind, []) for kind in kinds]

    def fetch_raw(self, *words: str | bytes) -> tuple[Untagged, Refused | None]:
        """FETCH with a set instead of a list of messages; what came before a refusal counts."""
        refusal = None
        with self.conversation() as imap:
            try:
                imap._simple_command(*words)
            except Refused as error:
                refusal = error
            return imap.untagged_responses.pop("FETCH", []), refusal

    def ask_all(self, kind: str, commands: Sequence[tuple[str | bytes, ...]]):
        """Send several commands at once, so that they cost one round trip.

        :returns: their answers of one kind, and the refusals
        """
        refusals = []
        with self.conversation() as imap:
            tags = [imap._command(*words) for words in commands]
            for words, tag in zip(commands, tags, strict=True):
                try:
                    imap._command_complete(words[0], tag)
                except Refused as refusal:
                    refusals.append(refusal)
            return imap.untagged_responses.pop(kind, []), refusals

    # IMAPClient's own, within bounds

    def capabilities(self) -> tuple[bytes, ...]:
        """IMAPClient keeps what was said before the sign-in, and asks at every look after
        STARTTLS.
        """
        if not self._imap.capabilities:
            with self.conversation() as imap:
                imap.capability()
        hidden = self.quirks.hidden
        return tuple(word.encode() for word in self._imap.capabilities if word not in hidden)

    def forget_capabilities(self) -> None:
        """They are about to change (RFC 3501 section 6.2.3)."""
        self._imap.capabilities = ()

    def examine(self, raw: bytes, otherwise: type[SyncError]) -> tuple[Untagged, dict]:
        """Open a folder for reading only. (IMAPClient's reading of the answer takes the first of
        two EXISTS and fails on brackets in a text.)

        :returns: the EXISTS answers and the response codes
        """
        name = self._normalise_folder(raw)
        with self.conversation(otherwise=otherwise) as imap:
            imap.select(name, readonly=True)
            return imap.untagged_responses.get("EXISTS", []), dict(imap.codes)

    def enable_qresync(self) -> None:
        """Have vanished messages told by UID, if the server can; illegal once a folder is open
        (RFC 5161).
        """
        if self.has_capability("QRESYNC") and self.has_capability("ENABLE"):
            self.qresync = self._enable("QRESYNC")

    def enable_uid_only(self) -> None:
        """Do without message sequence numbers (RFC 9586), if that shows all of a folder."""
        if self.quirks.partial_view and {b"UIDONLY", b"PARTIAL"} <= set(self.capabilities()):
            self.uid_only = self._enable("UIDONLY")
        if self.uid_only:
            self.quirks = replace(self.quirks, partial_view=False)

    def _enable(self, extension: str) -> bool:
        with suppress(CommandRefused):
            enabled = b" ".join(self.ask("ENABLED", "ENABLE", extension))
            return extension.encode() in enabled.upper().split()
        return False

    def farewell(self) -> None:
        """Say goodbye if the server listens; never raises."""
        if self.alive:
            with suppress(SyncError), self.conversation(seconds=self._limits.close_timeout):
                self.logout()
        self._imap.drop()
