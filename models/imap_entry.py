"""Chatter entries of emails, written in bulk and silently."""

from odoo.tools import SQL

from .ir_websocket import announce
from .mail_body import is_sanitized_like_mail

#: what all entries of one email have in common
SHARED_FIELDS = (
    "attachment_ids",
    "author_id",
    "body",
    "date",
    "email_from",
    "imap_email_id",
    "incoming_email_cc",
    "incoming_email_to",
    "is_internal",
    "message_id",
    "message_type",
    "reply_to",
    "subject",
    "subtype_id",
)


def create_entries(env, entries):
    """Create entries, whose bodies are sanitized already, and tell the open chatters.

    The field would sanitize every value that is handed to ``create`` once more, so they go past it, into the cache,
    from where they are written with the next flush.

    :param list entries: values of ``mail.message``
    :return: the ``mail.message`` records
    """
    announce(env, {(entry["imap_email_id"], entry["model"], entry["res_id"]) for entry in entries})
    model = env["mail.message"]
    field = model._fields["body"]
    if not is_sanitized_like_mail(field):
        return model.create(entries)
    bodies = [entry.pop("body") for entry in entries]
    messages = model.create(entries)
    for message, body in zip(messages, bodies, strict=True):
        field._update_cache(message, body, dirty=True)
    return messages


def present_entries(env, emails):
    """Return the (email id, model, id) that have an entry, or a message that Odoo itself sent."""
    ids = [email.id for email in emails]
    by_message_id = {email.message_id: email.id for email in emails if email.message_id}
    messages = env["mail.message"].search_fetch(
        [
            ("imap_stub", "=", False),
            "|",
            ("imap_email_id", "in", ids),
            "&",
            ("imap_email_id", "=", False),
            ("message_id", "in", list(by_message_id)),
        ],
        ["imap_email_id", "message_id", "model", "res_id"],
    )
    return {
        (
            message.imap_email_id.id or by_message_id[message.message_id],
            message.model,
            message.res_id,
        )
        for message in messages
    }


def closed_places(env, emails):
    """Return the (email id, model, id) where no entry is to be made: there is one, or a person took it off.

    Nobody deletes these emails until what is decided by this is stored. One that was deleted since this transaction
    began makes it fail, and begin again.
    """
    if ids := tuple(email.id for email in emails):
        env.execute_query(SQL("SELECT FROM imap_email WHERE id IN %s FOR SHARE", ids))
    removed = env["imap.link"]._removed([email.id for email in emails])
    return present_entries(env, emails) | removed


def enter_on_more_records(env, places):
    """Let emails stand on more records, as they stand on others already; nothing is fetched for that.

    :param env: with all rights
    :param places: (email, model, id) of each entry; one that is there already, or was taken off, is passed over
    :return: the new ``mail.message`` records
    """
    emails = env["imap.email"].browse({email.id for email, *_record in places})
    closed = closed_places(env, emails)
    missing = dict.fromkeys(
        (email, model, res_id)
        for email, model, res_id in places
        if (email.id, model, res_id) not in closed
    )
    if not missing:
        return env["mail.message"]
    env["imap.email"]._register_entry_models({model for _email, model, _id in missing})
    values = {email: _shared_values(email) for email, _model, _id in missing}
    entries = create_entries(
        env,
        [
            {**values[email], "model": model, "res_id": res_id}
            for email, model, res_id in missing
            if values[email]
        ],
    )
    entries.imap_email_id._update_stubs()
    return entries


def _shared_values(email):
    """Return the values that the entries of an email share; empty if it has none."""
    original = email.entry_ids[:1]
    return shared_values(original) if original else {}


def shared_values(original):
    """Return the values that the entries of an email share, as one of them has them."""
    values = {}
    for name in SHARED_FIELDS:
        value = original[name]
        if original._fields[name].type == "many2many":
            value = [(6, 0, value.ids)]
        elif original._fields[name].relational:
            value = value.id
        values[name] = value
    return values
