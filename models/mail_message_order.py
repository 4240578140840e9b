"""The chatter of a record that holds synced mail is in the order of dates: past mail has younger ids than notes.

The order is (date, id), and a message without a date is the newest; ``static/src/thread/message_order.js`` says so too.
Threads without synced mail keep the order of ids.
"""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

NEWEST_FIRST = "date DESC, id DESC"
OLDEST_FIRST = "date ASC, id ASC"


class MailMessage(models.Model):
    _inherit = "mail.message"

    _imap_thread_date = models.Index("(model, res_id, date, id)")

    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        # see _message_fetch
        order = self.env.context.get("imap_message_order") or order
        return super()._search(domain, offset, limit, order, **kwargs)

    def _message_fetch(
        self,
        domain,
        *,
        thread=None,
        before=None,
        after=None,
        around=None,
        limit=30,
        imap_window=None,
        **kwargs,
    ):
        """Fetch messages of a thread that holds synced mail by date, and say so to the client.

        The client hands back the ids of its first and last message as bounds: they are turned into bounds by
        (date, id).

        :param dict imap_window: of a client that shows a part of the thread up to its end: ``since`` is the id of its
            oldest message (None when it shows the beginning as well), ``known`` those of all. What is returned is what
            it lacks, the newest first: mail may have come in anywhere, not only at the end
        """
        if thread is None or not self._is_in_date_order(thread):
            return super()._message_fetch(
                domain,
                thread=thread,
                before=before,
                after=after,
                around=around,
                limit=limit,
                **kwargs,
            )
        domain = Domain(True if domain is None else domain)

        def fetch(bound, order, number):
            messages = self.with_context(imap_message_order=order, imap_of_few=True)
            return super(MailMessage, messages)._message_fetch(
                domain & bound, thread=thread, limit=number, **kwargs
            )

        if imap_window:
            result = fetch(self._lacking(**imap_window), NEWEST_FIRST, limit)
        elif around is not None:
            result = fetch(self._date_bound("<=", around), NEWEST_FIRST, limit // 2)
            later = fetch(self._date_bound(">", around), OLDEST_FIRST, limit // 2)["messages"]
            result["messages"] = later[::-1] + result["messages"]
        elif after:
            result = fetch(self._date_bound(">", after), OLDEST_FIRST, limit)
            result["messages"] = result["messages"][::-1]
        else:
            bound = self._date_bound("<", before) if before else Domain.TRUE
            result = fetch(bound, NEWEST_FIRST, limit)
        result["messages"] = result["messages"].with_env(self.env)
        return {**result, "imap_date_order": True}

    def _is_in_date_order(self, thread):
        """Say whether a thread holds synced mail; for portal users and visitors none does."""
        if not self.env.user._is_internal():
            return False
        # only whether there is one that this user sees: of other mail nothing is to be noticed
        self.flush_model(["model", "res_id", "imap_email_id", "imap_stub"])
        self.env["imap.share"]._flush_levels()
        found = self.env.execute_query(
            SQL(
                """SELECT FROM mail_message
                    WHERE model = %s AND res_id = %s AND imap_email_id IS NOT NULL AND %s LIMIT 1""",
                thread._name,
                thread.id,
                self.with_context(imap_of_few=True)._imap_sql_is_visible("mail_message"),
            )
        )
        return bool(found)

    def _lacking(self, known, since=None):
        bound = self._date_bound(">=", since) if since else Domain.TRUE
        return bound & Domain("id", "not in", known)

    def _date_bound(self, operator, message_id):
        """Return the messages on one side of a message, in the order of (date, id)."""
        # sudo: mail.message - only the date is used, to compare
        message = self.sudo().search_fetch([("id", "=", message_id)], ["date"])
        if not message:
            return Domain("id", operator, message_id)
        date, on_this_side = message.date, Domain("id", operator, message_id)
        same_date = Domain("date", "=", date) & on_this_side
        if operator.startswith(">"):
            # messages without a date are the newest ones, as PostgreSQL sorts them
            later = Domain("date", ">", date) | Domain("date", "=", False)
            return (later if date else Domain.FALSE) | same_date
        if not date:
            return Domain("date", "!=", False) | same_date
        # the first half alone tells the index where to begin
        return Domain("date", "<=", date) & (Domain("date", "<", date) | on_this_side)
