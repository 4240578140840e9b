"""What breaks a sync: a connection that is cut at some verb, a process that is killed at some statement."""

import re
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import SQL

from ...lib.errors import ConnectionLost, FolderGone, MessageUnreadable
from ..fake_server import FakeSession

_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|SELECT setval)", re.IGNORECASE)


class Killed(BaseException):
    """SIGKILL: no handler of the code under test may see to it."""


class Plan:
    """What is to happen during one sync, by the number of the verb or statement at which it happens.

    :param cut_at: the verb at which the connection breaks
    :param kill_at: the write (or commit) at which the process dies
    :param meanwhile: a function that changes something on the server, called at verb ``meanwhile_at``
    """

    def __init__(self, cut_at=None, kill_at=None, meanwhile=None, meanwhile_at=None):
        self._cut_at, self._kill_at = cut_at, kill_at
        self._meanwhile, self._meanwhile_at = meanwhile, meanwhile_at
        self.verbs = self.writes = 0

    def verb(self):
        self.verbs += 1
        if self.verbs == self._meanwhile_at:
            self._meanwhile()
        if self.verbs == self._cut_at:
            self.on_cut()

    @staticmethod
    def on_cut():
        """What a broken connection is, on a server in memory."""
        raise ConnectionLost("cut by the test")

    def statement(self):
        self.writes += 1
        if self.writes == self._kill_at:
            raise Killed


class FaultySession(FakeSession):
    """A session on a server in memory that keeps to a :class:`Plan`."""

    def __init__(self, server, plan):
        super().__init__(server)
        self._plan = plan

    def __enter__(self):
        self._plan.verb()
        return super().__enter__()

    def status(self, raws):
        self._plan.verb()
        return super().status(raws)

    def examine(self, raw):
        self._plan.verb()
        return super().examine(raw)

    def uids_from(self, uid, limit):
        self._plan.verb()
        self._check()
        return super().uids_from(uid, limit)

    def uids_below(self, uid, limit, floor=1):
        self._plan.verb()
        self._check()
        return super().uids_below(uid, limit, floor)

    def first_uid_since(self, day):
        self._plan.verb()
        self._check()
        return super().first_uid_since(day)

    def fetch_headers(self, uids, **_kwargs):
        self._plan.verb()
        self._check()
        return super().fetch_headers([uid for uid in uids if uid in self._folder.messages])

    def fetch_bodies(self, messages, **_kwargs):
        for one in messages:
            self._plan.verb()
            self._check()
            message = self._folder.messages.get(one.uid)
            if message is None:
                continue
            if b"\nX-Broken:" in message.raw:
                yield one.uid, MessageUnreadable("broken on the server")
            else:
                yield one.uid, message.raw

    def changes_since(self, modseq):
        self._plan.verb()
        self._check()
        return super().changes_since(modseq)

    def listing(self, **kwargs):
        self._plan.verb()
        self._check()
        return super().listing(**kwargs)

    def present(self, uids):
        self._plan.verb()
        self._check()
        return super().present(uids)

    def _check(self):
        if self._server.folders.get(self._folder.name) is not self._folder:
            raise FolderGone("deleted meanwhile")


class Checkpoints:
    """Commits inside a test's transaction: a kill goes back to the last one.

    :param connections: the model ``imap.connection``
    """

    def __init__(self, connections):
        self._model = type(connections)
        self._env = connections.env
        self._cr = connections.env.cr

    def __enter__(self):
        """Begin a run, which leaves nothing behind."""
        self._env.flush_all()
        self._cr.execute("SAVEPOINT run")
        self._cr.execute("SAVEPOINT checkpoint")
        return self

    def __exit__(self, *_exception):
        self._go_back_to("run")
        self._cr.execute("RELEASE SAVEPOINT run")

    def commit(self):
        self._env.flush_all()
        self._cr.execute("RELEASE SAVEPOINT checkpoint")
        self._cr.execute("SAVEPOINT checkpoint")
        self._env.invalidate_all()

    def _go_back_to(self, savepoint):
        self._cr.clear()
        self._cr.execute(SQL("ROLLBACK TO SAVEPOINT %s", SQL.identifier(savepoint)))
        self._env.invalidate_all()

    @contextmanager
    def during(self, plan):
        """Count writes and commits, let the plan kill at one; then only what was committed is left."""
        cursor_class = type(self._cr)
        execute = cursor_class.execute

        def counting(cr, query, *args, **kwargs):
            if cr is self._cr and _WRITE.match(getattr(query, "code", query)):
                plan.statement()
            return execute(cr, query, *args, **kwargs)

        def checkpoint(connection):
            connection.env.flush_all()
            plan.statement()
            self.commit()
            plan.statement()

        self.commit()
        try:
            with (
                patch.object(cursor_class, "execute", counting),
                patch.object(self._model, "_checkpoint", checkpoint),
            ):
                yield
        except Killed:
            self._go_back_to("checkpoint")
        else:
            self.commit()
