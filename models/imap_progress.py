from datetime import timedelta

from odoo import api, fields, models

#: a pace that was measured longer ago says nothing about the time that is left
FRESH = timedelta(minutes=10)
#: the pace is measured over at least this time, as times are stored in seconds
MEASURE = timedelta(seconds=3)
#: how much the last slice counts in the pace
WEIGHT = 0.2


class ImapProgressMixin(models.AbstractModel):
    """A mailbox that shows how far its past mail has been looked at."""

    _name = "imap.progress.mixin"
    _description = "Mailbox that shows its progress"

    linked_count = fields.Integer(string="Linked", compute="_compute_counts")
    seen_count = fields.Integer(string="Looked at", compute="_compute_counts")
    backlog_count = fields.Integer(string="Waiting", compute="_compute_counts")
    progress = fields.Float(
        string="Past mail",
        compute="_compute_progress",
        help="How far the mail of before has been looked at",
    )
    progress_text = fields.Char(compute="_compute_progress")
    progress_moving = fields.Boolean(compute="_compute_progress")
    has_past_left = fields.Boolean(
        compute="_compute_progress", help="Past mail is being read, or about to be, or paused"
    )

    @api.depends("folder_ids.linked", "folder_ids.seen", "folder_ids.backlog")
    def _compute_counts(self):
        for connection in self:
            folders = connection.folder_ids.filtered("selected")
            connection.linked_count = sum(folders.mapped("linked"))
            connection.seen_count = sum(folders.mapped("seen"))
            connection.backlog_count = sum(folders.mapped("backlog"))

    @api.depends(
        "state",
        "backfill_paused",
        "backfill_wishes",
        "folder_ids.selected",
        "folder_ids.available",
        "folder_ids.backfilled",
        "folder_ids.past_done",
        "folder_ids.past_total",
        "folder_ids.past_noted",
        "folder_ids.past_pace",
    )
    @api.depends_context("lang")
    def _compute_progress(self):
        for connection in self:
            folders = connection.folder_ids.filtered(
                lambda f: f.selected and f.available and not f.trouble
            )
            left = folders.filtered(lambda f: not f.backfilled)
            counted = all(folder.past_total >= 0 for folder in left)
            done = sum(folders.mapped("past_done"))
            total = done + sum(max(folder.past_total - folder.past_done, 0) for folder in left)
            wished = connection._last_wish()
            rests = connection.state not in ("connected", "error") or connection.backfill_paused
            connection.has_past_left = bool(left or wished)
            connection.progress_moving = connection.has_past_left and not rests
            if wished == "stop":
                connection.progress, connection.progress_text = 0, self.env._("Stopping…")
            elif wished:
                text = self.env._("Paused") if rests else self.env._("About to begin…")
                connection.progress, connection.progress_text = 0, text
            elif not folders:
                # it was never signed in to, or no folder is chosen
                connection.progress, connection.progress_text = 0, self.env._("No folder to read")
            elif not left:
                connection.progress, connection.progress_text = 100, False
            elif not counted:
                connection.progress = 0
                connection.progress_text = self.env._("Counting the mails…")
            else:
                connection.progress = min(100 * done / total, 99) if total else 0
                connection.progress_text = connection._progress_sentence(left, done, total)

    def _progress_sentence(self, left, done, total):
        numbers = {"done": f"{done:,}", "total": f"{total:,}"}
        if self.state not in ("connected", "error") or self.backfill_paused:
            return self.env._("%(done)s of %(total)s, paused", **numbers)
        seconds = left._seconds_left(total - done)
        if seconds is None:
            return self.env._("%(done)s of %(total)s", **numbers)
        if seconds < 90:
            return self.env._("%(done)s of %(total)s, about a minute left", **numbers)
        if seconds < 90 * 60:
            return self.env._(
                "%(done)s of %(total)s, about %(minutes)s minutes left",
                minutes=round(seconds / 60),
                **numbers,
            )
        return self.env._(
            "%(done)s of %(total)s, about %(hours)s hours left",
            hours=round(seconds / 3600),
            **numbers,
        )


class ImapFolderProgressMixin(models.AbstractModel):
    """A folder that counts how far its past mail has been looked at.

    It is here and not on the mailbox, whose row stays free for its owner while a sync runs.
    """

    _name = "imap.folder.progress.mixin"
    _description = "Folder that shows its progress"

    past_total = fields.Integer(default=-1, readonly=True, help="Past mails; -1: not counted yet")
    past_done = fields.Integer(readonly=True, help="How many of them have been looked at")
    past_noted = fields.Datetime(readonly=True, help="When the pace was measured")
    past_noted_done = fields.Integer(readonly=True, help="How many had been looked at by then")
    past_pace = fields.Float(readonly=True, help="Seconds per mail, lately, with all waiting")

    @api.model
    def _no_progress(self):
        return {
            "past_total": -1,
            "past_done": 0,
            "past_noted": False,
            "past_noted_done": 0,
            "past_pace": 0,
        }

    def _note_progress(self, number, complete):
        """Count past mails that were looked at; to be called where their outcome is stored.

        :param complete: they were the last ones
        """
        self.ensure_one()
        done = self.past_done + number
        values = {"past_done": done}
        if complete:
            values["past_total"] = done
        now = fields.Datetime.now()
        waited = now - (self.past_noted or now)
        if waited > FRESH:
            # it was paused: that says nothing about the pace
            values.update(past_noted=now, past_noted_done=done)
        elif waited >= MEASURE and done > self.past_noted_done:
            pace = waited.total_seconds() / (done - self.past_noted_done)
            before = self.past_pace or pace
            values.update(
                past_noted=now, past_noted_done=done, past_pace=before + WEIGHT * (pace - before)
            )
        self.write(values)

    def _seconds_left(self, number):
        """Return about how long a number of mails takes, None if that cannot be told."""
        noted = self.filtered("past_pace").sorted("past_noted")[-1:]
        if not noted or fields.Datetime.now() - noted.past_noted > FRESH:
            return None
        return number * noted.past_pace
