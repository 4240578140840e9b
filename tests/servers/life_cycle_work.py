"""What workers do in the tests of installing, updating and uninstalling; some of it without the addon, or with an
earlier version of it. See ``odoo_worker_main.py``."""


def share(env, connection, level):
    """Let the owner of a mailbox choose what colleagues see."""
    mailbox = env["imap.connection"].browse(connection)
    mailbox.with_user(mailbox.user_id).visibility = level


def leave_traces(env):
    """Leave in core's tables what people, and the addon for them, leave there in the course of time."""
    env["res.config.settings"].create({"imap_worker_count": 3}).execute()
    env["ir.config_parameter"].set_param("mail_imap_sync.connections_per_host", "3")
    mailbox = env["imap.connection"].search([], limit=1)
    mailbox._stop("error")
    assert mailbox.activity_id
    # an activity that is done stays as an archived one
    done = mailbox.activity_id.copy()
    done.active = False
    env["ir.filters"].create(
        [
            {"name": "My mailboxes", "model_id": "imap.connection"},
            {
                "name": "Waiting",
                "model_id": "res.partner",
                "domain": "[('imap_waiting', '=', 'us')]",
            },
        ]
    )
    env["ir.exports"].create(
        [
            {"name": "Mailboxes", "resource": "imap.connection"},
            {
                "name": "Contacts",
                "resource": "res.partner",
                "export_fields": [(0, 0, {"name": "email"}), (0, 0, {"name": "imap_mail_count"})],
            },
        ]
    )
    subtype = env.ref("mail_imap_sync.mt_email")
    partner = env["res.partner"].search([("imap_mail_count", ">", 0)], limit=1)
    partner.message_subscribe(env.ref("base.partner_admin").ids, subtype.ids)


def add_user(env, login, portal_of=None):
    """Create a colleague, or a portal user for a contact."""
    group = "base.group_portal" if portal_of else "sales_team.group_sale_salesman_all_leads"
    values = {"name": login, "login": login, "group_ids": [(6, 0, env.ref(group).ids)]}
    if portal_of:
        values["partner_id"] = env["res.partner"].search([("email", "=", portal_of)]).id
    env["res.users"].with_context(no_reset_password=True).create(values)


def chatter(env, login, contact):
    """Return what a user reads in the chatter of a contact: subject, body, and the contents of the attachments."""
    user = env["res.users"].search([("login", "=", login)])
    partner = env["res.partner"].search([("email", "=", contact)])
    messages = (
        env["mail.message"]
        .with_user(user)
        .search([("model", "=", "res.partner"), ("res_id", "=", partner.id)], order="date, id")
    )
    return [
        {
            "id": message.id,
            "subject": message.subject,
            "body": message.body,
            "files": [bytes(file.raw).decode("latin-1") for file in message.attachment_ids],
        }
        for message in messages
        if message.message_type != "notification"
    ]


def readable(env, login, model, ids):
    """Return those of some records that a user may read, who knows their ids."""
    user = env["res.users"].search([("login", "=", login)])
    records = env[model].with_user(user).browse(ids)
    return [record.id for record in records if record.has_access("read")]


def set_up_earlier(env, mailbox):
    """Make choices that people make, in the first version of the addon."""
    connection = env["imap.connection"].browse(mailbox)
    connection.folder_ids.filtered(lambda folder: folder.path == "Clients").selected = True
    connection.name = "Work"
    owner = connection.user_id
    env["imap.exclusion"].create(
        [
            {"name": "Doctor@Health.example", "user_id": owner.id},
            {"name": "@lawyer.example", "user_id": False},
        ]
    )
    env["ir.config_parameter"].set_param("mail_imap_sync.connections_per_host", "3")
    env["res.config.settings"].create({"imap_worker_count": 2}).execute()
    env.ref("mail_imap_sync.group_manager").user_ids += owner
    # internal by nothing but the permission, which made people internal then
    permitted = env.ref("mail_imap_sync.group_user")
    env["res.users"].create({"name": "Nora", "login": "nora", "group_ids": [(6, 0, permitted.ids)]})


def quarantine_earlier(env, mailbox, uid):
    """Note of a message of the inbox that it could not be read, as the first version of the addon did."""
    folders = env["imap.connection"].browse(mailbox).folder_ids
    inbox = folders.filtered(lambda folder: folder.role == "inbox")
    env["imap.placement"].create(
        {
            "folder_id": inbox.id,
            "uidvalidity": inbox.uidvalidity,
            "uid": uid,
            "state": "quarantined",
            "error": "the server did not send it",
        }
    )
    seen, quarantined = inbox.seen + 1, inbox.quarantined + 1
    inbox.write({"uidnext": uid + 1, "seen": seen, "quarantined": quarantined})


def pause(env, mailbox):
    env["imap.connection"].browse(mailbox).action_pause()


def resume(env, mailbox):
    env["imap.connection"].browse(mailbox).action_resume()


def settings(env):
    """Return what administrators set."""
    values = env["res.config.settings"].create({})
    owner = env["res.users"].search([("login", "=", "olga@tea.example")])
    return {
        "workers": values.imap_worker_count,
        "per_host": values.imap_connections_per_host,
        "hosts": values.imap_allowed_hosts,
        "manages": owner.has_group("mail_imap_sync.group_manager"),
        "internal": env["res.users"].search([("login", "=", "nora")])._is_internal(),
    }


WORK = (
    share,
    leave_traces,
    add_user,
    chatter,
    readable,
    set_up_earlier,
    quarantine_earlier,
    pause,
    resume,
    settings,
)
