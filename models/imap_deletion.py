from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from . import imap_removal

#: emails that are deleted together, in one transaction
BATCH = 200
#: emails that are deleted while the person waits; more are deleted in the background
AT_ONCE = 500


class ImapDeletion(models.Model):
    """Synced mail that somebody wants to leave Odoo: which, whether it may come back, and how far that is.

    Who manages all mailboxes chooses by contact, mailbox and period, and what is deleted stays deleted. Who disconnects
    a mailbox can take its mail along; it comes back if the mailbox is connected again.
    """

    _name = "imap.deletion"
    _inherit = ["imap.deletion.choice.mixin"]
    _description = "Deletion of synced mail"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="cascade",
    )
    state = fields.Selection(
        [("draft", "Not deleted yet"), ("waiting", "Being deleted"), ("done", "Deleted")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    never_again = fields.Boolean(
        string="Never sync this contact's mail again",
        help="Puts the address on the company's list “Never synced”.",
    )
    is_departure = fields.Boolean(
        readonly=True,
        help="The mailbox is disconnected; its mail comes back if it is connected again.",
    )
    # how far that is
    total = fields.Integer(string="Emails", readonly=True, copy=False)
    deleted = fields.Integer(readonly=True, copy=False)
    done_date = fields.Datetime(string="Deleted on", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # fields
    # ------------------------------------------------------------------

    @api.depends("partner_id", "connection_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_name(self):
        for deletion in self:
            parts = [deletion.partner_id.display_name, deletion.connection_id.name]
            if deletion.date_from:
                parts.append(
                    self.env._("from %(day)s", day=format_date(self.env, deletion.date_from))
                )
            if deletion.date_to:
                parts.append(self.env._("to %(day)s", day=format_date(self.env, deletion.date_to)))
            deletion.name = ", ".join(filter(None, parts)) or self.env._("Deletion of mail")

    # ------------------------------------------------------------------
    # what a person does
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        deletions = super().create(vals_list)
        if not self.env.su and any(
            d.user_id != self.env.user or d.state != "draft" for d in deletions
        ):
            raise UserError(self.env._("Choose what is to be deleted, and press Delete."))
        return deletions

    def write(self, vals):
        if not self.env.su and any(deletion.state != "draft" for deletion in self):
            raise UserError(self.env._("This was deleted already, or is being deleted."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_waiting(self):
        if any(deletion.state == "waiting" for deletion in self):
            raise UserError(self.env._("Wait until this is deleted."))

    @api.model
    def _open_for(self, partner):
        """Return the action that prepares the deletion of a contact's mail."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Delete synced mail"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {"default_partner_id": partner.id},
        }

    def action_delete(self):
        """Delete, in the background if it is much."""
        self.ensure_one()
        self.check_access("write")
        if self.state != "draft":
            raise UserError(self.env._("This was deleted already, or is being deleted."))
        if not self.emails and not self.shared:
            raise UserError(self.env._("There is nothing to delete. Choose something else."))
        if self.never_again:
            self._exclude()
        self._begin()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self._said(),
                "type": "success" if self.state == "done" else "info",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _exclude(self):
        """Put the contact's addresses on the company's list."""
        exclusions = self.env["imap.exclusion"]
        for address in set(filter(None, self._partners().mapped("email_normalized"))):
            values = {"user_id": False, "company_id": self.env.company.id}
            known = [
                ("value", "=", address),
                *((name, "=", value) for name, value in values.items()),
            ]
            if not exclusions.search_count(known):
                exclusions.create({"name": address, **values})

    # ------------------------------------------------------------------
    # deleting
    # ------------------------------------------------------------------

    def _begin(self):
        """Delete what can be deleted while the person waits, and the rest in the background."""
        # sudo: imap.deletion - how far it is, is written by this alone
        self.sudo().write({"state": "waiting", "total": self._left(), "deleted": 0})
        if self.total > AT_ONCE:
            self.env.ref("mail_imap_sync.ir_cron_deletion").sudo()._trigger()
            return
        while self._delete_some():
            pass

    def _left(self):
        if self.is_departure:
            return self._number(self._departing_domain())
        number = self._number(self._leaving_domain())
        return number + (self._number(self._shared_domain()) if self.with_others == "keep" else 0)

    def _departing_domain(self):
        return Domain("share_ids.connection_id", "=", self.connection_id.id)

    def _delete_some(self):
        """Delete some more emails, with the rights of the environment; return whether there may be further ones."""
        emails = self._take_along() if self.is_departure else self._bury_some()
        if not emails:
            self.sudo().write({"state": "done", "done_date": fields.Datetime.now()})
            if self.is_departure:
                # so that it is read from the beginning if it is connected again
                self.connection_id.sudo().folder_ids._forget_messages()
        return bool(emails)

    def _emails(self, domain, limit=None):
        # sudo: imap.email - who manages mailboxes deletes mail without reading it
        return self.env["imap.email"].sudo().search(domain, limit=limit, order="id")

    def _bury_some(self):
        emails = self._emails(self._leaving_domain(), BATCH)
        if emails:
            emails.with_env(self.env)._bury(by_manager=True)
            self.sudo().deleted += len(emails)
        elif self.partner_id and self.with_others == "keep":
            emails = self._emails(self._shared_domain(), BATCH)
            entries = self.env["mail.message"].sudo()
            entries = entries.search(Domain("imap_email_id", "in", emails.ids) & self._on_records())
            entries = entries.filtered(lambda m: not m.imap_stub)
            entries._imap_note_taken_off()
            entries.unlink()
        return emails

    def _take_along(self):
        """Remove mail that only this mailbox has brought, so that it can come back with it."""
        emails = self._emails(self._departing_domain(), BATCH)
        # sudo: imap.connection - whoever asked for it may disconnect it
        imap_removal.remove(self.connection_id.sudo(), emails)
        self.sudo().deleted += len(emails - emails.exists())
        return emails

    def _may_go_on(self):
        """Say whether who asked for it may still do this."""
        if self.is_departure:
            return self.connection_id.has_access("write")
        return self.has_access("write") and (
            not self.partner_id or self.partner_id.has_access("read")
        )

    @api.model
    def _cron_deletion(self):
        """Go on with what people asked for."""
        ir_cron = self.env["ir.cron"]
        waiting = self.search([("state", "=", "waiting")], order="id")
        ir_cron._commit_progress(remaining=len(waiting))
        for deletion in waiting:
            as_person = deletion.with_user(deletion.user_id).with_context(
                allowed_company_ids=deletion.user_id.company_ids.ids
            )
            if as_person._may_go_on():
                while as_person._delete_some():
                    if not ir_cron._commit_progress():
                        return
            else:
                deletion.write({"state": "done", "done_date": fields.Datetime.now()})
            deletion._tell()
            if not ir_cron._commit_progress(1):
                break

    def _said(self):
        if self.state == "done":
            return self.env._("Emails deleted in Odoo: %(n)s.", n=self.deleted)
        return self.env._(
            "%(n)s emails are being deleted in the background. You are told when it is done.",
            n=self.total,
        )

    def _tell(self):
        told = self.user_id
        message = self.with_context(lang=told.lang)._said()
        told._bus_send(
            "simple_notification", {"type": "success", "message": message, "sticky": True}
        )
