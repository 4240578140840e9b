import logging

from odoo import fields, models

from ..lib.errors import SyncError
from .imap_folder_list import FolderList

_logger = logging.getLogger(__name__)


class ImapConnection(models.Model):
    _inherit = "imap.connection"

    folders_listed = fields.Datetime(
        readonly=True, copy=False, help="When the server was last asked for its folders"
    )

    def _fetch_folders(self):
        """Log in and bring the list of folders up to date; a new folder starts with its default choice.

        :raise SyncError: the server cannot be used
        """
        self.ensure_one()
        self.check_access("write")
        try:
            with self._session() as session:
                listed = session.list_folders()
                states = session.status([info.raw for info in listed if info.selectable])
                FolderList(self.sudo()).update(session, listed, states)
        except SyncError as error:
            # whoever tries passwords, or looks for hosts, is to be found
            _logger.info(
                "User %s could not sign in to a mailbox at %s:%s: %s %s",
                self.env.uid,
                self.host,
                self.port,
                error.code,
                error.detail,
            )
            raise
