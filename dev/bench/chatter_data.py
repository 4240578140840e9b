"""A database with hundreds of thousands of mails, ten thousand of which stand in one chatter. They lie in four
mailboxes, each of which shares another part with colleagues.
"""

from datetime import datetime, timedelta

from . import sizes
from .place import sales_person

CROWD = 1000
_TEXT = "<p>We have added two samples from the new harvest.</p>" * 20


def filled(env):
    """A contact with thousands of mails, which lie scattered among those of other contacts, and were
    stored in another order than they were written in.
    """
    # without the note that they were created: by date it would be on the first page, by id on the last
    silent = env["res.partner"].with_context(tracking_disable=True)
    names = ("Chatter", "Original", *map("Crowd {}".format, range(CROWD)))
    partners = silent.create([{"name": name} for name in names]).with_env(env)
    chatter, original, crowd = partners[0], partners[1], partners[2:]
    messages = [_message(original, number) for number in range(sizes.CHATTER)]
    synced = "imap.email" in env
    if synced:
        _sync(env, messages)
    env["mail.message"].create(messages)
    env.flush_all()
    _copy(env, original, chatter, crowd, synced)
    if synced:
        _share(env)
        _stub(env)
    # as autovacuum does within a minute
    env.cr.commit()
    env.cr.execute("ANALYZE")
    return chatter


def _message(partner, number):
    return {
        "model": partner._name,
        "res_id": partner.id,
        "author_id": partner.id,
        "email_from": "chatter@shop.example",
        "reply_to": "chatter@shop.example",
        "message_type": "email",
        "subtype_id": partner.env.ref("mail.mt_note").id,
        "is_internal": True,
        "subject": f"Mail {number}",
        "message_id": f"<chatter{number}@shop.example>",
        "date": datetime(2024, 6, 1) - timedelta(minutes=number),
        "body": _TEXT,
    }


def _sync(env, messages):
    """Turn messages into entries of synced mails."""
    emails = env["imap.email"].create(
        [
            {
                "message_id": message["message_id"],
                "digest": message["message_id"],
                "subject": message["subject"],
                "date": message["date"],
                "direction": "in",
                "addresses": [message["email_from"]],
                "thread_key": f"<thread{number // 4}@shop.example>",
            }
            for number, message in enumerate(messages)
        ]
    )
    for message, email in zip(messages, emails, strict=True):
        message["imap_email_id"] = email.id
        message["subtype_id"] = env.ref("mail_imap_sync.mt_email").id
    env["imap.email"]._register_entry_models({"res.partner"})


def _copy(env, original, chatter, crowd, synced):
    """Copy the mails of a contact to others in SQL: the ORM would take half an hour."""
    from odoo.tools import SQL

    renamed = SQL("original.message_id || '/' || copy")
    copies = SQL("generate_series(1, %s) AS copy", sizes.STORED // sizes.CHATTER - 1)
    mails = SQL("mail_message AS original CROSS JOIN %s", copies)
    somebody = SQL("(%s)[1 + (original.id * 31 + copy) %% %s]", crowd.ids, CROWD)
    changed = {
        "message_id": renamed,
        "res_id": SQL("CASE copy WHEN 1 THEN %s ELSE %s END", chatter.id, somebody),
        "body": SQL("CASE copy WHEN 1 THEN original.body ELSE '<p>Thank you.</p>' END"),
    }
    if synced:
        emails = SQL("imap_email AS original CROSS JOIN %s WHERE digest LIKE '<chatter%%'", copies)
        thread = SQL("original.thread_key || '/' || copy")
        changed_email = {"message_id": renamed, "digest": renamed, "thread_key": thread}
        _insert(env, "imap_email", changed_email, emails)
        mails = SQL("%s JOIN imap_email AS email ON email.digest = %s", mails, renamed)
        changed["imap_email_id"] = SQL("email.id")
    env.cr.execute("SELECT setseed(0.5)")
    on_original = SQL("original.model = 'res.partner' AND original.res_id = %s", original.id)
    _insert(env, "mail_message", changed, SQL("%s WHERE %s ORDER BY random()", mails, on_original))


def _share(env):
    """Let each email lie in one of four mailboxes, which share everything, the subject, that there was a mail, and
    nothing. Some owners chose otherwise for some conversations.
    """
    from odoo.addons.mail_imap_sync.models.imap_share import LEVELS

    mailboxes = env["imap.connection"].create([_mailbox(env, level) for level in LEVELS])
    folders = env["imap.folder"].create(
        [{"connection_id": one.id, "path": "INBOX", "raw_path": "INBOX"} for one in mailboxes]
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO imap_placement
               (folder_id, connection_id, uidvalidity, uid, email_id, state, size, create_date, write_date)
        SELECT folder.id, folder.connection_id, 1, email.id, email.id, 'linked', 4000, now(), now()
          FROM imap_email AS email JOIN imap_folder AS folder ON folder.id = (%(folders)s)[1 + email.id %% 4]
         WHERE email.digest LIKE '<chatter%%';

        INSERT INTO imap_share (email_id, user_id, connection_id, thread_key)
        SELECT email.id, mailbox.user_id, mailbox.id, email.thread_key
          FROM imap_email AS email JOIN imap_connection AS mailbox ON mailbox.id = (%(mailboxes)s)[1 + email.id %% 4]
         WHERE email.digest LIKE '<chatter%%';

        INSERT INTO imap_conversation (user_id, thread_key, visibility)
        SELECT user_id, thread_key, CASE max(email_id) %% 3 WHEN 0 THEN 'private' ELSE 'everything' END
          FROM imap_share WHERE connection_id = ANY(%(mailboxes)s)
         GROUP BY user_id, thread_key HAVING max(email_id) %% 50 < 3
        """,
        {"folders": folders.ids, "mailboxes": mailboxes.ids},
    )


def _mailbox(env, level):
    return {
        "user_id": sales_person(env, f"{level} owner").id,
        "email": f"{level}@tea.example",
        "host": "localhost",
        "port": 993,
        "security": "ssl",
        "visibility": level,
    }


def _stub(env):
    """Give colleagues the stubs of what is shared less than fully."""
    from odoo.tools import SQL

    share = env["imap.share"]
    changed = {
        "imap_stub": SQL("shared.level"),
        "subject": SQL("CASE shared.level WHEN 'subject' THEN original.subject END"),
        "body": None,
        "message_id": SQL("'<stub' || original.id || '@tea.example>'"),
    }
    shared = SQL(
        "(SELECT %s AS level FROM %s WHERE share.email_id = original.imap_email_id)",
        share._sql_level(),
        share._sql_rows(),
    )
    stubs = SQL(
        """mail_message AS original, LATERAL %s AS shared
           WHERE original.message_id LIKE '<chatter%%' AND shared.level IN ('subject', 'metadata')""",
        shared,
    )
    _insert(env, "mail_message", changed, stubs)


def _insert(env, table, changed, source):
    """Insert copies of rows.

    :param dict changed: column -> what it has instead of what the original has
    :param source: where the originals come from
    """
    from odoo.tools import SQL

    query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    env.cr.execute(query, (table,))
    columns = [name for (name,) in env.cr.fetchall() if name != "id"]
    values = [
        changed[name] if name in changed else SQL("original.%s", SQL.identifier(name))
        for name in columns
    ]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                value if isinstance(value, SQL) else SQL("%s", value) for value in values
            ),
            source,
        )
    )
