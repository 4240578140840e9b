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
    _imap_entry_model = models.Index("(model) WHERE imap_email_id IS NOT NULL")
    _imap_thread_date = models.Index("(model, res_id, date, id)")

    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        # see _message_fetch
        order = self.env.context.get("imap_message_order") or order
        # see MailThread.message_process
        if self.env.context.get("imap_without_synced_mail"):
            domain = Domain(domain) & Domain("imap_email_id", "=", False)
        return super()._search(domain, offset, limit, order, **kwargs)

    def _message_fetch(
        self, domain, *, thread=None, before=None, after=None, around=None, limit=30, **kwargs
    ):
        """Order a thread that holds synced mail by date: back-filled mail has younger ids than newer notes.

        The client hands back the ids of its first and last message as bounds: they are turned into bounds
        by (date, id). Threads without synced mail behave as before.
        """
        if thread is None or not self._holds_synced_mail(thread):
            return super()._message_fetch(
                domain,
                thread=thread,
                before=before,
                after=after,
                around=around,
                limit=limit,
                **kwargs,
            )
        domain = Domain(True if domain is None else domain)

        def fetch(bound, order, number):
            return super(MailMessage, self.with_context(imap_message_order=order))._message_fetch(
                domain & bound, thread=thread, limit=number, **kwargs
            )

        if around is not None:
            result = fetch(self._date_bound("<=", around), "date DESC, id DESC", limit // 2)
            later = fetch(self._date_bound(">", around), "date ASC, id ASC", limit // 2)["messages"]
            result["messages"] = later[::-1] + result["messages"]
        elif after:
            result = fetch(self._date_bound(">", after), "date ASC, id ASC", limit)
            result["messages"] = result["messages"][::-1]
        else:
            bound = self._date_bound("<", before) if before else Domain.TRUE
            result = fetch(bound, "date DESC, id DESC", limit)
        result["messages"] = result["messages"].with_env(self.env)
        return result

    def _holds_synced_mail(self, thread):
        entries = self.sudo().search_count(
            [
                ("model", "=", thread._name),
                ("res_id", "=", thread.id),
                ("imap_email_id", "!=", False),
            ],
            limit=1,
        )
        return bool(entries)

    def _date_bound(self, operator, message_id):
        """Return the messages on one side of a message, in the order of (date, id)."""
        # sudo: mail.message - only the date is used, to compare
        date = self.sudo().search_fetch([("id", "=", message_id)], ["date"]).date
        if not date:
            return Domain("id", operator, message_id)
        # the first half alone tells the index where to begin
        return Domain("date", f"{operator[0]}=", date) & (
            Domain("date", operator[0], date) | Domain("id", operator, message_id)
        )

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + [
            # sudo: imap.email - the direction of an accessible message
            Store.Attr(
                "imap_direction",
                value=lambda message: message.sudo().imap_email_id.direction,
                predicate=lambda message: message.imap_email_id,
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
