"""Mailboxes that are silent although their server has new mail.

What goes wrong in a run is said by that run. This is for what no run notices: the schedule stands still, a folder was
stopped, or passes for unchanged and is not. Once a day the server is asked what it has, as a run asks. What was not
read by then, and is not read an hour later either, waits in vain.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from . import imap_schedule
from .imap_visit import visit

EVERY = timedelta(days=1)
#: new mail may wait for so long, or for three turns of a mailbox where that is longer
PATIENCE = timedelta(hours=1)


def _has_unread(folder, state):
    """Say whether the server has new mail in a folder, given its STATUS."""
    if not state or not state.messages:
        return False
    if state.uidvalidity not in (0, folder.uidvalidity) and not folder.fingerprint:
        return True
    if state.uidnext is None:
        return state.messages > folder.message_count
    return state.uidnext > folder.uidnext


class ImapSilenceMixin(models.AbstractModel):
    """A mailbox whose new mail may wait in vain."""

    _name = "imap.silence.mixin"
    _description = "Mailbox that may be silent"

    silent_since = fields.Datetime(
        readonly=True, copy=False, help="The server has new mail since then that is not read"
    )
    silence_told = fields.Boolean(
        readonly=True, copy=False, groups=fields.NO_ACCESS, help="Administrators know of it"
    )
    unread_at = fields.Json(
        copy=False,
        groups=fields.NO_ACCESS,
        help="How far the folders were read in which the server had more at the last look",
    )
    unread_since = fields.Datetime(readonly=True, copy=False)
    next_look = fields.Datetime(readonly=True, copy=False)

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # with every run, and whenever somebody stops it
            self.sudo().filtered("silent_since")._end_silence()
        return result

    def _folders_left_unread(self):
        """Return the folders in which the mail of the last look is still not read."""
        # sudo: imap.connection - how far they were read
        noted = self.sudo().unread_at or {}
        return self.folder_ids.filtered(
            lambda f: f.selected and f.available and noted.get(str(f.id)) == f._read_so_far()
        )

    def _end_silence(self):
        over = self.filtered(lambda c: c.state != "connected" or not c._folders_left_unread())
        if over:
            over.write(over._no_silence())
            # not here: runs of several mailboxes would lose against each other over the same activity
            self.env.ref("mail_imap_sync.ir_cron_silent").sudo()._trigger()

    @api.model
    def _no_silence(self):
        return {
            "silent_since": False,
            "silence_told": False,
            "unread_at": False,
            "unread_since": False,
        }

    # ------------------------------------------------------------------
    # the daily look
    # ------------------------------------------------------------------

    @api.model
    def _due_look_domain(self):
        now = fields.Datetime.now()
        first = Domain("next_look", "=", False) & Domain("connected_since", "<=", now - EVERY)
        return (first | Domain("next_look", "<=", now)) & Domain(
            [("state", "=", "connected"), ("user_id.active", "=", True)]
        )

    @api.model
    def _cron_find_silent(self):
        """Look at every mailbox whose day is over, one after the other; a server that fails is left alone for now."""
        ir_cron = self.env["ir.cron"]
        due = self.search(self._due_look_domain(), order="next_look, id")
        ir_cron._commit_progress(remaining=len(due))
        failed = set()
        for connection in due:
            host = connection.host.strip().lower()
            if host not in failed and not connection._look_for_unread():
                failed.add(host)
            if not ir_cron._commit_progress(1):
                break
        self.env["imap.silence"]._tell_managers()

    def _look_for_unread(self):
        """Ask the server what it has, and note what was not read.

        :return: whether it could be asked
        """
        now = fields.Datetime.now()
        folders = self.folder_ids.filtered(lambda f: f.selected and f.available)
        raws = {folder: folder.raw_path.encode("latin-1") for folder in folders}
        try:
            with visit(self) as session:
                states = session.status(raws.values())
        except UserError:
            # whatever is wrong is found, and said, by its runs; or one of them is going on
            self.next_look = now + PATIENCE
            return False
        unread = folders.filtered(lambda f: _has_unread(f, states.get(raws[f])))
        self._note_unread(unread, now)
        return True

    def _note_unread(self, unread, now):
        if not unread:
            self.write({**self._no_silence(), "next_look": now + EVERY})
            return
        still = unread & self._folders_left_unread()
        since = still and self.unread_since or now
        patience = max(PATIENCE, 3 * imap_schedule.interval(self.env))
        silent = bool(still) and now - since >= patience
        self.write(
            {
                "unread_at": {str(folder.id): folder._read_so_far() for folder in unread},
                "unread_since": since,
                "silent_since": silent and (self.silent_since or since),
                "next_look": now + (EVERY if silent else patience),
            }
        )


class ImapFolderSilenceMixin(models.AbstractModel):
    """A folder of a mailbox that may be silent."""

    _name = "imap.folder.silence.mixin"
    _description = "Folder that may be silent"

    def _read_so_far(self):
        """Return up to where new mail was read, as it is stored in ``unread_at``."""
        self.ensure_one()
        return [self.uidvalidity, self.uidnext]
