"""Who appears in the sample mailbox: Kestrel Tea (tea merchants), their customers, and strangers.

Everybody is invented; domains end in ``.example`` (RFC 2606), telephone numbers are from the ranges
that are kept for fiction.
"""

from dataclasses import dataclass

DOMAIN = "kestreltea.example"


@dataclass(frozen=True)
class Person:
    """Somebody who writes or is written to.

    :param key: our own name for them; it never changes, unlike address and spelling
    :param client: the program they write with, a function's name in ``clients.py``
    :param charset: what that program encodes text in
    :param zone: offset from UTC in hours
    :param language: of their program: how it says "Re:" and "wrote:"
    :param greeting: the lines under their mails
    :param written: how their program spells the name in a header, where that is not ``name``
    """

    key: str
    name: str
    email: str
    client: str = "plain"
    charset: str = "utf-8"
    zone: int = 0
    language: str = "en"
    greeting: str = ""
    written: str = ""

    @property
    def display_name(self):
        return self.written or self.name


@dataclass(frozen=True)
class Contact(Person):
    """A person or, without ``company``, a company that the demo creates in Odoo's contacts."""

    company: str = ""
    job: str = ""
    phone: str = ""
    city: str = ""
    country: str = ""
    website: str = ""

    @property
    def is_company(self):
        return not self.company


@dataclass(frozen=True)
class Staff(Person):
    """A user of the demo.

    :param role: ``salesperson`` (with a mailbox of their own), ``colleague`` (a salesperson who may
        not connect one), ``administrator`` or ``employee``
    """

    role: str = "employee"
    job: str = ""


STAFF = (
    Staff(
        key="clara",
        name="Clara Whitfield",
        email=f"clara@{DOMAIN}",
        client="thunderbird",
        greeting="Clara Whitfield\nSales, Kestrel Tea\n12 Queen Charlotte Street, Bristol\n"
        "+44 117 496 0140",
        role="salesperson",
        job="Sales",
    ),
    Staff(
        key="felix",
        name="Felix Okafor",
        email=f"felix@{DOMAIN}",
        client="apple",
        greeting="Felix Okafor\nAccounts, Kestrel Tea",
        role="salesperson",
        job="Sales and accounts",
    ),
    Staff(
        key="tomas",
        name="Tomás Rey",
        email=f"tomas@{DOMAIN}",
        client="gmail",
        greeting="Tomás",
        role="colleague",
        job="Sales",
    ),
    Staff(
        key="ingrid",
        name="Ingrid Solberg",
        email=f"ingrid@{DOMAIN}",
        client="apple",
        greeting="Ingrid",
        role="administrator",
        job="Managing director",
    ),
    Staff(
        key="bashir",
        name="Bashir Nader",
        email=f"bashir@{DOMAIN}",
        client="iphone",
        job="Warehouse",
    ),
)

