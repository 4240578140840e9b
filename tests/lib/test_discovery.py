"""From an address to its server: who is asked, who is believed, and how long it may take."""

import threading
import time

import pytest
from discovery_world import DOMAIN, EMAIL
from scripted_server import ImapBox
from servers.settings_server import settings

from lib import network
from lib.account import NetworkPolicy, Security
from lib.discovery import Source, find, known, records
from lib.errors import CertificateInvalid, HostForbidden

IMAPS, IMAP = f"_imaps._tcp.{DOMAIN}", f"_imap._tcp.{DOMAIN}"


def looked(world, email=EMAIL, seconds=5.0):
    return find(email, world.policy(), seconds)


def server(found):
    return found.source, found.host, found.port, found.security


def test_a_known_provider_asks_nobody(world):
    found = looked(world, "anna@gmail.com").found
    assert server(found) == (Source.DOMAIN, "imap.gmail.com", 993, Security.SSL)
    assert found.provider.name == "Gmail"
    assert known("anna@gmail.com") == found
    assert not world.resolved
    assert not world.names.asked


def test_mail_of_the_domain_is_at_a_known_provider(world):
    world.names.records[DOMAIN, "MX"] = ["20 mx.backup.example.", "10 aspmx.l.google.com."]
    # left over from the provider before
    world.names.records[IMAPS, "SRV"] = [f"0 1 993 imap.{DOMAIN}."]
    world.start(f"imap.{DOMAIN}")
    found = looked(world).found
    assert server(found) == (Source.EXCHANGER, "imap.gmail.com", 993, Security.SSL)
    assert found.login == EMAIL


def test_dns_names_the_server(world):
    world.names.records[IMAPS, "SRV"] = [
        f"10 5 993 spare.{DOMAIN}.",
        f"0 1 1993 rare.{DOMAIN}.",
        f"0 9 1993 imap.{DOMAIN}.",
    ]
    world.names.records[IMAP, "SRV"] = [f"0 1 143 plain.{DOMAIN}."]
    found = looked(world).found
    assert server(found) == (Source.DNS, f"imap.{DOMAIN}", 1993, Security.SSL)
    assert not found.elsewhere


def test_dns_names_a_server_with_starttls_only(world):
    world.names.records[IMAPS, "SRV"] = ["0 0 0 ."]
    world.names.records[IMAP, "SRV"] = [f"0 1 143 imap.{DOMAIN}."]
    assert server(looked(world).found) == (
        Source.DNS, f"imap.{DOMAIN}", 143, Security.STARTTLS,
    )  # fmt: skip


@pytest.mark.parametrize("host", ["imap.hoster.example", f"imap.not{DOMAIN}"])
def test_a_server_outside_of_the_domain_is_for_a_person_to_look_at(world, host):
    world.names.records[IMAPS, "SRV"] = [f"0 1 993 {host}."]
    found = looked(world).found
    assert found.host == host
    assert found.elsewhere


def test_the_domain_says_that_it_has_no_imap(world):
    world.names.records[IMAPS, "SRV"] = ["0 0 0 ."]
    world.start(f"imap.{DOMAIN}")
    outcome = looked(world)
    assert outcome.refused
    assert not outcome.found


def test_only_the_service_without_tls_is_refused(world):
    world.names.records[IMAP, "SRV"] = ["0 0 0 ."]
    world.start(f"imap.{DOMAIN}")
    assert looked(world).found.source is Source.ANSWER


def test_the_domain_publishes_settings(world):
    world.publish(settings("imap.hoster.example", login="%EMAILLOCALPART%"))
    world.start(f"imap.{DOMAIN}")
    found = looked(world).found
    assert server(found) == (Source.SETTINGS, "imap.hoster.example", 993, Security.SSL)
    assert found.login == "anna"
    asked = [path for host, path in world.settings.asked if host == f"autoconfig.{DOMAIN}"]
    assert asked == ["/mail/config-v1.1.xml?emailaddress=anna%40tea.example"]


def test_settings_at_the_well_known_place(world):
    path = "/.well-known/autoconfig/mail/config-v1.1.xml"
    world.publish(settings(f"imap.{DOMAIN}", 143, "STARTTLS"), DOMAIN, path)
    found = looked(world).found
    assert server(found) == (Source.SETTINGS, f"imap.{DOMAIN}", 143, Security.STARTTLS)
    assert world.settings.asked == [(DOMAIN, path)], "the person's address is not in it"


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([("mail", 993), ("imap", 993)], ("imap", 993, Security.SSL)),
        ([("mail", 993), ("imap", 143)], ("mail", 993, Security.SSL)),
        ([("mail", 143)], ("mail", 143, Security.STARTTLS)),
    ],
)
def test_a_likely_server_answers(world, places, expected):
    for name, port in places:
        world.start(f"{name}.{DOMAIN}", port)
    name, port, security = expected
    assert server(looked(world).found) == (Source.ANSWER, f"{name}.{DOMAIN}", port, security)


def test_the_domain_itself_answers(world):
    started = world.start(DOMAIN)
    assert looked(world).found.host == DOMAIN
    assert not any(b"anna" in line or b"LOGIN" in line for line in started.lines)


