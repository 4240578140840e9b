from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..lib.exclusions import NoEntry, TooWide, covering, read_entry


class ImapExclusion(models.Model):
    _name = "imap.exclusion"
    _inherit = ["imap.past.mixin", "imap.hidden.name.mixin"]
    _description = "Never synced"
    _order = "name"

    name = fields.Char(
        string="Address or domain",
        required=True,
        help="doctor@example.com, or example.com for every address there and below.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="For",
        default=lambda self: self.env.user,
        ondelete="cascade",
        index=True,
        help="Empty: for the mailboxes of everybody.",
    )
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        help="Whose mailboxes it holds for, where it holds for everybody's. Empty: every company.",
    )
    value = fields.Char(compute="_compute_value", store=True, precompute=True)
    holds_for = fields.Char(string="Holds for", compute="_compute_holds_for")

    _once = models.UniqueIndex(
        "(value, COALESCE(user_id, 0), COALESCE(company_id, 0))",
        "This address or domain is on the list already.",
    )
    _somebodys_or_a_companys = models.Constraint(
        "CHECK (user_id IS NULL OR company_id IS NULL)",
        "An entry is either for one person or for a company.",
    )

    @api.depends("name")
    def _compute_value(self):
        for exclusion in self:
            try:
                exclusion.value = read_entry(exclusion.name or "")
            except (NoEntry, TooWide):
                exclusion.value = exclusion.name

    @api.depends("user_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_holds_for(self):
        for exclusion in self:
            if exclusion.user_id == self.env.user:
                exclusion.holds_for = self.env._("My mailboxes")
            elif exclusion.user_id:
                exclusion.holds_for = exclusion.user_id.name
            elif exclusion.company_id:
                company = exclusion.sudo().company_id.name
                exclusion.holds_for = self.env._("Everybody in %(company)s", company=company)
            else:
                exclusion.holds_for = self.env._("Everybody")

    @api.constrains("name", "user_id", "company_id")
    def _check_name(self):
        for exclusion in self:
            try:
                read_entry(exclusion.name)
            except NoEntry:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is neither an email address nor a domain. Type one of them, such as "
                        "doctor@example.com or example.com.",
                        name=exclusion.name,
                    )
                ) from None
            except TooWide as error:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” would keep out every address that ends so. Type the whole domain, such as "
                        "example.%(name)s.",
                        name=error,
                    )
                ) from None
            exclusion._check_mailboxes()

    def _check_mailboxes(self):
        """Refuse what covers the address of a mailbox that it holds for: nothing at all would be synced there."""
        # sudo: imap.connection - addresses of colleagues' mailboxes; one that is hit is named to managers only
        mailboxes = self.sudo()._mailboxes().filtered(lambda c: c.state != "disconnected")
        values = [self.value]
        hit = mailboxes.filtered(lambda c: covering(c.email.strip().lower(), values, values))[:1]
        if hit:
            raise ValidationError(
                self.env._(
                    "“%(name)s” covers the mailbox %(email)s itself, of which nothing would be synced any more. Pause "
                    "or disconnect that mailbox instead. Mail among staff is left out in any case.",
                    name=self.name,
                    email=hit.email,
                )
            )

    def _mailboxes(self):
        """Return the mailboxes that this entry holds for, as far as the user sees them."""
        self.ensure_one()
        if self.user_id:
            domain = Domain("user_id", "=", self.user_id.id)
        elif self.company_id:
            domain = Domain("company_id", "=", self.company_id.id)
        else:
            domain = Domain.TRUE
        return self.env["imap.connection"].search(domain)

    @api.model
    def _of_mailbox(self, connection):
        """Return the excluded addresses and the excluded domains of a mailbox.

        :rtype: tuple(frozenset, frozenset)
        """
        values = (
            self.sudo().search_fetch(self._mailbox_domain(connection), ["value"]).mapped("value")
        )
        return (
            frozenset(value for value in values if "@" in value),
            frozenset(value for value in values if "@" not in value),
        )

    @api.model
    def _mailbox_domain(self, connection):
        """Return the domain of the entries that hold for a mailbox."""
        everybodys = Domain("user_id", "=", False) & Domain(
            "company_id", "in", [False, connection.company_id.id]
        )
        return everybodys | Domain("user_id", "=", connection.user_id.id)
