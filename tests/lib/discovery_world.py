"""A small internet on loopback for the tests of discovery: names, their records, and servers behind them."""

from contextlib import ExitStack

from scripted_server import ImapBox, ScriptedServer
from servers.certificates import CertificateAuthority
from servers.name_server import NameServer
from servers.settings_server import SettingsServer

from lib import network
from lib.account import NetworkPolicy
from lib.discovery import records
from lib.errors import HostUnknown

DOMAIN = "tea.example"
EMAIL = f"anna@{DOMAIN}"
#: names that a certificate of ours is for
HOSTS = (DOMAIN, *(f"{name}.{DOMAIN}" for name in ("imap", "mail", "autoconfig", "www")))


class World(ExitStack):
    """Names resolve as the test says, and to nothing else; all servers are on loopback.

    :param monkeypatch: of pytest
    :param folder: for certificates
    :ivar places: (name, port) -> the port on loopback, or an address that it resolves to
    :ivar resolved: (name, port) of all names that were asked for
    """

    def __init__(self, monkeypatch, folder):
        super().__init__()
        self._authority = CertificateAuthority(folder)
        self._certificate = self._authority.issue(HOSTS)
        self.places = {}
        self.resolved = []
        self.names = self.enter_context(NameServer())
        self.settings = self.enter_context(SettingsServer(self._certificate))
        monkeypatch.setattr(network, "_resolve", self._resolve)
        monkeypatch.setattr(records, "_resolver", self.names.resolver)

    def policy(self, *hosts):
        """What an administrator allows: ours, or these hosts, on loopback, and our authority."""
        return NetworkPolicy(frozenset(hosts or HOSTS), str(self._authority.ca_file))

    def publish(
        self, page, host=f"autoconfig.{DOMAIN}", path="/mail/config-v1.1.xml", status=200, **headers
    ):
        """Put a file where mail programs look for it."""
        self.places[host, 443] = self.settings.port
        named = {name.capitalize(): value for name, value in headers.items()}
        self.settings.pages[host, path] = (status, named, page)

    def start(self, host, port=993, script=None):
        """Start a server, with STARTTLS at 143 and TLS elsewhere; a mail server unless a script says something else."""
        script = script or ImapBox(capabilities=b"IMAP4rev1 STARTTLS")
        server = self.enter_context(
            ScriptedServer(script, certificate=self._certificate, tls=port != 143)
        )
        self.places[host, port] = server.port
        return server

    def _resolve(self, host, port):
        self.resolved.append((host, port))
        place = self.places.get((host, port))
        if place is None:
            raise HostUnknown(host)
        address = place if isinstance(place, tuple) else ("127.0.0.1", place)
        return [(network.socket.AF_INET, address)]
