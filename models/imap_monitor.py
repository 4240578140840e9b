"""How all mailboxes are, in numbers, for a program that watches over Odoo."""

import hashlib
import secrets
from collections import Counter

from odoo import api, fields, models
from odoo.tools import SQL, consteq

from . import imap_schedule
from .imap_claim import MAILBOX_SPACE
from .imap_health import STALLED
from .imap_schedule import ACTIVE_STATES

#: the token itself is stored nowhere: it is random enough for its digest to tell nothing
TOKEN_DIGEST = "mail_imap_sync.health_token"

OK, WARNING, CRITICAL = "ok", "warning", "critical"
#: reasons for which mail is not synced at all; the others concern single mailboxes
CRITICAL_REASONS = ("stalled", "most_mailboxes_in_error")


def _digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


class ImapMonitor(models.AbstractModel):
    _name = "imap.monitor"
    _description = "State of all mailboxes for monitoring"

    # ------------------------------------------------------------------
    # the token
    # ------------------------------------------------------------------

    @api.model
    def _new_token(self):
        """Make a token, which replaces the one of before, and return it; only its digest is stored."""
        token = secrets.token_urlsafe(32)
        self.env["ir.config_parameter"].set_param(TOKEN_DIGEST, _digest(token))
        return token

    @api.model
    def _accepts(self, token):
        """Say whether a token is the right one; without one there is none."""
        # sudo: ir.config_parameter - only compared
        expected = self.env["ir.config_parameter"].sudo().get_param(TOKEN_DIGEST)
        return consteq(_digest(token), expected or "") and bool(expected)

    # ------------------------------------------------------------------
    # the report
    # ------------------------------------------------------------------

    @api.model
    def _report(self):
        """Return the state of all mailboxes: numbers and identifiers, no names, no addresses, nothing of any mail.

        The number of queries does not depend on that of the mailboxes.

        :rtype: dict
        """
        # sudo: imap.connection - of all companies; what leaves is numbers
        connections = self.env["imap.connection"].sudo()
        states = dict.fromkeys(dict(connections._fields["state"].selection), 0)
        backlog, quarantine = self._backlog(), self._quarantine()
        lines = [
            self._line(connection, backlog, quarantine)
            for connection in connections.search_fetch([], order="id")
        ]
        states.update(Counter(line["state"] for line in lines))
        active = [line for line in lines if line["state"] in ACTIVE_STATES]
        ages = [line["last_success_seconds"] for line in active]
        report = {
            "neutralized": self._is_neutralized(),
            "mailboxes": states,
            "silent": sum(line["silent"] for line in lines),
            "oldest_success_seconds": max((age for age in ages if age is not None), default=None),
            "never_succeeded": ages.count(None),
            "overdue_seconds": max((line["overdue_seconds"] for line in active), default=0),
            "backlog": sum(backlog.values()),
            "quarantine": sum(quarantine.values()),
            "workers": self._workers(),
            "each": lines,
        }
        reasons = self._reasons(report)
        return {"status": self._status(reasons), "reasons": reasons, **report}

    @api.model
    def _line(self, connection, backlog, quarantine):
        now = fields.Datetime.now()

        def seconds_since(moment):
            return int((now - moment).total_seconds())

        success, due = connection.last_success, connection.next_sync
        return {
            "id": connection.id,
            "state": connection.state,
            "error": connection.error_code or None,
            "silent": connection.state == "connected" and bool(connection.silent_since),
            "last_success_seconds": seconds_since(success) if success else None,
            "overdue_seconds": max(seconds_since(due), 0) if due else 0,
            "backlog": backlog.get(connection.id, 0),
            "quarantine": quarantine.get(connection.id, 0),
        }

    @api.model
    def _backlog(self):
        """Return how many past mails are still to be looked at, by mailbox."""
        # sudo: imap.folder - numbers
        folders = self.env["imap.folder"].sudo()
        left = folders.search_fetch([("selected", "=", True), ("backfilled", "=", False)])
        result = Counter()
        for folder in left:
            result[folder.connection_id.id] += folder.backlog
        return result

    @api.model
    def _quarantine(self):
        """Return how many messages could not be read and were not let rest, by mailbox."""
        # sudo: imap.placement - numbers
        counted = (
            self.env["imap.placement"]
            .sudo()
            ._read_group(
                [("state", "=", "quarantined"), ("dismissed", "=", False)],
                ["connection_id"],
                ["__count"],
            )
        )
        return {connection.id: number for connection, number in counted}

    @api.model
    def _workers(self):
        """Return how many mailboxes may be synced at the same time, and how many are being synced, by their claims."""
        [(busy,)] = self.env.execute_query(
            SQL(
                """
                SELECT count(*)
                  FROM pg_locks
                  JOIN pg_database ON pg_database.oid = pg_locks.database
                 WHERE locktype = 'advisory' AND granted AND classid = %s AND datname = current_database()
                """,
                MAILBOX_SPACE,
            )
        )
        return {"allowed": imap_schedule.worker_count(self.env), "busy": busy}

    @api.model
    def _is_neutralized(self):
        # sudo: ir.config_parameter - whether this is a copy for tests
        return bool(self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"))

    @api.model
    def _reasons(self, report):
        """Return what is not as it should be, by name."""
        if report["neutralized"]:
            # nothing is synced, on purpose
            return []
        states = report["mailboxes"]
        active = sum(states[state] for state in ACTIVE_STATES)
        found = {
            "stalled": report["overdue_seconds"] > STALLED.total_seconds(),
            "most_mailboxes_in_error": states["error"] * 2 > active,
            "mailboxes_in_error": states["error"],
            "silent_mailboxes": report["silent"],
            "quarantine": report["quarantine"],
        }
        return [name for name, holds in found.items() if holds]

    @api.model
    def _status(self, reasons):
        if any(reason in CRITICAL_REASONS for reason in reasons):
            return CRITICAL
        return WARNING if reasons else OK


class ImapMonitorToken(models.AbstractModel):
    """Shows a token once; it comes with the context and is never stored."""

    _name = "imap.monitor.token"
    _description = "Token for monitoring"

    # without an identifier the form does not take the default of the token
    id = fields.Id()
    # named like this, it is masked in the log of calls
    access_token = fields.Char(string="Token", readonly=True)
