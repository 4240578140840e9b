"""What people type into the lists of addresses and domains."""

import pytest

from lib.exclusions import NoEntry, TooWide, covering, read_domain, read_entry

ENTRIES = {
    "address": ("carla@shop.example", "carla@shop.example"),
    "upper case, spaces": ("  Carla@Shop.EXAMPLE ", "carla@shop.example"),
    "pasted with its name": ('"Moss, Carla" <Carla@Shop.example>', "carla@shop.example"),
    "domain": ("shop.example", "shop.example"),
    "with an at sign": ("@shop.example", "shop.example"),
    "with stars": ("*@*.shop.example", "shop.example"),
    "as a link": ("https://shop.example/about", "shop.example"),
    "internal name": ("server.local", "server.local"),
    "international": ("Bücher.example", "bücher.example"),
}


@pytest.mark.parametrize(("text", "value"), ENTRIES.values(), ids=ENTRIES)
def test_read_entry(text, value):
    assert read_entry(text) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", "@", "*", "no domain", "a@b@c", "a@shop.example, b@shop.example", "x..example", "<>"],
)
def test_what_is_no_entry(text):
    with pytest.raises(NoEntry):
        read_entry(text)


@pytest.mark.parametrize("text", ["com", "*.com", "@com", "https://com/x"])
def test_the_end_of_a_domain(text):
    with pytest.raises(TooWide):
        read_entry(text)


def test_a_domain_is_no_address():
    with pytest.raises(NoEntry):
        read_domain("carla@shop.example")


COVERED = {
    "the address": ("doctor@health.example", "doctor@health.example"),
    "its domain": ("x@bank.example", "bank.example"),
    "below it": ("x@a.b.bank.example", "bank.example"),
    "another address there": ("nurse@health.example", ""),
    "a similar domain": ("x@notbank.example", ""),
    "above it": ("x@example", ""),
    "the other spelling": ("x@xn--bcher-kva.example", "bücher.example"),
}


@pytest.mark.parametrize(("email", "entry"), COVERED.values(), ids=COVERED)
def test_covering(email, entry):
    domains = {"bank.example", "bücher.example"}
    assert covering(email, {"doctor@health.example"}, domains) == entry
