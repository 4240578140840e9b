"""When mailboxes are synced: the scheduled actions, how many work at once, and pauses for a whole server."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Domain

from ..lib.errors import Scope

#: states in which a mailbox is synced by the schedule; "error" is tried again when next_sync says so
ACTIVE_STATES = ("connected", "error")
#: more workers than this help nobody: the database is the limit by then
MOST_WORKERS = 16


def _crons(env):
    """Return the scheduled actions that sync, the one of the data file first."""
    first = env.ref("mail_imap_sync.ir_cron_sync").sudo()
    others = first.with_context(active_test=False).search(
        [("code", "=", first.code), ("model_id", "=", first.model_id.id), ("id", "!=", first.id)],
        order="id",
    )
    return first + others


def worker_count(env):
    """Return how many mailboxes are synced at the same time at the most."""
    return len(_crons(env))


def set_worker_count(env, count):
    """Set how many mailboxes are synced at the same time at the most.

    Odoo runs a scheduled action once at a time, on one of its cron workers: so each of our workers is a
    scheduled action of its own, and they share the mailboxes by their claims.
    """
    count = min(max(count, 1), MOST_WORKERS)
    crons = _crons(env)
    for number in range(len(crons) + 1, count + 1):
        crons[0].copy({"cron_name": f"{crons[0].cron_name} ({number})"})
    crons[count:].unlink()


def interval_minutes(env):
    """Return the minutes between two looks at one mailbox."""
    cron = _crons(env)[0]
    now = fields.Datetime.now()
    seconds = (now + _step(cron) - now).total_seconds()
    return max(round(seconds / 60), 1)


def set_interval_minutes(env, minutes):
    """Set the minutes between two looks at one mailbox."""
    _crons(env).write({"interval_number": minutes, "interval_type": "minutes"})


def _step(cron):
    return relativedelta(**{cron.interval_type: cron.interval_number})


def wake(env):
    """Let the scheduled actions come as soon as possible."""
    for cron in _crons(env):
        cron._trigger()


def interval(env):
    """Return the time from the start of one sync of a mailbox to that of the next.

    A little less than the interval of the scheduled action, which would else come a moment too early for the
    mailbox every second time.
    """
    now = fields.Datetime.now()
    return (now + _step(_crons(env)[0]) - now) * 0.9


def due_domain(env):
    """Return the mailboxes that are to be synced now."""
    has_work = env["imap.lookup"]._mailboxes_with_work()
    wanted = Domain("next_sync", "<=", fields.Datetime.now())
    # in trouble, it waits for its turn
    wanted |= Domain("id", "in", has_work.ids) & Domain("state", "=", "connected")
    return wanted & Domain([("state", "in", ACTIVE_STATES), ("user_id.active", "=", True)])


def leave_host_alone(connection, error, delay):
    """Put off the other mailboxes of a server that is down or asks for less traffic.

    They are put off for the first delay only: each of them that fails in its turn backs off on its own, and the first
    that succeeds shows that the server is back.

    :param error: what happened to ``connection``
    :param float delay: seconds until its next try
    """
    if error.scope is not Scope.HOST or delay is None:
        return
    until = fields.Datetime.now() + timedelta(seconds=delay)
    others = connection.search(
        due_domain(connection.env)
        & Domain("host", "=ilike", connection.host)
        & Domain("id", "!=", connection.id)
    )
    others.next_sync = until
