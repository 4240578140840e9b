from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_domain_extract, email_normalize


class ImapExclusion(models.Model):
    _name = "imap.exclusion"
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
    value = fields.Char(compute="_compute_value", store=True, precompute=True)

    _once = models.UniqueIndex(
        "(value, COALESCE(user_id, 0))", "This address or domain is on the list already."
    )

    @api.depends("name")
    def _compute_value(self):
        for exclusion in self:
            name = (exclusion.name or "").strip().lower()
            exclusion.value = email_normalize(name) or name.lstrip("@*.")

    @api.constrains("name")
    def _check_name(self):
        for exclusion in self:
            if not email_normalize(exclusion.value) and not email_domain_extract(f"x@{exclusion.value}"):
                raise ValidationError(
                    self.env._("“%(name)s” is neither an email address nor a domain.", name=exclusion.name)
                )

    @api.model
    def _for_user(self, user):
        """Return the excluded addresses and the excluded domains of one person's mailboxes.

        :rtype: tuple(frozenset, frozenset)
        """
        values = self.sudo().search([("user_id", "in", [False, user.id])]).mapped("value")
        return (
            frozenset(value for value in values if "@" in value),
            frozenset(value for value in values if "@" not in value),
        )
