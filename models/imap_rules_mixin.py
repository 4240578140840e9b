from odoo import fields, models


class ImapRulesMixin(models.AbstractModel):
    """A mailbox whose owner decides which mail is linked."""

    _name = "imap.rules.mixin"
    _description = "Mailbox with choices of what is linked"

    include_bulk = fields.Boolean(
        string="Newsletters and automatic mail",
        help="Mail of mailing lists and newsletters, notices of programs and messages about undelivered mail appear "
        "with contacts too.",
    )

    def write(self, vals):
        included = self.browse()
        if vals.get("include_bulk"):
            included = self.filtered(lambda c: not c.include_bulk)
        result = super().write(vals)
        if included:
            # what was left out comes too; what is there already is passed over
            included._check_again()
        return result
