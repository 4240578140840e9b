import os
from collections import Counter
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from ..lib.errors import KeyUnusable, PasswordMissing
from ..lib.key_file import add_key, read_keys
from ..lib.vault import Vault
from .imap_error import sentence

KEY_ENVIRONMENT = "ODOO_IMAP_SYNC_KEY"
KEY_OPTION = "imap_sync_key"
KEY_FILE = "imap_sync.key"


def _configured_keys():
    """Return the keys named by the administrator, the current one first; several are comma-separated."""
    configured = os.environ.get(KEY_ENVIRONMENT) or config.get(KEY_OPTION) or ""
    return [key.strip() for key in configured.split(",") if key.strip()]


def key_file_path():
    """Return where the key file is, or will be."""
    return Path(config["data_dir"]) / KEY_FILE


def key_place():
    """Return where the keys come from: ``environment``, ``configuration``, or the path of the key file."""
    if os.environ.get(KEY_ENVIRONMENT):
        return "environment"
    return "configuration" if config.get(KEY_OPTION) else str(key_file_path())


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
        for record in self:
            # an empty field in a form means "unchanged": the client never had the password to send it back
            if record.password:
                record.sudo().secret = self._encrypted(record.password)
        # else a read in the same request, as saving a form does, would send it back
        self.invalidate_recordset(["password"], flush=False)

    @api.model
    def _vault(self):
        """Return the :class:`Vault` made of the administrator's keys, else of the generated key file.

        :raise KeyUnusable: only an administrator can help
        """
        try:
            return Vault(_configured_keys() or read_keys(key_file_path()))
        except OSError as error:
            raise KeyUnusable(f"the key file: {error.strerror}") from None
        except (IndexError, ValueError):
            raise KeyUnusable("it is not 32 url-safe base64-encoded bytes") from None

    @api.model
    def _encrypted(self, secret):
        """Return what somebody typed in the form in which it is stored.

        :raise UserError: there is no key to do so
        """
        try:
            return self._vault().encrypt(secret)
        except KeyUnusable as error:
            raise UserError(sentence(self.env, error)) from None

    @api.model
    def _with_secret(self):
        """Return all records that have a secret."""
        # sudo: the column is closed to everybody
        return self.sudo().search([("secret", "!=", False)])

    def _key_ages(self):
        """Return how many secrets need the current key, an ``old`` one, or one that is ``lost``.

        :raise KeyUnusable: nobody knows
        """
        vault = self._vault()
        return Counter(vault.age(record.secret) for record in self.sudo())

    @api.model
    def _add_key(self):
        """Put a new key before those of the key file, unless an administrator names the keys.

        :raise KeyUnusable: nothing was changed
        """
        if _configured_keys():
            return
        try:
            add_key(key_file_path())
        except OSError as error:
            raise KeyUnusable(f"the key file: {error.strerror}") from None

    def _encrypt_again(self):
        """Encrypt what is stored with the current key, so that older ones can be taken away.

        :return: the records whose secret no key can read, which stay as they are
        """
        vault = self._vault()
        lost = self.browse()
        for record in self.sudo().filtered("secret"):
            age = vault.age(record.secret)
            if age == "old":
                record.secret = vault.encrypt(vault.decrypt(record.secret))
            elif age == "lost":
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
