from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..lib.addresses import spellings
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
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="set null")
    connection_id = fields.Many2one("imap.connection", string="Mailbox", ondelete="set null")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    with_others = fields.Selection(
        [
            ("keep", "Keep it for them, and take it off this contact"),
            ("delete", "Delete it for them too"),
        ],
        string="Mail with other contacts too",
        required=True,
        default="keep",
    )
    never_again = fields.Boolean(
        string="Never sync this contact's mail again",
        help="Puts the address on the company's list “Never synced”.",
    )
    is_departure = fields.Boolean(
        readonly=True,
        help="The mailbox is disconnected; its mail comes back if it is connected again.",
    )
    # before
    emails = fields.Integer(string="Emails that leave Odoo", compute="_compute_preview")
    contacts = fields.Integer(string="In the chatter of contacts", compute="_compute_preview")
    others = fields.Integer(string="In the chatter of other records", compute="_compute_preview")
    shared = fields.Integer(
        string="With other contacts too",
        compute="_compute_preview",
        help="Emails that other contacts of yours have received or written as well.",
    )
    staying = fields.Integer(
        string="Emails that stay",
        compute="_compute_preview",
        help="Other mailboxes have brought them too.",
    )
    # after
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

    @api.depends("partner_id", "connection_id", "date_from", "date_to", "with_others")
    def _compute_preview(self):
        for deletion in self:
            leaving = deletion._leaving_domain()
            deletion.emails = self._number(leaving)
            records = self._number_of_records(leaving)
            deletion.contacts = records.pop("res.partner", 0)
            deletion.others = sum(records.values())
            deletion.shared = self._number(deletion._shared_domain())
            deletion.staying = self._number(deletion._staying_domain())

    def _number(self, domain):
        # sudo: imap.email - only numbers
        return self.env["imap.email"].sudo().search_count(domain)

    def _number_of_records(self, domain):
        """Return on how many records of which model some emails stand."""
        # sudo: mail.message - only numbers
        entries = self.env["mail.message"].sudo()
        of_emails = Domain("imap_email_id", "any", domain) & Domain("model", "!=", False)
        return dict(entries._read_group(of_emails, ["model"], ["res_id:count_distinct"]))

    # ------------------------------------------------------------------
    # which emails
    # ------------------------------------------------------------------

    def _emails(self, domain, limit=None):
        # sudo: imap.email - who manages mailboxes deletes mail without reading it
        return self.env["imap.email"].sudo().search(domain, limit=limit, order="id")

    def _chosen_domain(self):
        """Return the domain of the emails that the person means, none of which is of other companies' mailboxes."""
        if not (self.partner_id or self.connection_id or self.date_from or self.date_to):
            return Domain.FALSE
        # as the person: of which mailboxes and companies they may decide
        managed = self.env["imap.connection"].search([])
        elsewhere = Domain("connection_id", "!=", False) & Domain(
            "connection_id", "not in", managed.ids
        )
        domain = ~Domain("share_ids", "any", elsewhere)
        if self.partner_id:
            self.partner_id.check_access("read")
            domain &= self._of_partner()
        else:
            # mailboxes that were removed belonged to their owner's company
            removed = Domain("connection_id", "=", False) & Domain(
                "user_id.company_id", "in", self.env.companies.ids
            )
            domain &= Domain(
                "share_ids", "any", Domain("connection_id", "in", managed.ids) | removed
            )
        if self.connection_id:
            domain &= Domain("share_ids.connection_id", "=", self.connection_id._origin.id)
        if self.date_from:
            domain &= Domain("date", ">=", self.date_from)
        if self.date_to:
            domain &= Domain("date", "<", fields.Date.add(self.date_to, days=1))
        return domain

    def _partners(self):
        """Return the contact, with its people if it is a company."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners.search([("id", "child_of", self.partner_id._origin.ids)])

    def _on_records(self):
        """Return the domain of the chatter entries on the contact, and on its opportunities."""
        partners = self._partners()
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        leads = leads.search([("partner_id", "in", partners.ids)])
        return (Domain("model", "=", "res.partner") & Domain("res_id", "in", partners.ids)) | (
            Domain("model", "=", "crm.lead") & Domain("res_id", "in", leads.ids)
        )

    def _of_partner(self):
        """Return the domain of the emails that stand on the contact, or in which one of its addresses takes part."""
        addresses = filter(None, self._partners().mapped("email_normalized"))
        spelled = [form for address in addresses for form in spellings(address)]
        self.env["imap.email"].flush_model(["addresses"])
        takes_part = Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s ?| %s", SQL.identifier(alias, "addresses"), spelled
            )
        )
        return Domain("entry_ids", "any", self._on_records()) | takes_part

    def _with_other_contacts(self):
        """Return the domain of the emails that stand on contacts besides this one."""
        other = Domain("model", "=", "res.partner") & Domain(
            "res_id", "not in", self._partners().ids
        )
        return Domain("entry_ids", "any", other)

    def _brought_by_others(self):
        """Return the domain of the emails that came through other mailboxes too, or through one that was removed."""
        mailbox = self.connection_id._origin.id
        return Domain(
            "share_ids",
            "any",
            ["|", ("connection_id", "!=", mailbox), ("connection_id", "=", False)],
        )

    def _leaving_domain(self):
        """Return the domain of the emails that leave Odoo."""
        domain = self._chosen_domain()
        if self.connection_id:
            domain &= ~self._brought_by_others()
        if self.partner_id and self.with_others == "keep":
            domain &= ~self._with_other_contacts()
        return domain

    def _staying_domain(self):
        """Return the domain of the emails of the mailbox that stay, because others have brought them too."""
        if not self.connection_id:
            return Domain.FALSE
        return self._chosen_domain() & self._brought_by_others()

    def _shared_domain(self):
        """Return the domain of the emails that stand on this contact and on others."""
        if not self.partner_id:
            return Domain.FALSE
        domain = self._chosen_domain() & self._with_other_contacts()
        if self.connection_id:
            domain &= ~self._brought_by_others()
        return domain & Domain("entry_ids", "any", self._on_records())

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
        """Remove mail that only this mailbox has brought; it leaves no trace, so that it can come back."""
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
