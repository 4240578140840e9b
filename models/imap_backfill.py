"""Past mail is read once more, or further back; and it can be paused and stopped.

What people ask for is only noted. The next run of the mailbox does it, as nobody else may change cursors while a run is
going on; a run that is going on ends soon because of it.
"""

from odoo import api, fields, models

from .imap_schedule import ACTIVE_STATES


class ImapBackfillMixin(models.AbstractModel):
    """A mailbox whose past mail is read."""

    _name = "imap.backfill.mixin"
    _description = "Mailbox whose past mail is read"

    backfill_paused = fields.Boolean(readonly=True, copy=False)
    backfill_wishes = fields.Json(
        copy=False,
        groups=fields.NO_ACCESS,
        help="What the next run is to do with the past mail, one after the other",
    )
    can_stop_backfill = fields.Boolean(
        readonly=True, copy=False, help="It is known what the period was before"
    )
    is_backfill_stoppable = fields.Boolean(compute="_compute_is_backfill_stoppable")
    since_before = fields.Datetime(
        readonly=True, copy=False, help="The period before past mail was read once more"
    )

    @api.depends("can_stop_backfill", "backfill_wishes")
    def _compute_is_backfill_stoppable(self):
        for connection in self:
            last = connection._last_wish()
            connection.is_backfill_stoppable = (
                last == "read" if last else connection.can_stop_backfill
            )

    def _last_wish(self):
        """Return what was asked for last and is not begun yet: "read", "stop" or None."""
        # sudo: imap.connection - that something was asked for
        wishes = self.sudo().backfill_wishes
        return wishes[-1]["kind"] if wishes else None

    def action_open_backfill(self):
        """Open the wizard that looks into past mail, where it was left."""
        return self.env["imap.backfill"]._open(self)

    def _open_look(self):
        """Return the action that opens what was found in a mailbox that was never read, or None."""
        left = self.state == "draft" and self.env["imap.backfill"]._left(self)
        return left._show() if left else None

    def action_pause_backfill(self):
        """Let past mail rest; new mail goes on."""
        self.check_access("write")
        self.sudo().backfill_paused = True
        return True

    def action_resume_backfill(self):
        """Go on with past mail."""
        self.check_access("write")
        self.sudo().backfill_paused = False
        self.filtered(lambda c: c.state in ACTIVE_STATES)._schedule()
        return True

    def action_stop_backfill(self):
        """Read no further into the past: the period is again what it was, and what came stays."""
        self.check_access("write")
        self._wish({"kind": "stop"})
        return True

    def _read_past_again(self, since, people_chosen):
        """Read the past mail of a period, be it read before or not. A period never becomes shorter by it.

        :param since: the beginning of the period (naive UTC), or False: everything
        :param bool people_chosen: whoever is to become a contact was chosen already: the policy is for new mail only
        """
        since = fields.Datetime.to_string(since) if since else False
        self._wish({"kind": "read", "since": since, "people_chosen": people_chosen})

    def _wish(self, wish):
        # sudo: imap.connection - how past mail is read is nobody's to write
        for connection in self.sudo():
            wishes = [*(connection.backfill_wishes or []), wish]
            connection.write({"backfill_wishes": wishes, "backfill_paused": False})
        self.filtered(lambda c: c.state in ACTIVE_STATES)._schedule()

    # ------------------------------------------------------------------
    # in a run
    # ------------------------------------------------------------------

    def _fulfil_wish(self):
        """Do what was asked for; to be called with the mailbox claimed, before anything is read."""
        if not self.backfill_wishes:
            return
        for wish in self.backfill_wishes:
            if wish["kind"] == "stop":
                self._stop_backfill()
            else:
                since = fields.Datetime.to_datetime(wish["since"])
                self._begin_backfill(since, wish["people_chosen"])
        self.backfill_wishes = False
        self._checkpoint()

    def _begin_backfill(self, since, people_chosen):
        going_on = self.can_stop_backfill and not all(
            self.folder_ids.filtered("selected").mapped("backfilled")
        )
        first = not any(self.folder_ids.mapped("uidvalidity"))
        before = self.sync_since
        if not going_on:
            # stopped before anything was read means: from now on
            since_before = fields.Datetime.now() if first else before
            self.write({"can_stop_backfill": True, "since_before": since_before})
        longer = bool(before and (not since or since < before))
        whole = {f: f.backfilled or (going_on and f.whole_before) for f in self.folder_ids}
        if longer:
            self.sync_since = since
        self.folder_ids._restart_backfill()
        for folder, was_read in whole.items():
            folder.write(
                {
                    "people_chosen": people_chosen,
                    "whole_before": was_read or first,
                    "reread_since": since if was_read and not longer else False,
                }
            )

    def _stop_backfill(self):
        if not self.can_stop_backfill:
            return
        self.write({"sync_since": self.since_before, "can_stop_backfill": False})
        whole = self.folder_ids.filtered(lambda f: f.whole_before and f.uidvalidity)
        whole.write({"backfilled": True, **whole._past_read()})


class ImapFolderBackfillMixin(models.AbstractModel):
    """A folder whose past mail is read."""

    _name = "imap.folder.backfill.mixin"
    _description = "Folder whose past mail is read"

    people_chosen = fields.Boolean(readonly=True, help="Its past mail makes nobody a contact")
    whole_before = fields.Boolean(
        readonly=True, help="Its past mail was read already, within the period of before"
    )
    reread_since = fields.Datetime(
        readonly=True, help="Its past mail is read again from then on only"
    )

    def _past_since(self):
        """Return where the past mail that is to be read begins (naive UTC), False: everything."""
        self.ensure_one()
        return self.reread_since or self.connection_id.sync_since

    def _past_read(self):
        """Return the values of a folder whose past mail is read."""
        return {"people_chosen": False, "whole_before": False, "reread_since": False}
