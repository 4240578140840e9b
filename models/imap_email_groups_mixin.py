"""What the list of emails is grouped by, beyond its columns: contact, opportunity, mailbox and conversation."""

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .imap_email_list_mixin import RECORDS


class ImapEmailGroupsMixin(models.AbstractModel):
    _name = "imap.email.groups.mixin"
    _description = "Groups of emails"

    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec in RECORDS:
            on_records = Domain("model", "=", RECORDS[groupby_spec])
            lines = self.env["mail.message"].sudo()._search(self._readable_entries() & on_records)
            record = SQL.identifier("mail_message", "res_id")
            return self._join_lines(query, alias, groupby_spec, lines, "imap_email_id", record)
        if groupby_spec == "mailbox_user_ids":
            lines = self.env["imap.placement"].sudo()._search(self._visible_copies())
            mailbox = lines.join(
                "imap_placement", "connection_id", "imap_connection", "id", "connection_id"
            )
            owner = SQL.identifier(mailbox, "user_id")
            return self._join_lines(query, alias, groupby_spec, lines, "email_id", owner)
        if groupby_spec == "conversation_ids":
            # an email without Message-ID is a conversation of its own
            return SQL(
                "COALESCE(%s, %s::text)",
                self._field_to_sql(alias, "thread_key", query),
                SQL.identifier(alias, "id"),
            )
        return super()._read_group_groupby(alias, groupby_spec, query)

    @staticmethod
    def _join_lines(query, alias, name, lines, email_column, line):
        """Join each email with its lines, each line once, or with NULL; return the SQL for the line.

        :param Query query: on emails, called ``alias``
        :param Query lines: the rows that lead from an email to its lines
        :param str email_column: the column of those rows that holds the email
        :param SQL line: the line that such a row leads to
        """
        email = SQL.identifier(lines.table, email_column)
        lines.add_where(SQL("%s = %s", email, SQL.identifier(alias, "id")))
        joined = query.make_alias(alias, name)
        selected = lines.subselect(SQL("DISTINCT %s AS id", line))
        query.add_join("LEFT JOIN", joined, SQL("LATERAL %s", selected), SQL("TRUE"))
        return SQL.identifier(joined, "id")

    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        if groupby_spec == "conversation_ids":
            return iter(raw_values)
        return super()._read_group_postprocess_groupby(groupby_spec, raw_values)

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Call a conversation by the subject of its first email, among those that the user may read."""
        if groupby_spec != "conversation_ids":
            return super()._web_read_group_groupby_formatter(groupby_spec, values)
        alone = [int(value) for value in values if value.isdigit()]
        emails = self.search_fetch(
            Domain("thread_key", "in", values) | Domain("id", "in", alone),
            ["thread_key", "subject"],
            order="date, id",
        )
        first = {}
        for email in emails:
            first.setdefault(email.thread_key or str(email.id), email)

        def conversation(value):
            email = first[value]
            label = email.subject or self.env._("No subject")
            return (email.id, label), [("conversation_ids", "in", [email.id])]

        return conversation

    def _get_read_group_order(self, dict_order, groupby, aggregates):
        """Put the group on top in which something happened last, as in the list."""
        order = super()._get_read_group_order(dict_order, groupby, aggregates)
        if "date" in dict_order and not groupby[0].startswith("date:"):
            return f"date:max {dict_order['date']}, {order}"
        return order
