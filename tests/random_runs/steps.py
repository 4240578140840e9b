"""What may happen in a random run. A step is a name and three numbers, and means something in every situation."""

from datetime import timedelta

from . import mails
from .decisions import Decisions
from .faults import Plan

NEW_FOLDERS = ("Clients", "Projects", "Projekte", "Old")


class Steps(Decisions):
    """Everything that may happen to the mailboxes of a :class:`~.world.World`.

    A number chooses among what is there, whatever it is: so a run of which steps were left out is a run too.
    """

    #: step -> how often it is drawn
    WEIGHTS = {
        "deliver": 10,
        "deliver_many": 2,
        "duplicate": 2,
        "share": 5,
        "flag": 3,
        "move": 3,
        "put_copy": 2,
        "expunge": 3,
        "create_folder": 1,
        "rename_folder": 1,
        "delete_folder": 1,
        "recreate": 1,
        "reset": 2,
        "restore": 2,
        "track": 1,
        "sync": 6,
        "cut": 3,
        "kill": 5,
        "meanwhile": 3,
        "audit": 2,
        "refresh": 3,
        "pause": 1,
        "resume": 2,
        "extend": 1,
        "clock": 1,
        **Decisions.WEIGHTS,
    }

    def __init__(self, world):
        self._world = world

    def take(self, step):
        name, *numbers = step
        getattr(self, name)(*numbers)
        self._world.checkpoints.commit()

    # mail comes

    def deliver(self, box, kind, where):
        box = self._box(box)
        folder = self._pick(box.server.names(), where)
        if folder and self._has_room(box, folder):
            mail = self._world.new_mail(box, mails.KINDS[kind % len(mails.KINDS)], kind, where)
            box.server.deliver(folder, mail.raw, mail.date, mail.flags)
            box.held.add(mail.key)

    def deliver_many(self, box, kind, where):
        for number in range(4):
            self.deliver(box, kind + number * 5, where)

    def duplicate(self, box, folder, message):
        self._copy_to(box, folder, message, lambda _box, name: name)

    def share(self, box, folder, message):
        """The colleague has the same mail, which took another way to them."""
        box, name, uid = self._message(box, folder, message)
        other = self._box(self._world.boxes.index(box) + 1)
        if uid and self._has_room(other, "INBOX"):
            raw, date, flags = box.server.message(name, uid)
            other.server.deliver("INBOX", b"Received: from elsewhere\n" + raw, date, flags)
            other.held.add(mails.key_of(raw))

    # mail changes

    def flag(self, box, folder, message):
        box, name, uid = self._message(box, folder, message)
        if uid:
            box.server.flag(name, uid, "\\Seen")

    def move(self, box, folder, message):
        box, name, uid = self._message(box, folder, message)
        to = self._pick(box.server.names(), message)
        if uid and to != name and self._has_room(box, to):
            box.server.move(name, uid, to)

    def put_copy(self, box, folder, message):
        self._copy_to(box, folder, message, lambda b, _name: self._pick(b.server.names(), message))

    def expunge(self, box, folder, message):
        box, name, uid = self._message(box, folder, message)
        if uid:
            box.server.expunge(name, uid)

    # folders change

    def create_folder(self, box, name, _unused):
        box = self._box(box)
        name = self._pick(NEW_FOLDERS, name)
        if name not in box.server.names():
            box.server.create_folder(name)

    def rename_folder(self, box, folder, name):
        box, folder = self._own_folder(box, folder)
        name = self._pick(NEW_FOLDERS, name)
        if folder and name not in box.server.names():
            box.server.rename_folder(folder, name)

    def delete_folder(self, box, folder, _unused):
        box, folder = self._own_folder(box, folder)
        if folder:
            box.server.delete_folder(folder)

    def recreate(self, box, folder, _unused):
        box, folder = self._own_folder(box, folder)
        if folder:
            box.server.delete_folder(folder)
            box.server.create_folder(folder)

    def reset(self, box, folder, start):
        box = self._box(box)
        box.server.reset(self._pick(box.server.names(), folder), 1 + start % 40)

    def restore(self, box, folder, number):
        """A backup comes back: the last messages are gone, their UIDs are given to others."""
        box = self._box(box)
        if box.server.in_memory:
            name = self._pick(box.server.names(), folder)
            box.server.restore(name, 1 + number % 3)
            box.restored.add(name)
            self.deliver(self._world.boxes.index(box), number, folder)

    def track(self, box, number, _unused):
        """The server is replaced by one of another kind, or learns something."""
        box = self._box(box)
        if box.server.in_memory:
            box.server.track(number)

    # syncs

    def sync(self, box, size, budget):
        self._sync(self._box(box), size, Plan(), 1e-9 if budget % 3 == 0 else None)

    def cut(self, box, size, when):
        """New mail comes, and the connection breaks while it is read."""
        self.deliver_many(box, when, size)
        self._sync(self._box(box), size, Plan(cut_at=1 + when // 7 % _spread(when)))

    def kill(self, box, size, when):
        """New mail comes, and the process dies while it is read."""
        self.deliver_many(box, when, size)
        self._sync(self._box(box), size, Plan(kill_at=1 + when // 7 % _spread(when)))

    def meanwhile(self, box, size, what):
        """New mail comes, and something else happens while it is read."""
        steps = ("deliver", "move", "expunge", "put_copy", "share", "flag", "pause", "set_level")
        step = steps[what % len(steps)]
        self.deliver_many(box, what, size)

        def happen():
            getattr(self, step)(box, what // 7, what // 11)

        self._in_sync = True
        try:
            plan = Plan(meanwhile=happen, meanwhile_at=2 + what // 13 % _spread(what))
            self._sync(self._box(box), size, plan)
        finally:
            self._in_sync = False

    def audit(self, box, window, when):
        """The completeness is checked, maybe to the moment at which the connection breaks or the process dies."""
        plans = (Plan(), Plan(cut_at=1 + when % 40), Plan(kill_at=1 + when % 40))
        self._world.audit(self._box(box), plans[when // 40 % len(plans)], 1 + window % 5)

    def refresh(self, box, _unused, _unused2):
        self._world.refresh(self._box(box))

    # the owner and the clock

    def pause(self, box, _unused, _unused2):
        self._box(box).connection.action_pause()

    def resume(self, box, _unused, _unused2):
        self._world.connect(self._box(box))

    def extend(self, box, _unused, _unused2):
        self._box(box).connection.sync_since = False

    def clock(self, _unused, hours, _unused2):
        self._world.clock_offset = timedelta(hours=hours % 2000 - 1000)

    # inside

    _in_sync = False

    def _sync(self, box, size, plan, budget=None):
        self._world.sync(box, plan, 1 + size % 5, 1 + size // 5 % 4, budget)

    def _box(self, number):
        return self._world.boxes[number % len(self._world.boxes)]

    @staticmethod
    def _pick(choices, number):
        return choices[number % len(choices)] if choices else None

    def _own_folder(self, box, folder):
        """Return a folder that may be renamed or deleted."""
        box = self._box(box)
        return box, self._pick([n for n in box.server.names() if n in NEW_FOLDERS], folder)

    def _message(self, box, folder, message):
        box = self._box(box)
        names = [name for name in box.server.names() if box.server.uids(name)]
        name = self._pick(names, folder)
        return box, name, name and self._pick(box.server.uids(name), message)

    def _copy_to(self, box, folder, message, to):
        box, name, uid = self._message(box, folder, message)
        if uid:
            target = to(box, name)
            if self._has_room(box, target):
                box.server.put_copy(name, uid, target)

    def _has_room(self, box, name):
        """Say whether a folder may get mail: one whose UIDNEXT fell, only while Odoo can notice that it did."""
        if name not in box.restored:
            return True
        if self._in_sync:
            return False
        folder = box.server.folders[name]
        known = box.connection.sudo().folder_ids.filtered(lambda f: f.raw_path == name)
        if known.uidvalidity == folder.uidvalidity and known.uidnext > folder.uidnext:
            return folder.uidnext + 1 < known.uidnext
        box.restored.discard(name)
        return True


def _spread(number):
    """Return within how many verbs or statements something goes wrong: sometimes early, sometimes anywhere."""
    return (8, 20, 60)[number % 3]
