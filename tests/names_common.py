from ..lib import network
from ..lib.discovery import records
from ..lib.errors import HostUnknown
from .servers.name_server import NameServer


class NamesMixin:
    """For test cases: names have the records and lead to the places that a test says, and to nothing else.

    :ivar names: the name server
    :ivar places: (name, port) -> port on loopback
    :ivar resolved: names that were to be connected to
    """

    def setUp(self):
        super().setUp()
        self.names = self.enterContext(NameServer())
        self.places = {}
        self.resolved = []
        self.patch(records, "_resolver", self.names.resolver)
        self.patch(network, "_resolve", self._resolve)

    def has_service(self, domain, host, port=993):
        """Let a domain say in DNS where its mail is read."""
        self.names.records[f"_imaps._tcp.{domain}", "SRV"] = [f"0 1 {port} {host}."]

    def _resolve(self, host, port):
        self.resolved.append(host)
        place = port if host == "localhost" else self.places.get((host, port))
        if place is None:
            raise HostUnknown(host)
        return [(network.socket.AF_INET, ("127.0.0.1", place))]
