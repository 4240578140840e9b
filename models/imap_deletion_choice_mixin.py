"""Which mail is meant by who deletes mail by contact, mailbox or period, and how much that is."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib.addresses import spellings


class ImapDeletionChoiceMixin(models.AbstractModel):
    """A choice among all synced mail. A condition that is left empty chooses everything; all of them, nothing."""

    _name = "imap.deletion.choice.mixin"
    _description = "Choice of synced mail"

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
    # how much that is
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
