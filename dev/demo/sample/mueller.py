"""Feinkost Müller & Söhne: an enquiry, an order, a dented box; in German."""

from string import Template

from . import files, mime
from .people import person

FOLDER = "Angebote/Müller"

_PRICES = [
    ["Tee", "Herkunft", "Dose 1 kg"],
    ["Ostfriesenmischung", "Assam", "42,00 €"],
    ["Darjeeling Margaret's Hope", "Indien", "78,00 €"],
    ["Earl Grey mit natürlicher Bergamotte", "Mischung", "34,00 €"],
]


def write(desk):
    _order(desk)
    _complaint(desk)
    _fax(desk)
    _forgery(desk)


def _order(desk):
    enquiry = desk.receive(
        "mueller-enquiry",
        "mueller",
        (75, "08:20"),
        """
Sehr geehrte Damen und Herren,

für unser Ladengeschäft in der Hamburger Deichstraße suchen wir einen Lieferanten für losen Tee.
Größere Mengen brauchen wir vor allem von einer kräftigen Ostfriesenmischung.

Bitte senden Sie uns Ihre Preise für Wiederverkäufer.

Mit freundlichen Grüßen
""",
        subject="Anfrage: Teesortiment für Wiederverkäufer",
        links=["mueller"],
    )
    offer = desk.send(
        "mueller-offer",
        (74, "10:10"),
        """
Sehr geehrter Herr Müller,

vielen Dank für Ihre Anfrage! Im Anhang finden Sie unsere Preise für Wiederverkäufer. Die
Ostfriesenmischung ist unsere eigene, aus drei Gärten in Assam, und sie verträgt Sahne und
Kluntje.

Ab 20 kg liefern wir frei Haus. Eine Kanne zum Probieren ist schon unterwegs.

Mit freundlichen Grüßen
""",
        answers=enquiry,
        cc=["juergen"],
        files=[files.csv("Preise.csv", _PRICES, "windows-1252")],
        links=["mueller", "juergen"],
    )
    question = desk.receive(
        "mueller-question",
        "juergen",
        (72, "07:35"),
        """
Guten Morgen Frau Whitfield,

der Tee ist gut, meine Frau sagt sogar: sehr gut. Bei 40 kg erwarte ich allerdings noch 5 %
Rabatt.

Außerdem bräuchten wir die Zutaten auf Deutsch. Das Veterinäramt ist da genau.

Beste Grüße
""",
        answers=offer,
        folder=FOLDER,
        links=["juergen"],
    )
    desk.send(
        "mueller-answer",
        (72, "09:00"),
        """
Guten Morgen Herr Müller,

grüßen Sie bitte Ihre Frau. Bei 40 kg gehen 4 %, dafür drucken wir die deutschen Etiketten ohne
Aufpreis, mit allem, was das Amt lesen möchte.

Mit freundlichen Grüßen
""",
        answers=question,
        links=["juergen"],
    )
    order = desk.receive(
        "mueller-order",
        "sabine",
        (65, "13:22"),
        """
Hallo Frau Whitfield,

mein Chef hat sich entschieden (er hat zwei Tage lang gerechnet): Wir nehmen 40 kg
Ostfriesenmischung und 10 kg Earl Grey. Die Bestellung hängt an.

Ab jetzt bin ich Ihre Ansprechpartnerin, ich freue mich!

Viele Grüße
""",
        subject="Bestellung 4711/B",
        cc=["juergen"],
        folder=FOLDER,
        files=[
            files.pdf(
                "Bestellung 4711-B.pdf",
                "Bestellung 4711/B",
                [
                    "Feinkost Müller & Söhne, Deichstraße 31, Hamburg",
                    "",
                    "40 kg   Ostfriesenmischung   1.612,80 EUR",
                    "10 kg   Earl Grey              340,00 EUR",
                ],
            )
        ],
        links=["sabine", "juergen"],
    )
    desk.send(
        "mueller-confirmation",
        (65, "14:02"),
        """
Hallo Frau Köhler,

willkommen im Briefwechsel! Die Bestellung ist notiert, in zwei Wochen steht alles in der
Deichstraße.

Herzliche Grüße
""",
        answers=order,
        links=["sabine"],
    )


