"""Inside Odoo: the company, its people and contacts, and the connected mailboxes.

Everything has an external identifier, so that a second run finds what the first one made.
"""

from collections import Counter
from datetime import datetime, timedelta, timezone

from odoo import Command, fields

from odoo.addons.mail_imap_sync.lib.backoff import LOGIN_ATTEMPTS

from . import sample, summary
from .sample import people
from .users import USERS

_MODULE = "mail_imap_sync_demo"
_QUIET = ("tracking_disable", "mail_create_nolog", "mail_create_nosubscribe", "no_reset_password")
#: scheduled actions that would tell a server on the internet about the demo
_CALLS_HOME = (
    "mail.ir_cron_module_update_notification",
    "crm_iap_enrich.ir_cron_lead_enrichment",
)
#: one is enough; a sync that never ends must not keep the demo from saying so
_MOST_RUNS = 10


def main(env, parameters):
    """Set up, sync, and print the summary.

    :return: whether everything landed where it should
    """
    built = sample.build(datetime.fromisoformat(parameters["built_at"]))
    # the chatters are there for mail: no "Contact created" on top of it
    quiet = env(context=dict.fromkeys(_QUIET, True))
    _company(quiet)
    _contacts(quiet)
    _users(quiet)
    _lead(quiet, built.lead)
    _server(env, parameters["access"])
    _exclusions(env)
    connections = [
        _connection(env, "connection", people.CLARA, parameters["access"], built.period_start),
        _connection(
            env, "connection_felix", people.FELIX, parameters["access"], built.period_start
        ),
    ]
    connections[1].visibility = "subject"
    env.cr.commit()
    for connection in connections:
        _sync(connection)
        _history(connection)
    _needs_attention(env, parameters["access"])
    return summary.report(connections, built, parameters["others"])


def _sync(connection):
    for _ in range(_MOST_RUNS):
        if not connection._sync()["pending"] or connection.state != "connected":
            break


def _history(connection):
    """Runs of the last weeks, as if the mailbox had been connected all along: mails per day."""
    connection = connection.sudo()
    runs = connection.env["imap.run"]
    today = fields.Datetime.now().replace(hour=0, minute=0, second=0)
    if runs.search_count([("connection_id", "=", connection.id), ("started", "<", today)]):
        return
    shares = connection.env["imap.share"].search([("connection_id", "=", connection.id)])
    days = Counter(email.date.date() for email in shares.email_id)
    for day, number in days.items():
        moment = datetime(day.year, day.month, day.day, 9)
        if today - timedelta(days=29) < moment < today:
            runs.create(
                {
                    "connection_id": connection.id,
                    "started": moment,
                    "seconds": 1,
                    "outcome": "done",
                    "new_linked": number,
                    "linked": number,
                    "seen": number,
                }
            )


def _needs_attention(env, access):
    """A mailbox whose password was changed elsewhere, for the list of all mailboxes."""
    if find(env, "connection_ingrid"):
        return
    env = env(user=find(env, "user_ingrid"))
    connection = _ensure(
        env,
        "imap.connection",
        "connection_ingrid",
        {
            "email": env.user.email,
            "host": access["host"],
            "port": access["port"],
            "password": "of last year",
        },
    )
    connection._start()
    for _attempt in range(LOGIN_ATTEMPTS):
        connection._sync()


def find(env, key):
    """A record that the demo made, or None."""
    return env.ref(f"{_MODULE}.{key}", raise_if_not_found=False)


def _ensure(env, model, key, values):
    """The record of a key; it is made when it does not exist, and left alone when it does."""
    record = find(env, key)
    if not record:
        record = env[model].create(values)
        data = {"xml_id": f"{_MODULE}.{key}", "record": record, "noupdate": True}
        env["ir.model.data"].sudo()._update_xmlids([data])
    return record


def _company(env):
    env.ref("base.main_company").write(
        {
            "name": "Kestrel Tea",
            "email": f"hello@{people.DOMAIN}",
            "country_id": env.ref("base.uk").id,
        }
    )
    for name in _CALLS_HOME:
        cron = env.ref(name, raise_if_not_found=False)
        if cron:
            cron.active = False


def _contacts(env):
    for contact in people.CONTACTS:
        country = env["res.country"].search([("code", "=", contact.country)])
        _ensure(
            env,
            "res.partner",
            contact.key,
            {
                "name": contact.name,
                "email": contact.email,
                "is_company": contact.is_company,
                "parent_id": contact.company and find(env, contact.company).id,
                "function": contact.job,
                "phone": contact.phone,
                "city": contact.city,
                "country_id": country.id,
                "website": contact.website,
            },
        )


def _users(env):
    for user in USERS:
        partner = find(env, user.person.key)
        values = {"partner_id": partner.id} if partner else {}
        _ensure(
            env,
            "res.users",
            f"user_{user.login}",
            {
                **values,
                "name": user.person.name,
                "email": user.person.email,
                "login": user.login,
                "password": user.password,
                "tz": "Europe/London",
                "group_ids": [Command.set([env.ref(group).id for group in user.groups])],
            },
        )


def _lead(env, lead):
    """A lead with a mail that was sent from it; its Message-ID is all that an answer needs."""
    clara = find(env, "user_clara")
    record = _ensure(
        env,
        "crm.lead",
        lead.key,
        {
            "name": lead.name,
            "type": "opportunity",
            "partner_id": find(env, lead.contact).id,
            "user_id": clara.id,
        },
    )
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in lead.mail.paragraphs)
    _ensure(
        env,
        "mail.message",
        f"{lead.key}-mail",
        {
            "model": record._name,
            "res_id": record.id,
            "message_type": "email_outgoing",
            "subtype_id": env.ref("mail.mt_comment").id,
            "author_id": clara.partner_id.id,
            "email_from": clara.email_formatted,
            "partner_ids": [Command.link(record.partner_id.id)],
            "subject": lead.mail.subject,
            "body": paragraphs,
            "date": _naive(lead.mail.date),
            "message_id": lead.mail.message_id,
        },
    )


def _server(env, access):
    """Let Odoo use the server of the demo.

    It is on this machine and has a certificate of an authority of its own: an administrator has to allow both.
    """
    parameters = env["ir.config_parameter"]
    parameters.set_param("mail_imap_sync.allowed_hosts", "localhost,127.0.0.1")
    parameters.set_param("mail_imap_sync.ca_file", access["ca_file"])


def _exclusions(env):
    clara = env(user=find(env, "user_clara"))
    for value in people.EXCLUSIONS:
        name = value.replace("@", "_at_").replace(".", "_")
        _ensure(clara, "imap.exclusion", f"exclusion_{name}", {"name": value})


def _connection(env, key, owner, access, period_start):
    """A mailbox, connected as its owner would do it; the server may have moved since."""
    env = env(user=find(env, f"user_{owner.key}"))
    connection = find(env, key)
    if connection:
        if connection.port != access["port"]:
            # another server, as far as Odoo knows: it wants the password once more
            connection.write({"port": access["port"], "password": access["password"]})
            connection.action_connect()
        return connection
    connection = _ensure(
        env,
        "imap.connection",
        key,
        {
            "email": owner.email,
            "host": access["host"],
            "port": access["port"],
            "security": "ssl",
            "login": owner.email,
            "password": access["password"],
            "sync_since": _naive(period_start),
        },
    )
    connection.action_connect()
    # Inbox and Sent are chosen already
    connection.folder_ids.filtered(lambda folder: folder.path in sample.SELECTED).selected = True
    return connection


def _naive(moment):
    """As Odoo stores moments: UTC without saying so."""
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
