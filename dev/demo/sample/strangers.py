"""Mail with nobody in it that Odoo knows, and mail that programs write."""

from string import Template

from . import mime


def write(desk):
    _people(desk)
    _newsletters(desk)
    _programs(desk)
    _spam(desk)


def _people(desk):
    application = desk.receive(
        "application",
        "applicant",
        (52, "20:05"),
        """
Dear Ms Whitfield,

I am writing because I have drunk your hojicha every evening for a year, and because your
website says that you look for somebody who packs parcels and speaks Swedish. I do both, and I
would love to.

May I come by on a Friday?

Yours sincerely,
""",
        subject="Somebody who packs parcels",
        skip="nobody",
    )
    desk.send(
        "application-answer",
        (51, "09:15"),
        """
Dear Zoë,

we do, from November on. Friday at four? Ask for Bashir at the back door.

Kind regards
""",
        answers=application,
        skip="nobody",
    )
    pallets = desk.receive(
        "pallets",
        "camille",
        (12, "10:05"),
        """
Bonjour Clara,

since this month I receive the deliveries in rue des Tilleuls. Could the next pallets come before
ten? The street is closed for lorries after that.

Merci beaucoup
""",
        subject="Livraisons rue des Tilleuls",
        skip="nobody",
    )
    desk.send(
        "pallets-answer",
        (12, "11:40"),
        """
Dear Camille,

of course. I have told the carrier: between eight and ten from now on.

Kind regards
""",
        answers=pallets,
        skip="nobody",
    )
    desk.receive(
        "pitch",
        "pitch",
        (33, "03:12"),
        """
Hi Clara,

I noticed that kestreltea.example is not on page one. We put tea brands on page one. Are you
free for 15 minutes on Tuesday?
""",
        subject="Quick question about your website",
        skip="nobody",
    )
    scaffolding = desk.receive(
        "landlord",
        "landlord",
        (21, "09:30"),
        """
Dear Ms Whitfield,

the scaffolding in Queen Charlotte Street stays until the end of next week. The builders know
that they must keep your door free.

Marjorie Pugh
""",
        subject="Scaffolding",
        skip="nobody",
    )
    desk.send(
        "landlord-answer",
        (21, "12:10"),
        """
Dear Marjorie,

thank you. The lorries will manage.

Kind regards
""",
        answers=scaffolding,
        skip="nobody",
    )
    desk.send(
        "hotel",
        (4, "18:20"),
        """
Sehr geehrte Damen und Herren,

bitte reservieren Sie mir ein ruhiges Einzelzimmer für zwei Nächte, wenn möglich mit Blick auf
das Wasser.

Mit freundlichen Grüßen
""",
        subject="Zimmer für zwei Nächte",
        to=["hotel"],
        skip="nobody",
    )


_NEWSLETTER = Template("""\
Return-Path: <bounce-4471@$domain>
Received: from mta7.$domain (mta7.$domain [198.51.100.7])
\tby mx.kestreltea.example (Postfix) with ESMTPS; $date
From: $sender
To: clara@kestreltea.example
Subject: $subject
Date: $date
Message-ID: $message_id
List-Id: <letters.$domain>
List-Unsubscribe: <https://$domain/unsubscribe?u=4471>, <mailto:leave@$domain>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Precedence: bulk
X-Mailer: Lettersmith 4.2
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
<style>
  @media only screen and (max-width: 600px) { .container { width: 100% !important; } }
</style></head>
<body style="margin:0;padding:0;background:#f4f1ea">
<div style="display:none;max-height:0;overflow:hidden">$preheader &#847;&zwnj;&nbsp;</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" class="container" width="600" cellpadding="24" style="background:#fff">
<tr><td style="font:24px Georgia,serif;color:#263d33">$title</td></tr>
<tr><td style="font:16px/1.5 Georgia,serif;color:#333">$body</td></tr>
<tr><td style="font:12px Arial,sans-serif;color:#888">You receive this because you subscribed.
<a href="https://$domain/unsubscribe?u=4471">Unsubscribe</a>
<img src="https://$domain/open/4471.gif" width="1" height="1" alt=""></td></tr>
</table></td></tr></table></body></html>
""")


