"""What new mailboxes of a company start with, and how far their owners may go."""

from odoo import fields, models

from .imap_contact_policy import POLICIES, least_policy
from .imap_period import PERIODS, shortest


class ResCompany(models.Model):
    _inherit = "res.company"

    imap_default_period = fields.Selection(
        PERIODS, string="New mailboxes read past mail of", required=True, default="2"
    )
    imap_longest_period = fields.Selection(
        PERIODS,
        string="Longest period of past mail",
        required=True,
        default="all",
        help="Owners cannot read further back than this",
    )
    imap_most_contact_policy = fields.Selection(
        POLICIES,
        string="Mailboxes create contacts at most",
        required=True,
        default="all",
        help="Owners cannot let mail create more contacts than this",
    )

    def write(self, vals):
        result = super().write(vals)
        if "imap_most_contact_policy" in vals:
            # sudo: imap.connection - who decides for a company what its mailboxes may do
            mailboxes = self.env["imap.connection"].sudo().search([("company_id", "in", self.ids)])
            mailboxes._lower_contact_policy()
        return result

    def _imap_period_at_first(self):
        """Return the period of past mail that a new mailbox starts with."""
        self.ensure_one()
        return shortest(self.imap_default_period, self.imap_longest_period)

    def _imap_contact_policy_at_first(self):
        """Return whom a new mailbox makes a contact."""
        self.ensure_one()
        return least_policy(self.imap_contact_policy, self.imap_most_contact_policy)
