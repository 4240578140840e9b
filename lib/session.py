"""One mailbox over one connection, for reading only: the one way in which the engine sees a
server.

Nothing here changes anything on the server: folders are examined and never selected, and all
bodies are peeked at. A session belongs to one thread.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from .account import Account, Security
from .client import Client
from .errors import (
    ConnectionLost,
    FolderGone,
    MessageUnreadable,
    PlainLoginForbidden,
    SyncError,
    Throttled,
)
from .fetch import Fetcher, RawHeader
from .fingerprint import fingerprint
from .folders import (
    FolderInfo,
    FolderStatus,
    Snapshot,
    examine,
    folder_states,
    list_folders,
    survey,
)
from .known import Tracking
from .limits import Limits
from .login import connect
from .network import Deadline, normal_host, open_socket, secure
from .quirks import Quirks
from .search import Query, search, search_people
from .uid_only import UidOnlyWatch, UidOnlyWindows
from .uid_ranges import UidRanges
from .uids import UidWindows
from .watch import Changes, FlagsByUid, Listed, Watch

__all__ = [
    "Changes",
    "FolderInfo",
    "FolderStatus",
    "Limits",
    "Listed",
    "RawHeader",
    "Session",
    "Snapshot",
]

_DEFAULT_LIMITS = Limits()


class Session:
    """A signed-in connection to one mailbox.

    Every method may raise :class:`.errors.SyncError` of the kinds that a broken connection has
    (ConnectionLost, ConnectionTimeout, ProtocolError, Throttled, TooManyConnections,
    ServerUnavailable); after these the session is of no more use. Kinds that a method raises
    besides are named there.

    :param account: where and who
    :param limits: bounds on what the server may do
    """

    def __init__(self, account: Account, *, limits: Limits = _DEFAULT_LIMITS):
        self._account = account
        self._limits = limits
        self._connection: Client | None = None
        self._examined: tuple[bytes, Snapshot] | None = None
        self._windows: UidWindows | UidOnlyWindows | None = None
        self._watch: Watch | None = None
        self._first_folder = True
        self._repairs = 0
        self._fetcher = Fetcher(self._client, limits, self._repair)

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *_exception) -> None:
        self.close()

    # Connection

    def open(self) -> None:
        """Connect, secure, sign in.

        :raises SyncError: PlainLoginForbidden, HostUnknown, HostForbidden, ConnectionRefused,
            ConnectionTimeout, CertificateInvalid, TlsFailed, NotImap, LoginRefused and its kinds,
            or what the server says is wrong
        """
        account, limits = self._account, self._limits
        plain = account.security is Security.NONE
        if plain and normal_host(account.host) not in account.policy.allowed_hosts:
            raise PlainLoginForbidden(f"{account.host} may not be signed in to without encryption")
        deadline = Deadline(limits.connect_timeout)
        sock = open_socket(account.host, account.port, account.policy, deadline)
        if account.security is Security.SSL:
            sock = secure(sock, account.host, account.policy, deadline)
        self._connection = connect(sock, account, limits, deadline)
        self._limits = limits.with_message_limit(self.quirks.message_limit)
        self._fetcher = Fetcher(self._client, self._limits, self._repair)
        self._first_folder = True

    def close(self) -> None:
        """Say goodbye, if the server listens; never raises."""
        client, self._connection = self._connection, None
        if client is not None:
            client.farewell()

    @property
    def capabilities(self) -> frozenset[str]:
        """What the server can do, in upper case, as told after the sign-in; without what it only
        pretends to.
        """
        return frozenset(word.decode() for word in self._client().capabilities())

    @property
    def quirks(self) -> Quirks:
        """What this server does differently."""
        return self._client().quirks

    @property
    def slow_down(self) -> Throttled | None:
        """Set when the server asked for less traffic while it still answered."""
        return self._client().slow_down

    @property
    def facts(self) -> dict[str, str | bool | list[str]]:
        """What there is to know of the server and the line, of nobody's mailbox, as plain values."""
        client = self._client()
        return {
            "capabilities": sorted(self.capabilities),
            "compressed": client.imap.compressed,
            "name": client.identity,
            "quirks": list(client.quirks.names),
            "tls": client.imap.tls,
        }

    # Folders

    def list_folders(self) -> tuple[FolderInfo, ...]:
        """All folders; see :func:`.folders.list_folders`."""
        return list_folders(self._client(), self._limits)

    def status(self, raws: Iterable[bytes]) -> dict[bytes, FolderStatus]:
        """The state of folders by raw name; see :func:`.folders.folder_states`."""
        return folder_states(self._client(), self._limits, raws)

    def survey(
        self, raws: Iterable[bytes], *, listed: bool
    ) -> tuple[tuple[FolderInfo, ...] | None, dict[bytes, FolderStatus]]:
        """All folders, if ``listed`` or if it costs nothing, and states; see
        :func:`.folders.survey`.
        """
        return survey(self._client(), self._limits, raws, listed)

    def examine(self, raw: bytes) -> Snapshot:
        """Open a folder; the methods below work on it.

        :raises FolderGone: it does not exist or cannot be opened
        """
        client = self._client()
        if self._first_folder:
            self._first_folder = False
            client.enable_qresync()
        self._examined = self._windows = self._watch = None
        snapshot = examine(client, raw)
        self._examined = raw, snapshot
        if client.uid_only:
            self._windows = UidOnlyWindows(client, self._limits, snapshot)
            self._watch = UidOnlyWatch(client, self._limits, snapshot, self._windows)
        else:
            self._windows = UidWindows(client, self._limits, raw, snapshot)
            self._watch = Watch(client, self._limits, snapshot, self._windows.vanishing)
        return snapshot

    def fingerprint(self, known: str = "") -> tuple[str, bool]:
        """Which messages the examined folder holds, and whether it begins with those of an earlier
        fingerprint; see :func:`.fingerprint.fingerprint`.
        """
        self._in_folder()
        return fingerprint(self._client(), self._limits, self._examined[1], known)

    # Messages of the examined folder

    def uids_from(self, uid: int, limit: int) -> list[int]:
        """The lowest ``limit`` UIDs that are not below ``uid``, ascending."""
        return self._in_folder().upwards(uid, limit)

    def uids_below(self, uid: int, limit: int, floor: int = 1) -> list[int]:
        """The highest ``limit`` UIDs below ``uid`` and not below ``floor``, descending.

        Fewer than ``limit`` mean that there are no more. Memory does not depend on the size of the
        folder.
        """
        return self._in_folder().downwards(uid, limit, floor)

    def count_from(self, uid: int) -> int:
        """How many messages have a UID that is not below ``uid``."""
        return self._in_folder().count_from(uid)

    def first_uid_since(self, day: date) -> int | None:
        """The lowest UID whose INTERNALDATE is not before ``day`` (in the server's time zone), or
        None.
        """
        return self._in_folder().first_since(day)

    def search_people(self, addresses: Iterable[str]) -> list[int]:
        """Messages that may be of, or to, any of some addresses; see :func:`.search.search_people`."""
        return search_people(self._client(), self._in_folder().windows(), addresses)

    def search(self, query: Query, limit: int) -> list[int]:
        """At most ``limit`` UIDs of messages that may be meant by ``query``, the highest first."""
        return search(self._client(), self._in_folder().windows(), query, limit)

    def fetch_headers(
        self, uids: Iterable[int], *, isolate: bool = False
    ) -> dict[int, RawHeader | MessageUnreadable]:
        """Flags, date, size and the header fields that matching needs.

        :param isolate: a connection ended before while these were fetched, maybe because of one of
            them: should that happen again, reconnect and find out which
        :returns: by UID; a :class:`.errors.MessageUnreadable` for one that the server cannot hand
            out; without those that are gone
        """
        self._in_folder()
        return self._fetcher.headers(uids, isolate)

    def fetch_bodies(
        self, messages: Mapping[int, int] | Iterable[RawHeader], *, isolate: bool = False
    ) -> Iterator[tuple[int, bytes | MessageUnreadable]]:
        """Whole messages, batch by batch, in ascending order of UIDs.

        A batch is complete before its first message is handed out, so other methods may be called
        in between, as long as they leave the folder open.

        :param messages: UID to size in bytes, or the headers; larger ones than
            :attr:`Limits.max_literal` are not fetched but come as
            :class:`.errors.MessageUnreadable`
        :param isolate: as for :meth:`fetch_headers`
        """
        self._in_folder()
        if not isinstance(messages, Mapping):
            messages = {message.uid: message.size for message in messages}
        return self._fetcher.bodies(messages, isolate)

    # What is known of the examined folder

    @property
    def tracking(self) -> Tracking:
        """How the server keeps track of changes; of a folder without MODSEQ, its snapshot tells."""
        client = self._client()
        if client.has_capability("QRESYNC") and client.has_capability("ENABLE"):
            return Tracking.QRESYNC if client.qresync or self._first_folder else Tracking.CONDSTORE
        return Tracking.CONDSTORE if client.has_capability("CONDSTORE") else Tracking.NONE

    def changes_since(self, modseq: int) -> Iterator[Changes]:
        """Changed flags, and with QRESYNC what vanished; see :meth:`.watch.Watch.changes_since`."""
        return self._watching().changes_since(modseq)

    def listing(self, *, flags: bool, last: int | None = None) -> Iterator[Listed]:
        """All messages; see :meth:`.watch.Watch.listing`."""
        return self._watching().listing(flags=flags, last=last)

    def present(self, uids: Iterable[int]) -> FlagsByUid:
        """Flags of those of some messages that are there; see :meth:`.watch.Watch.present`."""
        return self._watching().present(uids)

    def vanished(self) -> UidRanges:
        """What the server said has vanished since this was last asked, with whatever command it
        came.
        """
        return self._in_folder().vanishing.take_news()

    # Inside

    def _watching(self) -> Watch:
        self._in_folder()
        return self._watch

    def _client(self) -> Client:
        if self._connection is None:
            raise ConnectionLost("the session is not open")
        return self._connection

    def _in_folder(self) -> UidWindows | UidOnlyWindows:
        if self._windows is None:
            raise FolderGone("no folder is open")
        return self._windows

    def _repair(self, error: SyncError) -> None:
        """Connect anew to the same folder, so that the message that broke the connection can be
        found.

        :raises SyncError: the original one, when this happens too often or the folder is another
            one now; or what keeps us from connecting
        """
        self._repairs += 1
        examined = self._examined
        self.close()
        if examined is None or self._repairs > self._limits.max_repairs:
            raise error
        self.open()
        raw, before = examined
        if self.examine(raw).uidvalidity != before.uidvalidity:
            self.close()
            raise error
