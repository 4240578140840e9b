"""Addresses that belong to no single person: roles such as info@, and those that programs use."""

import re

#: What the local part of a shared address consists of.
_ROLES = frozenset(
    """
    abuse accounting accounts accountspayable accountsreceivable admin administration administracion administrator
    advertising affiliates alerts all amministrazione anfrage anfragen anmeldung atencion auftrag b2b backoffice
    bestellung bestellungen bewerbung bewerbungen billing biuro boekhouding bookings booking buchhaltung business
    careers career claims clients comercial commande commandes commercial compliance comptabilite comunicacion
    concierge contabilidad contabilita contact contacto contactus contatti contato customercare customers
    customerservice customersupport datenschutz direccion direction dispatch distribution dpo einkauf empfang
    enquiries enquiry events everyone export facturacion facturas facturation feedback finance finances ftp general
    gestion group hallo hello help helpdesk hostmaster hotel hr import info infos information inquiries inquiry
    internet investor investors invoice invoices invoicing it jobs klantenservice kontakt kundendienst
    kundenservice legal list logistica logistics logistik mail mailbox maintenance management manager market marketing
    media member members membership moderator news newsletter noc notification notifications notify office ofertas
    oferty offers office offertes operations ops order orders ordini partner partners payable payments payroll pedidos
    personal post postbox postmaster poststelle presse press privacy procurement production purchase purchasing
    qualite quality rechnung rechnungen recepcion reception receivables recruiting recruitment redaktion redaccion
    redaction registration registrations rekrutacja reklamation reply request research reservas reservation
    reservations reservierung returns rezeption rh root rsvp sales sekretariat secretaria secretariat secretary
    security segreteria server service servicedesk services sales serwis shipping shop sklep soporte spam sprzedaz
    staff store subscribe subscriptions suggestions supply support survey surveys sysadmin system team tech technik
    techsupport test tickets ticket training travel undisclosed unsubscribe update updates usenet vendas vendite
    vendor ventas verkauf versand vertrieb verwaltung verzoek warehouse web webmaster welcome werbung werkstatt
    willkommen www zakaz zamowienia zentrale
    """.split()
)
#: Local parts that say that nobody reads what comes there.
_NO_REPLY = re.compile(
    r"""
    (?:.*[._+-])?
    (?: (?:no|not|do[._-]?not|dont|never|nao|ne)[._-]?(?:reply|respond|answer|responder|repondre)
      | keine?-?antwort | niet-?beantwoorden
      | mail(?:er)?-?daemon | postmaster | bounces? | auto-?(?:reply|responder)
    )
    (?:[._+=-].*|\d+)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Local parts that programs make: variable envelope senders, reply tokens, list commands.
_MACHINE = re.compile(
    r"""
    .*=                                                            # me=example.com (VERP), SRS
    | .*[0-9a-f]{16} | .*\d{9} | .{49}                             # tokens
    | (?:reply|return|unsub(?:scribe)?|subscribe|confirm|leave|join)[+_-].
    | owner- | (?:listserv|listproc|majordomo)$
    | .*-(?:owner|request|subscribe|unsubscribe|confirm|errors)$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MACHINE_HOST = re.compile(r"(?:reply|noreply|no-reply|bounces?|return|unsubscribe|lists?)\.", re.I)


def is_role(email: str) -> bool:
    """Whether an address is shared by its name: info@, sales-team@, support.de@."""
    local = email.rpartition("@")[0].partition("+")[0].lower()
    words = [word for word in re.split(r"[._-]+", local) if word and not word.isdigit()]
    # country and language codes, as in info-de@ and sales.eu@
    named = [word for word in words if word in _ROLES or re.sub(r"\d+$", "", word) in _ROLES]
    return (
        bool(named)
        and all(word in named or len(word) == 2 for word in words)
        or ("".join(words) in _ROLES)
    )


def is_no_reply(email: str) -> bool:
    """Whether an address says of itself that nobody reads what comes there."""
    return bool(_NO_REPLY.fullmatch(email.rpartition("@")[0]))


def is_machine(email: str) -> bool:
    """Whether nobody reads what comes to an address, or a program does."""
    local, _, domain = email.rpartition("@")
    return is_no_reply(email) or bool(_MACHINE.match(local) or _MACHINE_HOST.match(domain))
