"""What the engine's tests share: certificates, and sessions with a scripted server."""

import pytest
from discovery_world import World
from servers.certificates import CertificateAuthority

from lib.account import Account, NetworkPolicy, Security
from lib.session import Limits, Session


@pytest.fixture(scope="session", name="certificates")
def fixture_certificates(tmp_path_factory):
    """Certificates by what is wrong with them, and the file of the authority that all but one
    have.
    """
    cases = {
        "good": {},
        "expired": {"expired": True},
        "other host": {"hosts": ("mail.example.com",)},
    }
    made = {}
    for name, options in cases.items():
        authority = CertificateAuthority(tmp_path_factory.mktemp("authority"))
        made[name] = authority.issue(**options), str(authority.ca_file)
    return made


@pytest.fixture(name="account")
def fixture_account():
    """Makes the account of a scripted server on a loopback port."""

    def make(server, security=Security.NONE, ca_file=None, **values):
        policy = NetworkPolicy(frozenset({"127.0.0.1", "localhost"}), ca_file)
        known = {
            "host": "127.0.0.1",
            "login": "anna@example.com",
            "secret": "secret",
            "policy": policy,
        }
        return Account(**(known | {"port": server.port, "security": security} | values))

    return make


@pytest.fixture(name="session")
def fixture_session(account):
    """Makes a session, not yet open, with a scripted server; limits as keyword arguments."""

    def make(server, **limits):
        return Session(account(server), limits=Limits(**({"command_timeout": 10} | limits)))

    return make


@pytest.fixture(name="world")
def fixture_world(monkeypatch, tmp_path):
    """Names and servers that tests of discovery find."""
    with World(monkeypatch, tmp_path) as world:
        yield world
