"""The file of providers, and how they are found in it."""

import json
import re
from pathlib import Path

import pytest

from lib.account import Security
from lib.providers import _FILE, by_domain, by_host, by_mx

NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
LINK = re.compile(r"https://[a-z0-9.-]+(?:/\S*)?")
KINDS = {"password", "app_password", "google", "microsoft"}
OF_PROVIDER = {
    "name": str, "servers": list, "sign_in": list, "two_factor": bool, "switch_on": bool,
    "app_password_page": str, "help": str, "connections": int,
}  # fmt: skip
OF_SERVER = {
    "host": str, "port": int, "security": str, "login": str, "domains": list, "mx": list,
}  # fmt: skip

PROVIDERS = json.loads(_FILE.read_text("utf-8"))
SERVERS = [server for provider in PROVIDERS for server in provider["servers"]]


def test_there_are_the_25_largest():
    assert len({provider["name"] for provider in PROVIDERS}) >= 25


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider["name"])
def test_a_provider_is_complete(provider):
    assert {"name", "servers", "sign_in"} <= set(provider)
    for field, value in provider.items():
        assert isinstance(value, OF_PROVIDER[field]), field
    assert set(provider["sign_in"]) <= KINDS
    for link in ("app_password_page", "help"):
        assert LINK.fullmatch(provider.get(link, "https://x.y"))
    if "app_password" not in provider["sign_in"]:
        assert not {"two_factor", "app_password_page"} & set(provider)
    # who is told to do something before is told where
    if provider["sign_in"] != ["password"] or provider.get("switch_on"):
        assert provider.get("help")
    assert provider.get("connections", 1) > 0


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: str(server.get("host")))
def test_a_server_is_complete(server):
    for field, value in server.items():
        assert isinstance(value, OF_SERVER[field]), field
    assert server.get("domains") or server.get("mx")
    assert server.get("login", "local") == "local"
    if "host" in server:
        assert NAME.fullmatch(server["host"])
        assert (server["port"], server["security"]) in ((993, "ssl"), (143, "starttls"))
    else:
        assert not {"port", "security"} & set(server)


@pytest.mark.parametrize("field", ["domains", "mx"])
def test_each_name_stands_for_one_server(field):
    names = [name for server in SERVERS for name in server.get(field, ())]
    assert len(names) == len(set(names))
    assert all(NAME.fullmatch(name) for name in names)


def test_each_server_belongs_to_one_provider():
    hosts = [
        (server["host"], number)
        for number, provider in enumerate(PROVIDERS)
        for server in provider["servers"]
        if "host" in server
    ]
    assert len(set(hosts)) == len({host for host, _number in hosts})


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("gmail.com", "imap.gmail.com"),
        ("GoogleMail.com", "imap.gmail.com"),
        ("hotmail.co.uk", "outlook.office365.com"),
        ("yahoo.co.uk", "imap.mail.yahoo.com"),
        # another company
        ("yahoo.co.jp", "imap.mail.yahoo.co.jp"),
        ("gmx.at", "imap.gmx.net"),
        ("gmx.com", "imap.gmx.com"),
        ("zoho.eu", "imap.zoho.eu"),
    ],
)
def test_by_domain(domain, host):
    server = by_domain(domain)
    assert (server.host, server.port, server.security) == (host, 993, Security.SSL)


@pytest.mark.parametrize("domain", ["", "tea.example", "com", "mail.gmail.com", "notgmail.com"])
def test_other_domains_are_unknown(domain):
    assert by_domain(domain) is None


@pytest.mark.parametrize(
    ("exchangers", "host"),
    [
        (["aspmx.l.google.com", "alt1.aspmx.l.google.com"], "imap.gmail.com"),
        (["SMTP.Google.com."], "imap.gmail.com"),
        (["tea-example.mail.protection.outlook.com"], "outlook.office365.com"),
        (["tea-example.o-v1.mx.microsoft"], "outlook.office365.com"),
        (["mx.zoho.eu"], "imappro.zoho.eu"),
        (["mx2.zoho.com"], "imappro.zoho.com"),
        (["mta7.am0.yahoodns.net"], "imap.mail.yahoo.com"),
        (["mx-aol.mail.gm0.yahoodns.net"], "imap.aol.com"),
        # a filter in front of it
        (["mx1.filter.example", "mx01.mail.icloud.com"], "imap.mail.me.com"),
        (["in1-smtp.messagingengine.com"], "imap.fastmail.com"),
    ],
)
def test_by_mail_exchanger(exchangers, host):
    assert by_mx(exchangers).host == host


@pytest.mark.parametrize("name", ["mx.tea.example", "google.com.evil.example", "notgoogle.com", ""])
def test_other_exchangers_are_unknown(name):
    assert by_mx([name]) is None


def test_what_one_signs_in_with():
    assert by_domain("icloud.com").login("anna@icloud.com") == "anna"
    assert by_domain("gmail.com").login("anna@gmail.com") == "anna@gmail.com"
    # the name of the iCloud account is not that of the address
    assert by_mx(["mx01.mail.icloud.com"]).login("anna@tea.example") == "anna@tea.example"


def test_by_host():
    assert by_host("IMAP.gmail.com").name == "Gmail"
    assert by_host("imap.tea.example") is None


def test_mail_that_no_program_reaches():
    server = by_domain("proton.me")
    assert server.host is None
    assert not server.provider.sign_in


def test_the_guides_say_the_same():
    readme = (Path(__file__).parents[2] / "README.rst").read_text("utf-8")
    guides = readme.partition("\nProviders\n=====")[2].partition("\nHow the server is found\n")[0]
    named = set(re.findall(r"``((?:imap\w*|outlook)\.[a-z0-9.]+)``", guides))
    assert len(named) > 10
    assert all(by_host(host) for host in named)
    words = " ".join(guides.split())
    assert [p["name"] for p in PROVIDERS if p["name"].removesuffix(" Mail") not in words] == []
