"""Contacts and opportunities with touchpoints, and what changes them."""

from odoo import models
from odoo.tools import SQL

from .imap_touched import TALKS


class ResPartner(models.Model):
    """A contact. A company has the mail of all its people besides its own."""

    _name = "res.partner"
    _inherit = ["res.partner", "imap.touchpoint.mixin"]

    def _imap_touchpoint_wanted(self, ids, related):
        if not related:
            return super()._imap_touchpoint_wanted(ids, related)
        return SQL(
            """
            SELECT id FROM res_partner WHERE id IN %(ids)s
             UNION
            SELECT commercial_partner_id FROM res_partner WHERE id IN %(ids)s
            """,
            ids=ids,
        )

    def _imap_touchpoint_members(self):
        return SQL(
            """
            SELECT id FROM wanted
             UNION
            SELECT person.id FROM wanted JOIN res_partner AS person ON person.commercial_partner_id = wanted.id
            """
        )

    def _imap_touchpoint_mails(self, counting):
        """Return mail from mailboxes, and what people here and the contact wrote each other in Odoo.

        A received mail counts for who wrote it; others in it were merely there. What is settled with a person is
        settled for their company. People whom only one of several companies knows tell nothing to readers of the
        others.
        """
        return SQL(
            """
            WITH member AS (
                SELECT root.id AS root, person.id, person.partner_share, root.settled
                  FROM root JOIN res_partner AS person ON person.id = root.id
                 UNION ALL
                SELECT root.id, person.id, person.partner_share, GREATEST(root.settled, person.imap_settled_at)
                  FROM root
                  JOIN res_partner AS top ON top.id = root.id
                  JOIN res_partner AS person ON person.commercial_partner_id = root.id AND person.id <> root.id
                 WHERE person.company_id IS NULL OR person.company_id = top.company_id
            )
            SELECT member.root, entry.date, COALESCE(entry.message_id, entry.imap_email_id::text) AS key,
                   CASE WHEN entry.message_type = 'email_outgoing' THEN 'out'
                        WHEN entry.author_id IS NULL OR entry.author_id = member.id THEN 'in' END AS direction,
                   member.settled
              FROM member
              JOIN mail_message AS entry ON entry.model = 'res.partner' AND entry.res_id = member.id
             WHERE entry.imap_email_id IN %(counting)s AND entry.imap_stub IS NULL
             UNION ALL
            SELECT member.root, message.date, message.message_id, 'out', member.settled
              FROM member
              JOIN mail_notification AS notified
                ON notified.res_partner_id = member.id AND notified.notification_type = 'email'
              JOIN mail_message AS message ON message.id = notified.mail_message_id
              JOIN res_partner AS author ON author.id = message.author_id AND NOT author.partner_share
             WHERE member.partner_share AND %(talk)s
             UNION ALL
            SELECT member.root, message.date, message.message_id, 'in', member.settled
              FROM member
              JOIN mail_message AS message ON message.author_id = member.id
             WHERE member.partner_share AND %(talk)s
            """,
            counting=counting or (None,),
            talk=SQL(
                """message.message_type IN ('comment', 'email') AND message.imap_email_id IS NULL
                   AND message.model IN %s""",
                TALKS,
            ),
        )

    def write(self, vals):
        """Let mail move to another company with its people, and companies follow what is settled with them."""
        if not vals.keys() & {"parent_id", "is_company", "company_id", "imap_settled_at"}:
            return super().write(vals)
        left = self.sudo().commercial_partner_id
        result = super().write(vals)
        (left | self.sudo().commercial_partner_id)._imap_touch()
        return result

    def unlink(self):
        left = self.sudo().commercial_partner_id - self
        result = super().unlink()
        left._imap_touch()
        return result


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "imap.touchpoint.mixin"]

    def _imap_touchpoint_mails(self, counting):
        """Return mail from mailboxes, and what people here and outside wrote each other in the chatter."""
        return SQL(
            """
            SELECT root.id AS root, entry.date, COALESCE(entry.message_id, entry.imap_email_id::text) AS key,
                   CASE WHEN entry.message_type = 'email_outgoing' THEN 'out' ELSE 'in' END AS direction,
                   root.settled
              FROM root
              JOIN mail_message AS entry ON entry.model = 'crm.lead' AND entry.res_id = root.id
             WHERE entry.imap_email_id IN %(counting)s AND entry.imap_stub IS NULL
             UNION ALL
            SELECT root.id, message.date, message.message_id,
                   CASE WHEN author.id IS NULL OR author.partner_share THEN 'in' ELSE 'out' END,
                   root.settled
              FROM root
              JOIN mail_message AS message ON message.model = 'crm.lead' AND message.res_id = root.id
              LEFT JOIN res_partner AS author ON author.id = message.author_id
             WHERE message.message_type IN ('comment', 'email') AND message.imap_email_id IS NULL
               AND (author.id IS NULL OR author.partner_share OR EXISTS (
                       SELECT FROM mail_notification AS notified
                         JOIN res_partner AS person ON person.id = notified.res_partner_id
                        WHERE notified.mail_message_id = message.id AND notified.notification_type = 'email'
                          AND person.partner_share))
            """,
            counting=counting or (None,),
        )
