"""Mailboxes as jobs of the OCA's ``queue_job``, in a database where that addon is installed.

It is no dependency. Whatever asks for it here goes by the registry, so that both can be installed and uninstalled in
any order; what other addons bring as data files is made when it is needed first.
"""

import logging
import random
from datetime import timedelta

from odoo import fields
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

#: what ``channels`` in Odoo's configuration names as root.mail_imap_sync
CHANNEL = "mail_imap_sync"
METHOD = "_sync_as_job"
#: waiting jobs, none of which was started for so long, have no runner
PATIENCE = timedelta(minutes=10)
#: a job whose mailbox is busy comes back after so many seconds, drawn between these
POSTPONED = (30, 90)
#: days after which jobs that are done are removed: there is one every five minutes for each mailbox
KEPT_DAYS = 1

#: key of an advisory lock
_LOCK = 0x494D414A  # "IMAJ"


def is_installed(env):
    """Say whether this database has the job queue."""
    return "queue.job" in env


def enqueue(connections):
    """Make a job of each mailbox that has none yet.

    :param connections: the mailboxes that are due
    :return: those that the caller has to sync itself, because nobody does the jobs
    """
    env = connections.env
    if not _has_runner(env):
        _logger.warning(
            "No job of a mailbox was started for %s, though some are waiting: is the job runner at work?"
            " The scheduled action syncs the mailboxes meanwhile.",
            PATIENCE,
        )
        return connections
    if connections and _is_alone(env):
        _set_up(env)
        having = _identities(env)
        for connection in connections:
            if _identity(connection) not in having:
                delay(connection)
    return connections.browse()


def delay(connection):
    """Let a job sync a mailbox; if one waits already, this does nothing."""
    env = connection.env
    connection.sudo().with_delay(
        identity_key=_identity(connection),
        description=env._("Sync the mailbox %(email)s", email=connection.email),
    )._sync_as_job()


def postpone(env):
    """Let the job that is at work come back later, however often.

    The times are drawn, so that jobs do not come back together where the channel has room for more of them than are
    allowed at the same time.
    """
    from odoo.addons.queue_job.exception import RetryableJobError

    raise RetryableJobError(
        env._("As many mailboxes as allowed are being synced, or this one is. It waits."),
        seconds=random.randint(*POSTPONED),
        ignore_retry=True,
    )


def _identity(connection):
    return f"{CHANNEL}:{connection.id}"


def _ours():
    return Domain([("model_name", "=", "imap.connection"), ("method_name", "=", METHOD)])


def _identities(env):
    """Return the identities of the jobs that wait or are at work.

    queue_job itself leaves out those at work. They are not asked for a second time: a job whose mailbox is not read
    to its end makes the next job.
    """
    states = ("wait_dependencies", "pending", "enqueued", "started")
    domain = _ours() & Domain("state", "in", states)
    return set(
        env["queue.job"].sudo().search_fetch(domain, ["identity_key"]).mapped("identity_key")
    )


def _has_runner(env):
    """Say whether jobs of ours are being done.

    By what is seen of it, and not by whether a runner lives: it may live and have no room for our channel, or not
    reach Odoo. As soon as it starts one of the jobs that wait, it is trusted again.
    """
    jobs = env["queue.job"].sudo()
    long_ago = fields.Datetime.now() - PATIENCE
    waiting = Domain("state", "in", ("pending", "enqueued")) & Domain("date_created", "<", long_ago)
    ready = Domain("eta", "=", False) | Domain("eta", "<", long_ago)
    if not jobs.search_count(_ours() & waiting & ready, limit=1):
        return True
    return bool(jobs.search_count(_ours() & Domain("date_started", ">=", long_ago), limit=1))


def _is_alone(env):
    """Say whether no other scheduled action is making jobs; holds until the next commit."""
    env.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
    return env.cr.fetchone()[0]


def _set_up(env):
    """Make the channel and the job function, unless they are there: an administrator may have changed them."""
    if env.ref(f"{CHANNEL}.job_function_sync", raise_if_not_found=False):
        return
    # install_mode: a channel of this name that somebody made by hand is taken over
    env = env(su=True, context={**env.context, "install_mode": True})
    channel = _load(
        env["queue.job.channel"],
        "job_channel",
        {
            "name": CHANNEL,
            "parent_id": env.ref("queue_job.channel_root").id,
            "removal_interval": KEPT_DAYS,
        },
    )
    _load(
        env["queue.job.function"],
        "job_function_sync",
        {
            "name": f"<imap.connection>.{METHOD}",
            "channel_id": channel.id,
            # a run commits after every slice
            "allow_commit": True,
        },
    )


def _load(model, name, values):
    """Make a record as a data file would, with an identifier, so that it goes when the addon goes."""
    data = {"xml_id": f"{CHANNEL}.{name}", "values": values, "noupdate": True}
    return model._load_records([data])
