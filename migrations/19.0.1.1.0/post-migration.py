"""Before, all mail was shared with whoever may read its records: it stays so, and has owners now.

So it counts for contacts and leads as well.
"""

from odoo import SUPERUSER_ID
from odoo.api import Environment


def migrate(cr, version):
    cr.execute("""
        INSERT INTO imap_share (email_id, connection_id, user_id, thread_key)
        SELECT DISTINCT placement.email_id, mailbox.id, mailbox.user_id, email.thread_key
          FROM imap_placement AS placement
          JOIN imap_connection AS mailbox ON mailbox.id = placement.connection_id
          JOIN imap_email AS email ON email.id = placement.email_id
    """)
    # of mailboxes that were removed nobody knows whose they were
    cr.execute("""
        INSERT INTO imap_share (email_id, thread_key, kept_visibility)
        SELECT email.id, email.thread_key, 'everything'
          FROM imap_email AS email
         WHERE NOT EXISTS (SELECT FROM imap_share AS share WHERE share.email_id = email.id)
    """)
    env = Environment(cr, SUPERUSER_ID, {})
    for model in ("res.partner", "crm.lead"):
        env[model]._imap_touch_first()
