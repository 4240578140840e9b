"""A mailbox on a real Dovecot to which everything may happen that happens to mailboxes."""

from ...models.imap_connection import ImapConnection
from ..fake_server import FakeSession
from .steps import NEW_FOLDERS

_FOLDERS = ("INBOX", "Sent", *NEW_FOLDERS)
_VERBS = [name for name in vars(FakeSession) if not name.startswith("_")]


class DovecotBox:
    """The verbs of :class:`.memory.MemoryServer` on one user's mailbox.

    :param server: a :class:`~..servers.dovecot.DovecotServer` that knows the user
    """

    in_memory = False
    keeps_track = True

    def __init__(self, server, login):
        self._server, self._login = server, login
        self.ever = {}

    @property
    def _admin(self):
        # not kept: it ends when the folder's index is removed
        return self._server.mailbox(self._login)

    def session(self, connection, plan):
        plan.on_cut = self._cut
        return WatchedSession(ImapConnection._session(connection), plan)

    # what happens

    def deliver(self, name, raw, date, flags=()):
        self._admin.append(name, raw, flags, date)
        self._note(name)

    def put_copy(self, name, uid, to):
        raw, date, flags = self.message(name, uid)
        self.deliver(to, raw, date, flags)

    def move(self, name, uid, to):
        self._admin.move(name, uid, to)
        self._note(to)

    def expunge(self, name, uid):
        self._admin.expunge(name, uid)

    def flag(self, name, uid, flag):
        self._admin.add_flags(name, uid, [flag])

    def create_folder(self, name):
        self._admin.create_folder(name)

    def delete_folder(self, name):
        self._admin.delete_folder(name)

    def rename_folder(self, name, new_name):
        self._admin.rename_folder(name, new_name)
        self._note(new_name)

    def reset(self, name, _start):
        before = self._uidvalidity(name)
        while self._uidvalidity(name) == before:
            # it is made of the time, in seconds
            self._server.reset_uidvalidity(self._login, name)
        self._note(name)

    # what there is

    def names(self):
        return sorted(set(self._admin.folders()) & set(_FOLDERS))

    def uids(self, name):
        return [message.uid for message in self._admin.messages(name)]

    def message(self, name, uid):
        """Return (bytes, INTERNALDATE, flags)."""
        (stored,) = [m for m in self._admin.messages(name) if m.uid == uid]
        return self._admin.raw(name, uid), stored.internaldate, tuple(stored.flags)

    def copies(self):
        """Yield (folder name, uidvalidity, uid, raw) of every message."""
        for name in self.names():
            uidvalidity = self._uidvalidity(name)
            for uid in self.uids(name):
                yield name, uidvalidity, uid, self._admin.raw(name, uid).replace(b"\r\n", b"\n")

    def most_seen(self, name):
        return len(self.ever.get((name, self._uidvalidity(name)), ()))

    # inside

    def _note(self, name):
        self.ever.setdefault((name, self._uidvalidity(name)), set()).update(self.uids(name))

    def _uidvalidity(self, name):
        return self._admin.status(name)["uidvalidity"]

    def _cut(self):
        if self._server.connection_count(self._login):
            self._server.kick(self._login)


class WatchedSession:
    """A real session whose every verb a :class:`.faults.Plan` is told of."""

    def __init__(self, session, plan):
        self._session, self._plan = session, plan

    def __enter__(self):
        self._plan.verb()
        self._session.__enter__()
        return self

    def __exit__(self, *exception):
        self._session.__exit__(*exception)

    def __getattr__(self, name):
        value = getattr(self._session, name)
        if name not in _VERBS:
            return value

        def verb(*args, **kwargs):
            self._plan.verb()
            return value(*args, **kwargs)

        return verb
