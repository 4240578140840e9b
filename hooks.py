"""What becomes of synced mail, and of what points into this addon, when it is uninstalled.

Without the addon nothing keeps mail private: its record rule goes, and with it the owners' choices. So what colleagues
do not see is deleted before, and what they see becomes ordinary internal notes.
"""

import re

from odoo.fields import Domain
from odoo.tools import SQL

ADDON = "mail_imap_sync"
#: models whose saved searches, exports and automation rules may be about fields of this addon
EXTENDED_MODELS = ("res.partner", "crm.lead", "mail.message", "res.users", "res.company")
#: emails whose attachments are handed over at once
AT_ONCE = 500
#: where notices lead
_LINKS = ("%/odoo/sign-in-again%", "%/odoo/mailboxes-attention%")


def uninstall_hook(env):
    """Leave nothing behind that is private or that leads nowhere."""
    _delete_what_is_not_shared(env)
    _hand_over_attachments(env)
    _become_notes(env)
    _remove_notices(env)
    _remove_settings(env)
    _remove_scheduled_actions(env)
    _remove_searches(env)
    _switch_off_automation_rules(env)
    env.invalidate_all(flush=False)


# ------------------------------------------------------------------
# mail
# ------------------------------------------------------------------


def _delete_what_is_not_shared(env):
    """Delete every entry but the one that a colleague sees who owns nothing of the email."""
    for connection in env["imap.connection"].search([("stubs_after", ">=", 0)]):
        while connection.stubs_after >= 0:
            connection._share_some()
    env.flush_all()
    # a user who owns no mailbox: for an owner the level of their own mail is always "everything"
    level = (
        env["imap.share"]
        .with_user(env.ref("base.public_user"))
        ._sql_level_for_user(SQL("entry.imap_email_id"))
    )
    # may be a million; what hangs on them goes by the database's own rules
    env.cr.execute(
        SQL(
            """DELETE FROM mail_message AS entry
                WHERE imap_email_id IS NOT NULL
                  AND COALESCE(imap_stub, 'everything') IS DISTINCT FROM %s""",
            level,
        )
    )
    env.invalidate_all(flush=False)


def _hand_over_attachments(env):
    """Give the attachments of emails to their entries: who reads the entry reads them, and nobody else.

    Those that stay with an email are deleted with its model.
    """
    attachments = env["ir.attachment"].sudo()
    last = 0
    while ids := [
        id_
        for (id_,) in env.execute_query(
            SQL(
                """SELECT DISTINCT res_id FROM ir_attachment
                    WHERE res_model = 'imap.email' AND res_id > %s ORDER BY res_id LIMIT %s""",
                last,
                AT_ONCE,
            )
        )
    ]:
        last = ids[-1]
        files = attachments.search([("res_model", "=", "imap.email"), ("res_id", "in", ids)])
        entries = (
            env["mail.message"]
            .sudo()
            .search([("imap_email_id", "in", ids), ("imap_stub", "=", False)], order="id")
        )
        by_email = files.grouped("res_id")
        for email, its_entries in entries.grouped("imap_email_id").items():
            for entry in its_entries[1:]:
                _give_copies(entry, by_email[email.id])
            by_email[email.id].write({"res_model": "mail.message", "res_id": its_entries[0].id})
        env.flush_all()
        env.invalidate_all()


def _give_copies(entry, files):
    """Give an entry attachments of its own instead of those that it shares with another one."""
    copies = {
        file.id: file.copy({"res_model": "mail.message", "res_id": entry.id, "name": file.name}).id
        for file in files
    }
    entry.attachment_ids = [(6, 0, [copies.get(id_, id_) for id_ in entry.attachment_ids.ids])]
    body = re.sub(
        r"(/web/image/)(\d+)",
        lambda found: f"{found[1]}{copies.get(int(found[2]), found[2])}",
        entry.body or "",
    )
    # past the field, which would sanitize it once more
    entry.env.cr.execute(
        SQL("UPDATE mail_message SET body = %s WHERE id = %s", body or None, entry.id)
    )


def _become_notes(env):
    """Let the entries that are left be internal notes.

    Core hides internal messages from portal users however they ask only if these are comments. And whoever created a
    message may read it.
    """
    localized = env["mail.message"].with_context(lang=env.company.partner_id.lang).env
    env.flush_all()
    env.cr.execute(
        SQL(
            """UPDATE mail_message
                  SET message_type = 'comment', subtype_id = %s, is_internal = TRUE, create_uid = %s,
                      body = CASE WHEN imap_stub IS NULL THEN body ELSE %s END
                WHERE imap_email_id IS NOT NULL""",
            env.ref("mail.mt_note").id,
            env.ref("base.user_root").id,
            f"<p><em>{localized._('The text of this email was not shared.')}</em></p>",
        )
    )


# ------------------------------------------------------------------
# what points into the addon
# ------------------------------------------------------------------


def _remove_notices(env):
    """Remove what asks people to sign in to their mailbox, or tells administrators of one that is silent."""
    kinds = env["ir.model.data"].search(
        [("module", "=", ADDON), ("model", "=", "mail.activity.type")]
    )
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", kinds.mapped("res_id"))]).unlink()
    links = Domain.OR(Domain("body", "=like", link) for link in _LINKS)
    env["mail.message"].search(Domain("message_type", "=", "user_notification") & links).unlink()


def _remove_settings(env):
    env["ir.config_parameter"].search([("key", "=like", "mail_imap_sync.%")]).unlink()


def _own_models(env):
    return [name for name, model in env.registry.items() if model._original_module == ADDON]


def _remove_scheduled_actions(env):
    """Remove those that no data file knows, too.

    Core would delete them when the columns are gone that this addon's code asks for, fail, and keep the models.
    """
    crons = env["ir.cron"].with_context(active_test=False)
    crons.search([("model_id.model", "in", _own_models(env))]).unlink()


def _remove_searches(env):
    """Remove saved searches and export lists that would fail without the fields of this addon."""
    names = Domain.OR(Domain(name, "ilike", "imap_") for name in ("domain", "context", "sort"))
    own_models = _own_models(env)
    ours = Domain("model_id", "in", own_models)
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search(ours | (Domain("model_id", "in", EXTENDED_MODELS) & names)).unlink()
    exports = env["ir.exports"]
    exports.search([("resource", "in", own_models)]).unlink()
    exports.search([("resource", "in", EXTENDED_MODELS)]).export_fields.filtered(
        lambda line: "imap_" in (line.name or "")
    ).unlink()


def _switch_off_automation_rules(env):
    """Switch off rules about fields of this addon: without their trigger field they would run at every change."""
    if "base.automation" not in env:
        return
    about = Domain.OR(
        Domain(name, "ilike", "imap_") for name in ("filter_domain", "filter_pre_domain")
    ) | Domain.OR(
        Domain(f"{name}.name", "=like", "imap_%")
        for name in ("trg_date_id", "trigger_field_ids", "on_change_field_ids")
    )
    env["base.automation"].search(about & Domain("model_name", "in", EXTENDED_MODELS)).write(
        {"active": False}
    )
