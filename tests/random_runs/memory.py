"""A mail server in memory to which everything may happen that happens to mail servers."""

from itertools import count

from ...lib.known import Tracking
from ..fake_server import FakeServer
from .faults import FaultySession


class MemoryServer(FakeServer):
    """A :class:`FakeServer` whose UIDVALIDITY never repeats, and that remembers what its folders ever held.

    :cvar in_memory: it can do what no real server can be made to do: :meth:`restore`, :meth:`track`
    :ivar ever: (folder name, uidvalidity) -> every UID that meant a message there
    """

    in_memory = True

    def __init__(self, tracking):
        self._validities = count(1)
        self.ever = {}
        super().__init__(tracking)

    def add_folder(self, name, role="other"):
        folder = super().add_folder(name, role)
        folder.uidvalidity = next(self._validities)
        return folder

    def session(self, _connection, plan):
        return FaultySession(self, plan)

    # what happens

    def deliver(self, name, raw, date, flags=()):
        folder = self.folders[name]
        uid = folder.deliver(raw, date, flags)
        self._note(folder).add(uid)
        return uid

    def put_copy(self, name, uid, to):
        self.deliver(to, *self.message(name, uid))

    def move(self, name, uid, to):
        self.put_copy(name, uid, to)
        self.expunge(name, uid)

    def expunge(self, name, uid):
        del self.folders[name].messages[uid]

    def flag(self, name, uid, flag):
        message = self.folders[name].messages[uid]
        message.flags = tuple({*message.flags} ^ {flag})

    def create_folder(self, name):
        self.add_folder(name)

    def delete_folder(self, name):
        del self.folders[name]

    def rename_folder(self, name, new_name):
        folder = self.folders.pop(name)
        folder.name = new_name
        self.folders[new_name] = folder
        self.ever[new_name, folder.uidvalidity] = self.ever.pop(
            (name, folder.uidvalidity), set(folder.messages)
        )

    def reset(self, name, start):
        """Another UIDVALIDITY, and the messages numbered anew from ``start``."""
        folder = self.folders[name]
        messages, folder.messages = list(folder.messages.values()), {}
        folder.uidvalidity, folder.uidnext = next(self._validities), start
        folder.modseqs, folder.vanished, folder.flags_before = {}, {}, {}
        for message in messages:
            self.deliver(name, message.raw, message.internaldate, message.flags)

    def restore(self, name, number):
        """From a backup of before the last messages came: UIDNEXT falls, and their UIDs are given again."""
        folder = self.folders[name]
        # what was flagged before has its MODSEQ by now, and is flagged in the backup as well
        folder.note_changes()
        for uid in sorted(folder.messages, reverse=True)[:number]:
            del folder.messages[uid]
            folder.uidnext = uid
            folder.modseqs.pop(uid, None)
            folder.flags_before.pop(uid, None)
        folder.modseq = max(folder.modseqs.values(), default=1)
        held = self._note(folder)
        held -= {uid for uid in held if uid >= folder.uidnext}

    def track(self, number):
        """Another software: it keeps track of changes in another way."""
        self.tracking = list(Tracking)[number % len(Tracking)]

    # what there is

    @property
    def keeps_track(self):
        """Whether changes of known messages are to be seen at once."""
        return self.tracking is not Tracking.NONE

    def names(self):
        return sorted(self.folders)

    def uids(self, name):
        return sorted(self.folders[name].messages)

    def message(self, name, uid):
        """Return (bytes, INTERNALDATE, flags)."""
        message = self.folders[name].messages[uid]
        return message.raw, message.internaldate, message.flags

    def copies(self):
        """Yield (folder name, uidvalidity, uid, raw) of every message."""
        for name, folder in self.folders.items():
            for uid, message in folder.messages.items():
                yield name, folder.uidvalidity, uid, message.raw

    def most_seen(self, name):
        """Return how many messages a folder has ever held under its UIDVALIDITY."""
        folder = self.folders[name]
        return len(self.ever.get((name, folder.uidvalidity), ()))

    def _note(self, folder):
        return self.ever.setdefault((folder.name, folder.uidvalidity), set())
