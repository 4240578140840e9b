from odoo import models
from odoo.exceptions import AccessError


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _imap_hidden(self):
        """Return those of these attachments that belong to synced mail which the user may not read."""
        synced = self.filtered(lambda a: a.sudo().res_model == "imap.email")
        return synced - synced.sudo(False)._filtered_access("read")

    def _has_attachments_ownership(self, attachment_tokens):
        """Let no token from a time when the email was shared more open its attachments."""
        return super()._has_attachments_ownership(attachment_tokens) and not self._imap_hidden()


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _find_record(self, *args, **kwargs):
        """Let no token from a time when the email was shared more open its attachments."""
        record = super()._find_record(*args, **kwargs)
        if record._name == "ir.attachment" and (hidden := record._imap_hidden()):
            hidden.sudo(False).check_access("read")
            raise AccessError(self.env._("You may not read this attachment."))
        return record
