from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from .imap_share import most


class Overview(NamedTuple):
    """What the chatter shows of one email besides the message.

    :param mailboxes: names of those in whose mailboxes it is, as far as the user may know that
    :param own_level: the level at which the user shares it; False if it is not theirs
    :param level: the level at which colleagues see it
    """

    direction: str
    kind: str
    authentication: str | None
    mailboxes: list
    own_level: str | bool
    level: str | bool


class ImapEmailOverviewMixin(models.AbstractModel):
    _name = "imap.email.overview.mixin"
    _description = "What a chatter shows of an email"

    def _overviews(self):
        """Return what a page of a chatter shows of these emails, in one query: a dict of id -> :class:`Overview`.

        From the few shares of its emails PostgreSQL finds the copies one by one; from the copies, of which there are
        millions, it plans for thousands and calls for a second process.
        """
        if not self.ids:
            return {}
        share = self.env["imap.share"]
        share._flush_levels()
        self.flush_model(["direction", "kind", "authentication"])
        self.env["imap.placement"].flush_model(["email_id", "connection_id"])
        self.env["res.partner"].flush_model(["name"])
        rows = self.env.execute_query(
            SQL(
                """SELECT email.id, email.direction, email.kind, email.authentication,
                          array_agg(DISTINCT partner.name)
                             FILTER (WHERE (share.user_id = %(uid)s OR %(level)s <> 'private')
                                       AND EXISTS (SELECT FROM imap_placement AS copy
                                                    WHERE copy.email_id = share.email_id
                                                      AND copy.connection_id = share.connection_id)),
                          array_agg(%(level)s) FILTER (WHERE share.user_id = %(uid)s),
                          array_agg(%(level)s)
                     FROM imap_email AS email
                     LEFT JOIN (%(shares)s) ON share.email_id = email.id
                     LEFT JOIN res_users ON res_users.id = mailbox.user_id
                     LEFT JOIN res_partner AS partner ON partner.id = res_users.partner_id
                    WHERE email.id IN %(emails)s
                    GROUP BY email.id""",
                shares=share._sql_rows(),
                emails=tuple(self.ids),
                uid=self.env.uid,
                level=share._sql_level(),
            )
        )
        return {
            id_: Overview(direction, kind, authentication, names or [], most(own or ()), most(all_))
            for id_, direction, kind, authentication, names, own, all_ in rows
        }
