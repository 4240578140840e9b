from odoo import api, models


class ImapHiddenNameMixin(models.AbstractModel):
    """A record whose name tells something, for instance about a colleague's mailbox."""

    _name = "imap.hidden.name.mixin"
    _description = "Record with a name that not everybody may know"

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Hide the name from whoever may not read the record.

        Odoo names what another record leads to in superuser mode, and a client may make a form lead to any record.
        """
        result = super()._compute_display_name()
        # those of a form that is being filled in are copies of them
        stored = self._origin.sudo(False)
        hidden = stored - stored._filtered_access("read")
        self.filtered(lambda record: record._origin in hidden).display_name = False
        return result