def _complaint(desk):
    complaint = desk.receive(
        "mueller-complaint",
        "sabine",
        (25, "10:48"),
        """
Hallo Frau Whitfield,

leider kam ein Karton so an wie auf dem Bild. Acht Dosen Earl Grey haben Dellen, der Tee ist in
Ordnung.

So können wir sie nicht ins Regal stellen. Was machen wir da?

Viele Grüße
""",
        subject="Karton beschädigt 📦",
        files=[files.dented_box("Karton.png")],
        links=["sabine"],
    )
    desk.send(
        "mueller-complaint-answer",
        (25, "11:05"),
        """
Hallo Frau Köhler,

das tut mir leid! Acht neue Dosen gehen heute noch heraus, kostenlos. Die verbeulten dürfen Sie
gern behalten und im Laden ausschenken.

Herzliche Grüße
""",
        answers=complaint,
        cc=["bashir"],
        links=["sabine"],
    )


# An old device that writes neither Message-ID nor a proper structure.
_FAX = Template("""\
Return-Path: <j.mueller@feinkost-mueller.example>
Received: from fax01.feinkost-mueller.example ([192.0.2.77])
\tby mx.kestreltea.example (Postfix) with ESMTP; $date
From: j.mueller@feinkost-mueller.example
To: clara@kestreltea.example
Subject: Danke
Date: $date
MIME-Version: 1.0
Content-Type: text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: 8bit

Sehr geehrte Frau Whitfield,

die neuen Dosen sind da. So schnell hat hier noch niemand reagiert.
Meine Frau l\u00e4sst gr\u00fc\u00dfen und fragt, ob es auch Gr\u00fcntee gibt.

J. M\u00fcller
(gesendet vom Ladenger\u00e4t, bitte nicht hierher antworten)
""")


def _fax(desk):
    date = desk.clock.workday(23, "17:58", person("juergen").zone)
    text = _FAX.substitute(date=mime.date(date)).replace("\n", "\r\n")
    desk.take("mueller-thanks", text.encode("iso-8859-1"), date, "Danke", links=["juergen"])


# Somebody writes in Sabine's name; the mail server of the tea merchant notices, and says so.
_FORGERY = Template("""\
Return-Path: <bounce@bulk-mailer.test>
Received: from out7.bulk-mailer.test ([198.51.100.7])
\tby mx.kestreltea.example (Postfix) with ESMTP; $date
Authentication-Results: mx.kestreltea.example;
\tspf=pass smtp.mailfrom=bulk-mailer.test;
\tdmarc=fail (p=none) header.from=feinkost-mueller.example
From: =?utf-8?Q?Sabine_K=C3=B6hler?= <s.koehler@feinkost-mueller.example>
To: Clara Whitfield <clara@kestreltea.example>
Subject: Neue Bankverbindung
Date: $date
Message-ID: <7f3e9a@bulk-mailer.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Sehr geehrte Frau Whitfield,

unsere Bankverbindung hat sich ge\u00e4ndert. Bitte erstatten Sie die acht Dosen noch heute auf das
Konto, das ich Ihnen gleich sende. Telefonisch bin ich diese Woche leider nicht zu erreichen.

Sabine K\u00f6hler
""")


def _forgery(desk):
    date = desk.clock.workday(18, "05:47")
    text = _FORGERY.substitute(date=mime.date(date)).replace("\n", "\r\n")
    desk.take(
        "mueller-forgery",
        text.encode(),
        date,
        "Neue Bankverbindung",
        message_id="<7f3e9a@bulk-mailer.test>",
        links=["sabine"],
    )
