import logging
import os
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import config

from ..lib.errors import PasswordMissing, SecretUnreadable
from ..lib.vault import Vault, new_key

_logger = logging.getLogger(__name__)

KEY_ENVIRONMENT = "ODOO_IMAP_SYNC_KEY"
KEY_OPTION = "imap_sync_key"
KEY_FILE = "imap_sync.key"


def _configured_keys():
    """Return the keys named by the administrator, the current one first; several are comma-separated."""
    configured = os.environ.get(KEY_ENVIRONMENT) or config.get(KEY_OPTION) or ""
    return [key.strip() for key in configured.split(",") if key.strip()]


def _generated_keys():
    """Return the keys of the key file, which is made (mode 0600) when it does not exist.

    The file lives in the data directory, beside the database and not inside it: a dump alone reveals nothing.
    Several workers may start at once: the file appears complete, by a hard link that only one of them wins.
    """
    path = Path(config["data_dir"]) / KEY_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{KEY_FILE}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(new_key() + "\n")
        try:
            os.link(draft, path)
            _logger.info("Made a new key for the secrets of mailboxes: %s", path)
        except FileExistsError:
            _logger.debug("Another worker made the key file first")
        finally:
            draft.unlink()
    return path.read_text().split()


def key_place():
    """Return where the keys come from: ``environment``, ``configuration``, or the path of the key file."""
    if os.environ.get(KEY_ENVIRONMENT):
        return "environment"
    return "configuration" if config.get(KEY_OPTION) else str(Path(config["data_dir"]) / KEY_FILE)


class ImapSecretMixin(models.AbstractModel):
    """A password that can be written and used, and never be read back.

    ``password`` only has a setter; the column ``secret`` holds its encrypted form and is closed to every user,
    administrators included (NO_ACCESS: only code in superuser mode reads it).
    """

    _name = "imap.secret.mixin"
    _description = "Write-only password"

    password = fields.Char(
        compute="_compute_password",
        inverse="_inverse_password",
        copy=False,
        exportable=False,
        help="Stored encrypted; nobody can read it back.",
    )
    secret = fields.Char(copy=False, groups=fields.NO_ACCESS, prefetch=False)
    has_password = fields.Boolean(compute="_compute_has_password", compute_sudo=True)

    @api.depends("secret")
    def _compute_password(self):
        self.password = False

    @api.depends("secret")
    def _compute_has_password(self):
        for record in self:
            record.has_password = bool(record.secret)

    def _inverse_password(self):
        vault = self._vault()
        for record in self:
            # an empty field in a form means "unchanged": the client never had the password to send it back
            if record.password:
                record.sudo().secret = vault.encrypt(record.password)
        # else a read in the same request, as saving a form does, would send it back
        self.invalidate_recordset(["password"], flush=False)

    @api.model
    def _vault(self):
        """Return the :class:`Vault` made of the administrator's keys, else of the generated key file."""
        return Vault(_configured_keys() or _generated_keys())

    def _encrypt_again(self):
        """Encrypt what is stored with the current key, so that older ones can be taken away.

        :return: the records whose secret no key can read, which stay as they are
        """
        vault = self._vault()
        lost = self.browse()
        for record in self.sudo().filtered("secret"):
            try:
                if not vault.is_current(record.secret):
                    record.secret = vault.encrypt(vault.decrypt(record.secret))
            except SecretUnreadable:
                lost += record
        return lost.with_env(self.env)

    def _decrypted_secret(self):
        """Return the password for signing in.

        :raise PasswordMissing: there is none
        :raise SecretUnreadable: the key was lost or changed
        """
        self.ensure_one()
        secret = self.sudo().secret
        if not secret:
            raise PasswordMissing("no password is stored")
        return self._vault().decrypt(secret)