def _newsletters(desk):
    _newsletter(
        desk,
        "newsletter",
        (28, "06:00"),
        domain="teatradeweekly.example",
        sender="Tea Trade Weekly <news@teatradeweekly.example>",
        subject="Assam: rain at last, and what it means for second flush",
        title="Rain at last",
        preheader="Auctions in Guwahati, freight from Colombo, and a quiz.",
        body="After seven dry weeks the gardens along the Brahmaputra report rain. Brokers expect"
        " second-flush prices to fall by four to six per cent.",
    )
    # from a company that is a contact: a newsletter all the same
    _newsletter(
        desk,
        "customer-newsletter",
        (13, "07:30"),
        domain="maisonverlaine.example",
        sender="Maison Verlaine <bonjour@maisonverlaine.example>",
        subject=mime.words("La carte d'hiver est arrivée"),
        title="La carte d'hiver",
        preheader="Trois desserts, trois thés.",
        body="Dès samedi, retrouvez dans nos trois salons la tarte au citron de Jean-Baptiste Côté"
        " et le nouveau chocolat chaud.",
    )


def _newsletter(desk, key, at, **values):
    date = desk.clock.workday(*at)
    message_id = f"<{mime.token(key)}@{values['domain']}>"
    text = _NEWSLETTER.substitute(values, date=mime.date(date), message_id=message_id)
    desk.take(key, _crlf(text), date, values["title"], message_id=message_id, flags=[], skip="bulk")


_PARCEL = Template("""\
Return-Path: <noreply@parcelbird.example>
From: Parcelbird <noreply@parcelbird.example>
To: clara@kestreltea.example
Subject: Your parcel PB 7730 1182 was delivered
Date: $date
Message-ID: <pb-77301182@parcelbird.example>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Your parcel was delivered at 10:41 to: J. CÔTÉ (reception).

Please do not answer this message. Nobody reads it, and we are sorry about that.
""")

_OUT_OF_OFFICE = Template("""\
Return-Path: <>
From: LAURENT =?utf-8?Q?Am=C3=A9lie?= <amelie.laurent@maisonverlaine.example>
To: Clara Whitfield <clara@kestreltea.example>
Subject: =?utf-8?Q?R=C3=A9ponse_automatique_=3A_Your_summer_list?=
Date: $date
Message-ID: <ooo-60@maisonverlaine.example>
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Bonjour, je suis absente jusqu'à lundi. En cas d'urgence, Noémie Faure vous répondra.
""")

_BOUNCE = Template("""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.kestreltea.example>
To: clara@kestreltea.example
Subject: Undelivered Mail Returned to Sender
Date: $date
Message-ID: <bounce-19@mx.kestreltea.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B19/mx.kestreltea.example"

--B19/mx.kestreltea.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

<hallo@blaue-lilie.example>: host mail.blaue-lilie.example[192.0.2.90] said:
    550 5.1.1 User unknown (in reply to RCPT TO command)

--B19/mx.kestreltea.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.kestreltea.example

Final-Recipient: rfc822; hallo@blaue-lilie.example
Action: failed
Status: 5.1.1

--B19/mx.kestreltea.example--
""")


def _programs(desk):
    notices = (
        (
            "parcel-notice",
            _PARCEL,
            (102, "10:45"),
            "Your parcel",
            "<pb-77301182@parcelbird.example>",
        ),
        (
            "out-of-office",
            _OUT_OF_OFFICE,
            (60, "09:31"),
            "Réponse",
            "<ooo-60@maisonverlaine.example>",
        ),
        ("bounce", _BOUNCE, (4, "18:15"), "Undelivered", "<bounce-19@mx.kestreltea.example>"),
    )
    for key, template, at, subject, message_id in notices:
        date = desk.clock.workday(*at)
        text = template.substitute(date=mime.date(date))
        skip = "bounce" if key == "bounce" else "automated"
        desk.take(key, _crlf(text), date, subject, message_id=message_id, skip=skip)


_SPAM = Template("""\
Return-Path: <winner@lotto.test>
From: "INTERNATIONAL TEA LOTTERY" <winner@lotto.test>
To: undisclosed-recipients:;
Subject: =?utf-8?B?WW91IGhhdmUgd29uIDEsMDAwLDAwMCB0aW5zISEh?=
Date: $date
Message-ID: <1@lotto.test>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Dear lucky one, send us only your bank details and EUR 40 for the freight.
""")


def _spam(desk):
    # the folder is not selected, so nobody even looks
    date = desk.clock.workday(6, "02:44")
    text = _SPAM.substitute(date=mime.date(date))
    desk.take(
        "spam", _crlf(text), date, "Lottery", folder="Junk", message_id="<1@lotto.test>", flags=[]
    )


def _crlf(text):
    return text.replace("\n", "\r\n").encode()