def test_nothing_is_found(world):
    outcome = looked(world)
    assert (outcome.found, outcome.refused, outcome.failure) == (None, False, None)


def test_name_servers_do_not_answer(world):
    world.names.silent = True
    world.start(f"imap.{DOMAIN}")
    start = time.monotonic()
    assert looked(world).found.source is Source.ANSWER
    assert time.monotonic() - start < 5


def test_no_name_server_at_all(world, monkeypatch):
    def unconfigured():
        raise records.dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(records, "_resolver", unconfigured)
    world.start(f"imap.{DOMAIN}")
    assert looked(world).found.source is Source.ANSWER


def test_it_ends_although_nothing_answers(world):
    world.names.silent = True
    for host in (f"imap.{DOMAIN}", f"mail.{DOMAIN}"):
        world.start(host, script=lambda peer: peer.wait_for_end())
    start = time.monotonic()
    assert looked(world, seconds=1.0).found is None
    assert time.monotonic() - start < 2


def test_the_systems_resolver_hangs(world, monkeypatch):
    asleep = threading.Event()
    monkeypatch.setattr(network, "_resolve", lambda *_args: asleep.wait(10) and [])
    start = time.monotonic()
    assert looked(world, seconds=0.5).found is None
    assert time.monotonic() - start < 2
    asleep.set()


def test_an_answer_that_came_in_time_counts_after_the_end(world):
    """Who is believed first may use up all the time."""
    world.names.silent = True
    world.start(f"imap.{DOMAIN}")
    assert looked(world, seconds=1.0).found.source is Source.ANSWER


@pytest.mark.parametrize("port", [993, 143])
def test_a_certificate_that_proves_nothing_is_told(world, port):
    world.start(f"imap.{DOMAIN}", port)
    outcome = find(EMAIL, NetworkPolicy(world.policy().allowed_hosts), 5.0)
    assert outcome.found is None
    assert outcome.likely == f"imap.{DOMAIN}"
    assert isinstance(outcome.failure, CertificateInvalid)


@pytest.mark.parametrize(
    "script",
    [
        ImapBox(),
        ImapBox(
            capabilities=b"IMAP4rev1 STARTTLS",
            hooks={b"STARTTLS": lambda peer, tag, _rest: peer.send(tag + b" NO not now")},
        ),
        lambda peer: peer.send(b"220 smtp.tea.example ESMTP"),
        lambda peer: peer.send(b"* BYE too many connections"),
        lambda peer: peer.send(b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] hello admin"),
    ],
    ids=["not offered", "refused", "not imap", "busy", "signed in already"],
)
def test_servers_without_encryption_are_not_found(world, script):
    world.start(f"imap.{DOMAIN}", 143, script)
    assert looked(world).found is None


def test_hosts_inside_are_not_entered(world):
    inside = world.start(f"imap.{DOMAIN}")
    world.publish(settings(f"imap.{DOMAIN}"))
    outcome = find(EMAIL, world.policy("other.example"), 5.0)
    assert isinstance(outcome.failure, HostForbidden)
    assert outcome.likely == f"imap.{DOMAIN}"
    assert inside.connections == 0
    assert not world.settings.asked


def test_only_a_few_places_of_the_domain_are_tried(world):
    """Whatever DNS and settings name: nobody can have others looked at through Odoo."""
    world.names.records[IMAPS, "SRV"] = ["0 1 22 victim.example."]
    world.publish(settings("victim.example", 25))
    looked(world)
    hosts = (f"imap.{DOMAIN}", f"mail.{DOMAIN}", DOMAIN)
    expected = {(host, port) for host in hosts for port in (993, 143)}
    expected |= {(DOMAIN, 443), (f"autoconfig.{DOMAIN}", 443)}
    assert set(world.resolved) <= expected


@pytest.mark.parametrize(
    "email",
    ["", "anna", "anna@", "@tea.example", "anna@localhost", "anna@[10.0.0.1]", "anna@127.0.0.1",
     "anna@tea.example:22", "anna@tea.example/x", "anna@a..b", "anna@" + "a" * 300 + ".example"],
)  # fmt: skip
def test_what_is_no_domain_is_not_looked_for(world, email):
    assert looked(world, email).found is None
    assert not world.resolved
    assert not world.names.asked


def test_domains_beyond_ascii(world):
    world.names.records["xn--t-bga.example", "MX"] = ["10 mx.zoho.eu."]
    assert looked(world, "anna@té.example").found.host == "imappro.zoho.eu"


def test_mail_that_no_program_reaches(world):
    world.names.records[DOMAIN, "MX"] = ["10 mail.protonmail.ch."]
    found = looked(world).found
    assert (found.host, found.provider.name) == (None, "Proton Mail")


def test_what_nobody_foresaw_is_nothing_found(world, monkeypatch, caplog):
    def broken(*_args):
        raise RuntimeError("anna@tea.example")

    monkeypatch.setattr(records, "exchangers", broken)
    world.start(f"imap.{DOMAIN}")
    assert looked(world).found.source is Source.ANSWER
    assert "RuntimeError" in caplog.text
    assert "anna" not in caplog.text
