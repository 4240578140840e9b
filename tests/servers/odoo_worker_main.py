"""The process behind :class:`OdooWorkers`: a line of JSON comes in, a worker is forked and does it.

Lines of JSON go out: that a worker started, each of its writes to the database, and how it ended.
"""

import json
import os
import re
import signal
import sys
import traceback

# beside this file, which is run as a script
import life_cycle_work

_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)", re.IGNORECASE)
_OUT = os.dup(1)


def tell(**line):
    # one write of a short line to a pipe is not mixed with those of others (PIPE_BUF)
    os.write(_OUT, (json.dumps(line) + "\n").encode())


# work


def prepare(env, host, port, ca_file, people, contacts):
    """Create users with a mailbox each, and contacts; return login -> id of the mailbox."""
    set_param = env["ir.config_parameter"].set_param
    set_param("ir_attachment.location", "db")
    set_param("mail_imap_sync.allowed_hosts", host)
    set_param("mail_imap_sync.ca_file", ca_file)
    groups = env.ref("base.group_user") + env.ref("mail_imap_sync.group_user")
    env["res.partner"].create([{"name": c.split("@")[0], "email": c} for c in contacts])
    mailboxes = {}
    for email, password in people.items():
        user = env["res.users"].create(
            {"name": email, "login": email, "email": email, "group_ids": [(6, 0, groups.ids)]}
        )
        connection = (
            env["imap.connection"]
            .with_user(user)
            .create({"email": email, "host": host, "port": port, "password": password})
        )
        connection.action_connect()
        mailboxes[email] = connection.id
    return mailboxes


def prepare_people(env, people, contacts, parameters):
    """Create users who may connect mailboxes (login -> password for Odoo), contacts, and system parameters."""
    env["ir.config_parameter"].set_param("ir_attachment.location", "db")
    for name, value in parameters.items():
        env["ir.config_parameter"].set_param(name, value)
    groups = [(4, env.ref(name).id) for name in ("base.group_user", "mail_imap_sync.group_user")]
    for login, password in people.items():
        values = {"name": login, "login": login, "email": login, "password": password}
        env["res.users"].create({**values, "group_ids": groups})
    env["res.partner"].create([{"name": c.split("@")[0], "email": c} for c in contacts])


def create_contacts(env, policy):
    """Let all mailboxes create contacts."""
    mailboxes = env["imap.connection"].search([])
    mailboxes.user_id.group_ids += env.ref("base.group_partner_manager")
    mailboxes.contact_policy = policy


def contacts(env, like):
    """Return the addresses of contacts, one for each contact."""
    return env["res.partner"].search([("email", "like", like)], order="email").mapped("email")


def sync(env, connection, slice_size, report_writes=False):
    """Sync a mailbox to the end."""
    sys.modules["odoo.addons.mail_imap_sync.models.imap_sync"].SLICE = slice_size
    if report_writes:
        _report_writes(env.cr)
    return env["imap.connection"].browse(connection)._sync()


def sync_behind_another(env, connection):
    """Sync in a transaction that looked at the database before another worker did all there was to do."""
    mailbox = env["imap.connection"].browse(connection)
    mailbox.folder_ids.mapped("seen")
    with env.registry.cursor() as other:
        mailbox.with_env(env(cr=other))._sync()
    return mailbox._sync()


def stale_touchpoints(env):
    """Return the addresses of contacts with other touchpoints than their mail says."""
    partners = env["res.partner"].with_context(active_test=False).search([])
    rows = partners._imap_touchpoint_rows(partners.ids)
    return [
        partner.email
        for partner in partners
        if any(partner[name] != (value or False) for name, value in rows[partner.id].items())
    ]


def outcomes(env):
    """Return how all runs ended, the first one first."""
    return env["imap.run"].search([], order="id").mapped("outcome")


def run_cron(env):
    """Do what the scheduled action does."""
    env["imap.connection"]._cron_sync()


def report(env):
    """Return every entry as (subject, email's id, contact's address), and every folder's counters."""
    entries = env["mail.message"].search([("imap_email_id", "!=", False)])
    contacts = env["res.partner"].browse(entries.mapped("res_id"))
    addresses = dict(zip(contacts.ids, contacts.mapped("email"), strict=True))
    folders = env["imap.folder"].search([("selected", "=", True)])
    return {
        "entries": [
            [entry.subject, entry.imap_email_id.id, addresses[entry.res_id]] for entry in entries
        ],
        "folders": [
            [f.connection_id.email, f.path, f.seen, f.linked, f.skipped, f.quarantined]
            for f in folders
        ],
        "placements": env["imap.placement"].search_count([]),
        "states": env["imap.connection"].search([]).mapped("state"),
    }


def _report_writes(cr):
    cursor_class = type(cr)
    execute = cursor_class.execute
    writes = 0

    def telling(cursor, query, *args, **kwargs):
        nonlocal writes
        if _WRITE.match(getattr(query, "code", query)):
            writes += 1
            tell(pid=os.getpid(), write=writes)
        return execute(cursor, query, *args, **kwargs)

    cursor_class.execute = telling


WORK = {
    work.__name__: work
    for work in (
        prepare,
        prepare_people,
        create_contacts,
        contacts,
        sync,
        sync_behind_another,
        outcomes,
        run_cron,
        report,
        stale_touchpoints,
        *life_cycle_work.WORK,
    )
}


# processes


def work(registry, request):
    """Do what is asked, in a transaction."""
    from odoo import SUPERUSER_ID, api

    function = WORK[request.pop("work")]
    with registry.cursor() as cr:
        return function(api.Environment(cr, SUPERUSER_ID, {}), **request)


def fork(registry, request):
    pid = os.fork()
    if pid:
        tell(started=pid)
        return
    try:
        result = work(registry, request)
        tell(ended=os.getpid(), result=result)
    except BaseException:
        tell(ended=os.getpid(), error=traceback.format_exc())
    finally:
        os._exit(0)


def note_ends(_signum, _frame):
    """Tell of workers that were killed; others told themselves how they ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        if os.WIFSIGNALED(status):
            tell(ended=pid, signal=os.WTERMSIG(status))


def main():
    database, config_file = sys.argv[1:]
    # what Odoo or a library prints is no line of ours
    os.dup2(2, 1)
    from odoo.modules.registry import Registry
    from odoo.sql_db import close_all
    from odoo.tools import config

    config.parse_config(
        ["-c", config_file, "-d", database, "--log-level=critical"], setup_logging=True
    )
    registry = Registry(database)
    # a connection must not be shared with the workers
    close_all()
    signal.signal(signal.SIGCHLD, note_ends)
    tell(ready=True)
    for line in sys.stdin:
        fork(registry, json.loads(line))


if __name__ == "__main__":
    main()
