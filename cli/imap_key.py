"""``odoo imap_key``: the key of stored passwords, for administrators on a command line."""

import sys

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.cli.command import Command
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config


class ImapKey(Command):
    """Tell where the key of stored passwords is, and whether older ones are still needed; or take a new one."""

    name = "imap_key"

    def run(self, cmdargs):
        self.parser.add_argument("-c", "--config", help="use a specific configuration file")
        self.parser.add_argument("-d", "--database", required=True, help="name of the database")
        self.parser.add_argument(
            "--rotate",
            action="store_true",
            help="encrypt all passwords with the current key; where the key is in a file, make a new one first",
        )
        options = self.parser.parse_args(cmdargs)
        arguments = ["--no-http", "-d", options.database]
        if options.config:
            arguments += ["-c", options.config]
        config.parse_config(arguments, setup_logging=True)
        with Registry(options.database).cursor() as cr:
            connections = Environment(cr, SUPERUSER_ID, {}).get("imap.connection")
            if connections is None:
                sys.exit(f"mail_imap_sync is not installed in {options.database}")
            self._run(connections, options.rotate)

    def _run(self, connections, rotate):
        # the addon is there once the registry is
        from odoo.addons.mail_imap_sync.lib.errors import KeyUnusable
        from odoo.addons.mail_imap_sync.models.imap_secret import key_place

        try:
            if rotate:
                connections._add_key()
                # mailboxes are synced meanwhile, and whoever writes a row second has to begin again
                retrying(connections._with_secret()._encrypt_again, connections.env)
            ages = connections._with_secret()._key_ages()
        except KeyUnusable as error:
            sys.exit(f"The key cannot be used: {error.detail}")
        sys.stdout.write(
            f"Key: {key_place()}\n"
            f"Passwords encrypted with the current key: {ages['current']}\n"
            f"Passwords that need an older key: {ages['old']}\n"
            f"Passwords that no key can read: {ages['lost']}\n"
        )
