from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences_history(self, opportunities):
        """Move all messages, also those that the user does not see and that are not in the cache therefore."""
        opportunities.invalidate_recordset(["message_ids"])
        return super()._merge_dependences_history(opportunities)
