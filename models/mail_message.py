from odoo import fields, models
from odoo.fields import Domain


class MailMessage(models.Model):
    _name = "mail.message"
    _inherit = ["mail.message", "mail.message.sharing.mixin"]

    imap_email_id = fields.Many2one(
        "imap.email", string="Synced email", index="btree_not_null", ondelete="cascade", copy=False
    )

    # an email stands once on a record, whatever happens (DESIGN.md, invariant 2), and once as a stub of each level
    _imap_entry_unique = models.UniqueIndex(
        "(imap_email_id, model, res_id, COALESCE(imap_stub, '')) WHERE imap_email_id IS NOT NULL"
    )
    # which models have entries (imap.email, _entry_models), and whether a record has
    _imap_entry_record = models.Index("(model, res_id) WHERE imap_email_id IS NOT NULL")

    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        # see MailThread.message_process
        if self.env.context.get("imap_without_synced_mail"):
            domain = Domain(domain) & Domain("imap_email_id", "=", False)
        return super()._search(domain, offset, limit, order, **kwargs)

    def _to_store(self, store, fields, **kwargs):
        """Add what the chatter shows of a synced email besides: all at once, and once per message."""
        whole = "message_format" in fields
        result = super()._to_store(store, fields, **kwargs)
        if whole:
            for message_id, values in self._imap_store_values().items():
                store.add_model_values("mail.message", {"id": message_id, **values})
        return result

    def _imap_store_values(self):
        """Return what is shown of those of these messages that are entries of synced mail: a dict of id -> values."""
        # sudo: imap.email - what accessible messages are, and whose
        entries = self.sudo().filtered("imap_email_id")
        overviews = entries.imap_email_id._overviews()
        return {
            entry.id: {
                "imap_direction": email.direction,
                # from headers that a stub does not show
                "imap_kind": not entry.imap_stub and email.kind,
                "imap_authentication": not entry.imap_stub and (email.authentication or False),
                "imap_mailboxes": email.mailboxes,
                "imap_stub": entry.imap_stub,
                "imap_sharing": self._imap_sharing_value(email.own_level, email.level),
            }
            for entry in entries
            for email in (overviews[entry.imap_email_id.id],)
        }
