from odoo import models


class MergePartnerAutomatic(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_reference_fields(self, src_partners, dst_partner):
        """Let what people decided about emails on the contacts hold for the one that is left."""
        self.env["imap.link"]._follow("res.partner", src_partners.ids, dst_partner)
        return super()._update_reference_fields(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        # all mail is moved by now, past the ORM
        dst_partner._imap_touch()
        return super()._log_merge_operation(src_partners, dst_partner)
