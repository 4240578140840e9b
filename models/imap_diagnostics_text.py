"""The text of diagnostics: not translated, as those who read it know the program; without secrets and people."""

import platform
import ssl
from importlib import metadata

from odoo import fields, release
from odoo.modules.module import get_manifest
from odoo.tools import config

from ..lib.redaction import without_people
from . import imap_job, imap_schedule
from .imap_secret import key_place

LIBRARIES = ("imapclient", "cryptography", "email-validator", "dnspython", "lxml", "psycopg2")
#: runs that are told of
RUNS = 10
#: what a detail may be long; servers can be talkative
_LONGEST = 400
_INDENT = 20


def diagnostics(connection, with_detail, asked=None):
    """Return the diagnostics of a mailbox.

    :param connection: the ``imap.connection`` (sudo); whether somebody may have this is checked by the caller
    :param bool with_detail: include what may name addresses of the own network
    :param asked: what :meth:`ImapConnection._ask_server` returned, if the server was asked just now
    """
    parts = {
        "IMAP Mailbox Sync": _program(connection),
        "Mailbox": _mailbox(connection, with_detail),
        "Server, asked just now": _asked(connection, asked, with_detail) if asked else (),
        "Server, as of the last sign-in": _facts(connection.server_facts),
        "Folders, by number": _folders(connection),
        "Mail": _mail(connection),
        "Last runs": _runs(connection),
    }
    if asked and "facts" in asked:
        # that was the last sign-in
        del parts["Server, as of the last sign-in"]
    lines = []
    for title, rows in parts.items():
        rows = [f"  {name:<{_INDENT}}{value or '-'}" for name, value in rows]
        lines += [title, *rows, ""] if rows else []
    # whatever was overlooked
    return without_people("\n".join(lines))


def _program(connection):
    env = connection.env
    yield "made", f"{fields.Datetime.now()} UTC"
    yield "Odoo", release.version
    yield "addon", get_manifest("mail_imap_sync")["version"]
    yield "Python", f"{platform.python_version()}, {ssl.OPENSSL_VERSION}"
    yield "libraries", ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    yield "PostgreSQL", _postgresql(env.cr)
    yield "job queue", _yes(imap_job.is_installed(env))
    yield "processes", f"workers {config['workers']}, for schedules {config['max_cron_threads']}"
    yield (
        "mailboxes at once",
        f"{imap_schedule.worker_count(env)}, per server {connection._host_limit()}",
    )
    place = key_place()
    yield "key", place if place in ("environment", "configuration") else "file"


def _mailbox(connection, with_detail):
    policy = connection._network_policy()
    yield "server", f"{connection.host}:{connection.port}, {connection.security}"
    yield (
        "sign-in",
        f"{connection.auth}, {'stored' if connection.has_password else 'nothing stored'}",
    )
    yield "own network", _yes(connection.host.strip().lower() in policy.allowed_hosts)
    yield "own authority", _yes(policy.ca_file)
    yield "owner active", _yes(connection.user_id.active)
    yield "connected since", connection.connected_since
    yield "state", connection.state
    if connection.error_code:
        yield "error", f"{connection.error_code}, failures in a row: {connection.failures}"
    if with_detail and connection.error_detail:
        yield "detail", _said(connection, connection.error_detail)
    yield "last success", connection.last_success
    yield "next try", connection.next_sync
    yield "mail since", connection.sync_since or "everything"
    yield "shared", connection.visibility
    yield "creates contacts", connection.contact_policy
    yield "automatic mail", _yes(connection.include_bulk)


def _facts(facts):
    if not facts:
        yield (
            "nothing known",
            "it was never signed in to, or not since the last update of the addon",
        )
        return
    yield "encryption", facts.get("tls") or "none"
    yield "compressed", _yes(facts.get("compressed"))
    yield "calls itself", facts.get("name") or "nothing"
    yield "treated as", ", ".join(facts.get("quirks", ())) or "ordinary"
    yield "capabilities", " ".join(facts.get("capabilities", ()))


def _asked(connection, asked, with_detail):
    yield "took", f"{asked['seconds']:.2f} s"
    if "error" in asked:
        yield "error", asked["error"]
        if with_detail and asked["detail"]:
            yield "detail", _said(connection, asked["detail"])
    else:
        yield from _facts(asked["facts"])


def _folders(connection):
    """By number, in the order of the mailbox's own list: names of folders are names of people and of projects."""
    for number, folder in enumerate(connection.folder_ids, 1):
        notes = [
            "synced" if folder.selected else "not synced",
            f"{folder.message_count} mails, looked at {folder.seen}, linked {folder.linked}",
            f"unreadable {folder.quarantined}, waiting {folder.backlog}",
        ]
        notes += ["not there"] if not folder.available else []
        notes += [f"resets {folder.resets}"] if folder.resets else []
        notes += [f"broken off {folder.failures}"] if folder.failures else []
        notes += [f"stopped: {folder.trouble}"] if folder.trouble else []
        yield f"{number} {folder.role}", ", ".join(notes)


def _mail(connection):
    skipped = {}
    for folder in connection.folder_ids:
        for rule, number in (folder.skipped_by_rule or {}).items():
            skipped[rule] = skipped.get(rule, 0) + number
    yield "linked", str(connection.linked_count)
    yield "passed over", ", ".join(f"{rule} {n}" for rule, n in sorted(skipped.items())) or "none"
    unreadable = connection.env["imap.placement"]._read_group(
        [("connection_id", "=", connection.id), ("state", "=", "quarantined")],
        ["error_code"],
        ["__count"],
    )
    yield "unreadable", ", ".join(f"{code} {number}" for code, number in unreadable) or "none"


def _runs(connection):
    runs = connection.env["imap.run"]
    for run in runs.search([("connection_id", "=", connection.id)], limit=RUNS):
        laps = " ".join(f"{phase} {seconds}" for phase, seconds in (run.laps or {}).items())
        numbers = f"looked at {run.seen}, linked {run.linked}, unreadable {run.quarantined}"
        error = f" {run.error_code}" if run.error_code else ""
        yield str(run.started), f"{run.outcome}{error}, {run.seconds:.1f} s ({laps}), {numbers}"


def _said(connection, detail):
    """Return what a server said without the people whom we know of."""
    owner = connection.user_id
    names = [connection.login, connection.name, connection.email, owner.login, owner.name]
    names += [connection.email.partition("@")[0], *(owner.name or "").split()]
    names += connection.folder_ids.filtered(lambda f: f.role == "other").mapped("path")
    return without_people(detail, names)[:_LONGEST]


def _yes(value):
    return "yes" if value else "no"


def _version(library):
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        # psycopg2 has two names
        return "?" if library.endswith("-binary") else _version(f"{library}-binary")


def _postgresql(cr):
    cr.execute("SHOW server_version")
    return cr.fetchone()[0]
