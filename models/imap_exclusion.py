from email_validator import EmailNotValidError, validate_email

from odoo import api, fields, models
from odoo.exceptions import ValidationError


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
            # people write a domain as example.com, @example.com or *@*.example.com
            exclusion.value = name if name.find("@") > 0 and name[0] != "*" else name.lstrip("*@.")

    @api.constrains("name")
    def _check_name(self):
        for exclusion in self:
            address = exclusion.value if "@" in exclusion.value else f"x@{exclusion.value}"
            try:
                # syntax only; internal names such as server.local are fine here
                validate_email(address, check_deliverability=False, globally_deliverable=False)
            except EmailNotValidError:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is neither an email address nor a domain.", name=exclusion.name
                    )
                ) from None

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
