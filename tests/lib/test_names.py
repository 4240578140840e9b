"""Names for contacts: what stands in front of an address -> what the contact is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.addresses import read_addresses
from lib.names import clean_name, is_company, is_sent_for, name_of_address

#: display name, address -> name
NAMES = [
    # as it should be
    ("John Doe", "john@x.com", "John Doe"),
    ("Dr. Mark K. Joseph", "izzy@scr.atm.com", "Dr. Mark K. Joseph"),
    ("Jörn Støylen", "jorn@prikkprikkprikk.no", "Jörn Støylen"),
    ("Robert McDonald", "r@x.com", "Robert McDonald"),
    ("Васисуалий Евлампиевич", "xxx@example.com", "Васисуалий Евлампиевич"),
    ("みける", "raasdnil@gmail.com", "みける"),
    ("김 현진", "from@there.com", "김 현진"),
    ("Joe SixPack", "joe@bigkey.za.org", "Joe SixPack"),
    # family name first
    ("Doe, John", "jdoe@x.com", "John Doe"),
    ("DOE, John", "jdoe@x.com", "John Doe"),
    ("Doe, John M.", "jdoe@x.com", "John M. Doe"),
    ("van der Berg, Jan", "jan@x.com", "Jan van der Berg"),
    ("García Márquez, Gabriel", "g@x.com", "Gabriel García Márquez"),
    ("Doe, John, PhD", "jdoe@x.com", "John Doe, PhD"),
    ("Doe, John (Sales)", "jdoe@x.com", "John Doe"),
    ("Foo, Bar", "foo.bar@example.com", "Bar Foo"),
    ("Lopez Ruiz, Ana Maria", "ana.lopez@x.com", "Ana Maria Lopez Ruiz"),
    ("O'BRIEN, Mary-Ann", "m@x.com", "Mary-Ann O'Brien"),
    # no family name
    ("Smith, Inc.", "info@smith.com", "Smith, Inc."),
    ("Smith, L.L.C.", "info@smith.com", "Smith, L.L.C."),
    ("Smith & Sons, Ltd", "john@smith.com", "Smith & Sons, Ltd"),
    ("Smith, Jones & Partners", "john@smith.com", "Smith, Jones & Partners"),
    ("John Doe, Jr.", "jdoe@x.com", "John Doe, Jr."),
    ("John Doe, MBA", "jdoe@x.com", "John Doe, MBA"),
    ("Acme, Support", "help@acme.com", "Acme, Support"),
    ("Deutsche Bank, Filiale Köln", "info@bank.com", "Deutsche Bank, Filiale Köln"),
    ("Studio 54, Berlin", "x@y.com", "Studio 54, Berlin"),
    ("Einkauf, Müller und Söhne", "x@y.com", "Einkauf, Müller und Söhne"),
    # companies stay as they write themselves
    ("ACME GMBH", "info@acme.com", "ACME GMBH"),
    ("Teehaus Müller GmbH & Co. KG", "info@t.com", "Teehaus Müller GmbH & Co. KG"),
    ("Smith (Pty) Ltd", "info@smith.com", "Smith (Pty) Ltd"),
    ("Tienda S.A. de C.V.", "x@t.com", "Tienda S.A. de C.V."),
    ("biuro herbaty sp. z o.o.", "x@t.com", "biuro herbaty sp. z o.o."),
    # an address for a name
    ("", "john.doe@x.com", "John Doe"),
    ("john.doe@x.com", "john.doe@x.com", "John Doe"),
    ("John.Doe@y.com", "j@x.com", "John Doe"),
    ("john.doe@", "john.doe@x.com", "John Doe"),
    ("'john.doe@x.com'", "john.doe@x.com", "John Doe"),
    ("John Doe john.doe@x.com", "john.doe@x.com", "John Doe"),
    ("John Doe (john.doe@x.com)", "john.doe@x.com", "John Doe"),
    ("Mikel@Lindsaar", "raasdnil@gmail.com", "Mikel"),
    # decoration
    ('"John Doe"', "j@x.com", "John Doe"),
    ("'John Doe'", "j@x.com", "John Doe"),
    ("„John Doe“", "j@x.com", "John Doe"),
    ("´John Doe`", "j@x.com", "John Doe"),
    ("Jane (Sales)", "jane@x.com", "Jane"),
    ("Jane Doe [ACME]", "jane@x.com", "Jane Doe"),
    ("Jane Doe (ACME", "jane@x.com", "Jane Doe"),
    ("(Jane)", "jane@x.com", "Jane"),
    ("Jane via LinkedIn", "hit-reply@linkedin.com", "Jane"),
    ("Jane Doe via Google Groups", "list@x.com", "Jane Doe"),
    ("Jane Doe - Acme", "jane@x.com", "Jane Doe"),
    ("Jane Doe | Acme | Berlin", "jane@x.com", "Jane Doe"),
    ("Jonas Sterr - ProxForge", "jsterr@proxforge.de", "Jonas Sterr"),
    ("COMPANYNAME | usługi", "sender@x.com", "COMPANYNAME | usługi"),
    ("Jean-Pierre Dupont", "jp@x.com", "Jean-Pierre Dupont"),
    ("Александр Клижентас☯", "bob@example.com", "Александр Клижентас"),
    ("🍵 Tea House 🍵", "x@tea.com", "Tea House"),
    ("  John\t\nDoe ", "j@x.com", "John Doe"),
    # upper and lower case
    ("JOHN DOE", "jdoe@x.com", "John Doe"),
    ("john doe", "jdoe@x.com", "John Doe"),
    ("John DOE", "blablafakeemail@provider.fr", "John Doe"),
    ("JEAN-PIERRE D'ANGELO", "jp@x.com", "Jean-Pierre D'Angelo"),
    ("RONALD MCDONALD", "r@x.com", "Ronald McDonald"),
    ("JAN VAN DER BERG", "jan@x.com", "Jan van der Berg"),
    ("JÖRG MÜLLER", "jm@x.com", "Jörg Müller"),
    ("JOHN DOE III", "jd@x.com", "John Doe III"),
    ("J. DOE", "jd@x.com", "J. Doe"),
    ("DOE, JOHN, MBA", "jd@x.com", "John Doe, MBA"),
    ("GEORGE", "george@x.com", "George"),
    ("IBM", "x@y.com", "IBM"),
    ("shironeko", "shironeko@x.com", "Shironeko"),
    ("Team IBM", "x@y.com", "Team IBM"),
    ("Anna Maria LOPEZ", "anna.lopez@x.com", "Anna Maria Lopez"),
    ("Anna from ACME", "anna@x.com", "Anna from ACME"),
    ("ems365sync", "ems365sync@xink.io", "ems365sync"),
    # decoded wrongly, or not at all
    ("=?utf-8?q?J=C3=B6rg_M=C3=BCller?=", "j@x.com", "Jörg Müller"),
    ("JÃ¼rgen SchmÃ¼rgen", "js@x.com", "Jürgen Schmürgen"),
    ("Andre\u0301 Pirard", "a@x.com", "André Pirard"),
    ("Юникод запрещен\ufffd", "headers@gmail.com", "Юникод запрещен"),
    # nothing
    (".", "john.doe@x.com", "John Doe"),
    ("-", "info@x.com", "info@x.com"),
    ("12345", "anna@x.com", "Anna"),
    ("()", "anna@x.com", "Anna"),
]


@pytest.mark.parametrize(("display", "email", "name"), NAMES)
def test_names(display, email, name):
    assert clean_name(display, email) == name


@pytest.mark.parametrize(("display", "email", "name"), NAMES)
def test_twice_is_once(display, email, name):
    assert clean_name(name, email) == name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ('"Doe, John" <j@x.com>', "John Doe"),
        ("Doe, John <j@x.com>", "John Doe"),
        ('"Smith, Inc." <j@x.com>', "Smith, Inc."),
        ("=?iso-8859-1?q?M=FCller=2C_J=F6rg?= <j@x.com>", "Jörg Müller"),
        ("=?utf-8?b?IkRvZSwgSm9obiI=?= <j@x.com>", "John Doe"),
        ("\"'john.doe@x.com'\" <john.doe@x.com>", "John Doe"),
        ("john.doe@x.com (John Doe)", "John Doe"),
        ('"Jane \\"JD\\" Doe" <jane@x.com>', 'Jane "JD" Doe'),
    ],
)
def test_whole_fields(field, name):
    (address,) = read_addresses(field)
    assert clean_name(address.name, address.email) == name


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("john.doe@x.com", "John Doe"),
        ("john_doe@x.com", "John Doe"),
        ("john-doe@x.com", "John Doe"),
        ("john.doe2@x.com", "John Doe"),
        ("john.doe+shop@x.com", "John Doe"),
        ("j.doe@x.com", "J. Doe"),
        ("jean-pierre.dupont@x.com", "Jean-Pierre Dupont"),
        ("jan.van.der.berg@x.com", "Jan van der Berg"),
        ("jörg.müller@x.com", "Jörg Müller"),
        ("anna@x.com", "Anna"),
        ("user1@x.com", "User"),
        ("info@x.com", "info@x.com"),
        ("sales-team@x.com", "sales-team@x.com"),
        ("3712f2@x.com", "3712f2@x.com"),
        ("b@c.d", "b@c.d"),
        ("x-1-y-2-z@x.com", "x-1-y-2-z@x.com"),
        ("a.b@x.com", "a.b@x.com"),
        ('"john doe"@x.com', "John Doe"),
        ("srs0=zfhz=ss=aol.net=scomp@x.com", "srs0=zfhz=ss=aol.net=scomp@x.com"),
    ],
)
def test_names_of_addresses(email, name):
    assert name_of_address(email) == name


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("Smith, Inc.", True),
        ("Acme GmbH", True),
        ("Acme GmbH & Co. KG", True),
        ("Tee S.p.A.", True),
        ("GmbH", False),
        ("John Doe", False),
        ("John Doe, PhD", False),
        ("", False),
    ],
)
def test_companies(name, company):
    assert is_company(name) == company


@pytest.mark.parametrize(
    ("display", "sent_for"),
    [
        ("Jane via LinkedIn", True),
        ("Jane Doe via DocuSign", True),
        ("Jane über Kleinanzeigen", True),
        ("Jane Doe", False),
        ("Via Roma", False),
        ("Olivia Sviatova", False),
    ],
)
def test_sent_for(display, sent_for):
    assert is_sent_for(display) == sent_for


@given(
    st.text(max_size=300),
    st.from_regex(r"[^\s@<>()\[\],;:\"]{1,20}@[a-z]{1,9}\.com", fullmatch=True),
)
def test_any_text_gives_a_clean_name(display, email):
    name = clean_name(display, email)
    assert 0 < len(name) <= 320
    assert name == name.strip()
    assert "\n" not in name