CONTACTS = (
    # Maison Verlaine: three tea rooms in Paris
    Contact(
        key="verlaine",
        name="Maison Verlaine",
        email="bonjour@maisonverlaine.example",
        zone=1,
        phone="+33 1 99 00 41 20",
        city="Paris",
        country="FR",
        website="https://maisonverlaine.example",
    ),
    Contact(
        key="amelie",
        name="Amélie Laurent",
        email="amelie.laurent@maisonverlaine.example",
        client="outlook",
        zone=1,
        language="fr",
        greeting="Amélie Laurent\nHead of Purchasing\nMaison Verlaine, 14 rue des Tilleuls, Paris\n"
        "+33 1 99 00 41 22",
        written="LAURENT Amélie",
        company="verlaine",
        job="Head of Purchasing",
        phone="+33 1 99 00 41 22",
    ),
    Contact(
        key="jeanbaptiste",
        name="Jean-Baptiste Côté",
        # stored with capitals, as people type them; his telephone writes it in small letters
        email="JB.Cote@maisonverlaine.example",
        client="iphone",
        zone=1,
        language="fr",
        company="verlaine",
        job="Chef pâtissier",
    ),
    Contact(
        key="noemie",
        name="Noémie Faure",
        email="compta@maisonverlaine.example",
        charset="iso-8859-1",
        zone=1,
        language="fr",
        greeting="Noémie Faure\nComptabilité fournisseurs\nMaison Verlaine",
        written="Faure, Noémie",
        company="verlaine",
        job="Accounts payable",
    ),
    # Hoshino Saryō: a tea house and a garden in Kyoto
    Contact(
        key="hoshino",
        name="星野茶寮 Hoshino Saryō",
        email="info@hoshino-saryo.example",
        zone=9,
        city="Kyoto",
        country="JP",
        website="https://hoshino-saryo.example",
    ),
    Contact(
        key="misaki",
        name="田中 美咲",
        email="tanaka@hoshino-saryo.example",
        charset="iso-2022-jp",
        zone=9,
        greeting="星野茶寮 海外営業部\n田中 美咲 (Tanaka Misaki)\ntanaka@hoshino-saryo.example",
        company="hoshino",
        job="Export",
    ),
    Contact(
        key="ken",
        name="星野 健",
        email="ken@hoshino-saryo.example",
        client="apple",
        zone=9,
        greeting="Ken Hoshino\nHoshino Saryō, Kyoto",
        written="Ken Hoshino",
        company="hoshino",
        job="Owner",
    ),
    # Müller & Söhne: a delicatessen in Hamburg
    Contact(
        key="mueller",
        name="Feinkost Müller & Söhne",
        email="info@feinkost-mueller.example",
        charset="iso-8859-1",
        zone=1,
        language="de",
        greeting="Feinkost Müller & Söhne\nDeichstraße 31, Hamburg",
        written="Feinkost Müller & Söhne",
        city="Hamburg",
        country="DE",
        website="https://feinkost-mueller.example",
    ),
    Contact(
        key="juergen",
        name="Jürgen Müller",
        email="j.mueller@feinkost-mueller.example",
        client="outlook",
        charset="windows-1252",
        zone=1,
        language="de",
        greeting="Jürgen Müller\nGeschäftsführer\nFeinkost Müller & Söhne, Deichstraße 31, Hamburg",
        written="Müller, Jürgen",
        company="mueller",
        job="Managing director",
    ),
    Contact(
        key="sabine",
        name="Sabine Köhler",
        email="s.koehler@feinkost-mueller.example",
        client="thunderbird",
        zone=1,
        language="de",
        greeting="Sabine Köhler\nEinkauf\nFeinkost Müller & Söhne",
        company="mueller",
        job="Purchasing",
    ),
    # the smaller ones
    Contact(
        key="aurora",
        name="Café Aurora",
        email="hello@cafe-aurora.example",
        zone=2,
        city="Athens",
        country="GR",
    ),
    Contact(
        key="eleni",
        name="Ελένη Παπαδοπούλου",
        email="eleni@cafe-aurora.example",
        client="gmail",
        zone=2,
        greeting="Ελένη",
        company="aurora",
        job="Owner",
    ),
    Contact(
        key="dimitra",
        name="Δήμητρα Ιωάννου",
        email="dimitra@cafe-aurora.example",
        charset="iso-8859-7",
        zone=2,
        greeting="Δήμητρα Ιωάννου\nCafe Aurora",
        company="aurora",
        job="Barista",
    ),
    Contact(
        key="samovar",
        name="Samovar Club",
        email="club@samovar.example",
        zone=2,
        city="Riga",
        country="LV",
    ),
    Contact(
        key="dmitri",
        name="Дмитрий Соколов",
        email="d.sokolov@samovar.example",
        charset="koi8-r",
        zone=2,
        greeting='С уважением,\nДмитрий Соколов\nКлуб "Самовар", Рига',
        company="samovar",
        job="Head of the club",
    ),
    Contact(
        key="daralshay",
        name="دار الشاي Dar Al Shay",
        email="info@daralshay.example",
        zone=3,
        city="Amman",
        country="JO",
    ),
    Contact(
        key="layla",
        name="ليلى حداد",
        email="layla@daralshay.example",
        client="right_to_left",
        zone=3,
        greeting="ليلى حداد\nدار الشاي، عمّان",
        company="daralshay",
        job="Buyer",
    ),
    Contact(
        key="finch",
        name="Finch & Rowe Interiors",
        email="studio@finchrowe.example",
        city="Bath",
        country="GB",
    ),
    Contact(
        key="oliver",
        name="Oliver Finch",
        email="oliver@finchrowe.example",
        company="finch",
        job="Architect",
    ),
    # a contact for other reasons; Clara has excluded her family's domain from syncing
    Contact(
        key="whitfields",
        name="Whitfield Pottery",
        email="studio@whitfield.example",
        city="Stroud",
        country="GB",
    ),
    Contact(
        key="harriet",
        name="Harriet Whitfield",
        email="harriet@whitfield.example",
        client="iphone",
        company="whitfields",
        job="Potter",
    ),
)

STRANGERS = (
    Person("builder", "Rhys Parry", "rhys@brightbuild.example", greeting="Rhys Parry\nBrightbuild"),
    Person(
        "applicant",
        "Zoë Lindqvist",
        "zoe.lindqvist@letters.example",
        client="gmail",
        greeting="Zoë Lindqvist",
    ),
    Person("pitch", "Brad Carver", "brad@rankrocket.example", client="gmail", greeting="Brad"),
    Person("hotel", "Hotel Blaue Lilie", "reservierung@blaue-lilie.example"),
    Person("landlord", "Marjorie Pugh", "m.pugh@pugh-estates.example", client="outlook"),
    # works for a customer, and is no contact yet
    Person(
        "camille",
        "Camille Roche",
        "camille.roche@maisonverlaine.example",
        client="outlook",
        zone=1,
        language="fr",
        greeting="Camille Roche\nLogistique, Maison Verlaine",
        written="ROCHE, Camille (Logistique)",
    ),
    Person("dentist", "Dr Anand's Practice", "reception@anand-dental.example"),
)

_BY_KEY = {person.key: person for person in (*STAFF, *CONTACTS, *STRANGERS)}

#: the owners of the mailboxes: Clara's is the sample, Felix's a small one beside it
CLARA = _BY_KEY["clara"]
FELIX = _BY_KEY["felix"]

#: what Clara has excluded from syncing: an address and a domain
EXCLUSIONS = ("reception@anand-dental.example", "whitfield.example")


def person(key) -> Person:
    """Somebody by their key."""
    return _BY_KEY[key]
