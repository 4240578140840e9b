from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.mail.tools.discuss import Store


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

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + [
            # sudo: imap.email - the direction of an accessible message
            Store.Attr(
                "imap_direction",
                value=lambda message: message.sudo().imap_email_id.direction,
                predicate=lambda message: message.imap_email_id,
            ),
            # sudo: imap.email - what an accessible message is
            Store.Attr(
                "imap_kind",
                value=lambda message: message.sudo().imap_email_id.kind,
                predicate=lambda message: message.imap_email_id and not message.imap_stub,
            ),
            # sudo: res.users - names of colleagues in whose mailboxes an accessible message is
            Store.Attr(
                "imap_mailboxes",
                value=lambda message: message.sudo().imap_email_id.mailbox_user_ids.mapped("name"),
                predicate=lambda message: message.imap_email_id,
            ),
            Store.Attr("imap_stub", predicate=lambda message: message.imap_email_id),
            Store.Attr("imap_sharing", predicate=lambda message: message.imap_email_id),
        ]
