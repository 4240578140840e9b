"""The smaller customers: Athens, Riga and Amman, each in its own script; and an architect."""

from string import Template

from . import files, mime
from .letter import Lead, Letter
from .people import person

LEAD_MAIL = """
Dear Dmitri,

Here is how a tea of the month could look for your club: 80 small tins, another garden every
month, and a card that tells its story.

Shall I make an offer?
"""


def lead(clock):
    """A lead in Odoo with one mail in its chatter, sent from there. Dmitri answers that mail."""
    mail = Letter(
        key="samovar-lead-mail",
        sender=person("clara"),
        to=(person("dmitri"),),
        subject="A tea of the month",
        body=LEAD_MAIL,
        date=clock.workday(43, "14:20"),
    )
    return Lead("samovar-lead", "Samovar Club: tea of the month", "dmitri", mail)


def write(desk):
    _athens(desk)
    _riga(desk)
    _amman(desk)
    _showroom(desk)


def _athens(desk):
    hello = desk.receive(
        "aurora-hello",
        "eleni",
        (55, "12:14"),
        """
Καλημέρα Clara,

είμαι η Ελένη από το Café Aurora στην Αθήνα. Μια φίλη μού έφερε το Earl Grey σας από το Μπρίστολ
και οι πελάτες μου δεν σταματούν να ρωτούν από πού είναι.

Στέλνετε και στην Ελλάδα; (I also write English, of course!)
""",
        subject="Earl Grey στην Αθήνα; 🇬🇷",
        folder="Archive",
        links=["eleni"],
    )
    answer = desk.send(
        "aurora-answer",
        (54, "10:00"),
        """
Καλημέρα Ελένη,

that is the nicest word I can write in Greek, so please forgive the rest.

Yes, we ship to Athens, five days, and from 5 kg on we pay half of the freight. Who is your
friend? We owe her a tin.

Warm regards,
""",
        answers=hello,
        links=["eleni"],
    )
    order = desk.receive(
        "aurora-order",
        "eleni",
        (50, "19:33"),
        """
Hi Clara!

Her name is Δήμητρα and she laughed very loudly when I told her.

My order:

- 5 kg Earl Grey
- 1 kg Hojicha, because I am curious

Can I pay by bank transfer?

Φιλιά,
""",
        answers=answer,
        links=["eleni"],
    )
    desk.send(
        "aurora-confirmation",
        (49, "09:20"),
        """
Hi Ελένη,

of course you can. The parcel leaves today, with a tin for Δήμητρα on top.

Warm regards,
""",
        answers=order,
        links=["eleni"],
    )
    desk.receive(
        "aurora-thanks",
        "dimitra",
        (42, "18:45"),
        """
Αγαπητή Clara,

το δέμα έφτασε σήμερα το πρωί. Ευχαριστώ πολύ για το κουτί, ήταν η πιο ωραία έκπληξη της χρονιάς!

Το Hojicha τελείωσε ήδη. Μπορούμε να έχουμε άλλα δύο κιλά;
""",
        subject="Ευχαριστώ για το κουτί",
        cc=["eleni"],
        links=["dimitra", "eleni"],
    )


def _riga(desk):
    question = desk.receive(
        "samovar-question",
        "dmitri",
        (45, "13:05"),
        """
Здравствуйте, Клара!

Наш клуб собирается каждую среду, нас около восьмидесяти человек, и у нас двенадцать самоваров,
самый старый - 1887 года.

Мы ищем чёрный чай, который выдерживает самовар: крепкий, но без горечи. Что бы Вы посоветовали?
""",
        subject="Чай для самовара",
        links=["dmitri"],
    )
    desk.send(
        "samovar-answer",
        (44, "11:36"),
        """
Dear Dmitri,

Twelve samovars! I would try the Keemun: it stays gentle however long it stands, and its smoke
likes the charcoal.

I also have an idea for your Wednesdays, which I will send you separately.

Warm regards,
""",
        answers=question,
        links=["dmitri"],
    )
    the_lead = lead(desk.clock)
    _away(desk, the_lead)
    desk.receive(
        "samovar-lead-answer",
        "dmitri",
        (36, "15:40"),
        """
Здравствуйте, Клара!

Чай месяца - прекрасная мысль. Правление согласно: восемьдесят маленьких банок, начиная со
следующего месяца.

Пришлите, пожалуйста, предложение и образец карточки.
""",
        answers=the_lead.mail,
        links=["dmitri"],
        document=the_lead.key,
    )


_AWAY = Template("""\
Return-Path: <>
From: d.sokolov@samovar.example
To: Clara Whitfield <clara@kestreltea.example>
Subject: =?utf-8?B?0JDQstGC0L7QvtGC0LLQtdGC?=
Date: $date
Message-ID: <away-43@samovar.example>
In-Reply-To: $answered
References: $answered
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Здравствуйте! До пятницы я на даче, без телефона и с самоваром. Отвечу, как вернусь.
""")


def _away(desk, the_lead):
    """An absence notice answers the lead: it stands there, and nobody takes it for an answer."""
    date = desk.clock.workday(43, "14:21")
    text = _AWAY.substitute(date=mime.date(date), answered=the_lead.mail.message_id)
    desk.take(
        "samovar-away",
        text.replace("\n", "\r\n").encode(),
        date,
        "Автоответ",
        message_id="<away-43@samovar.example>",
        links=["dmitri"],
        document=the_lead.key,
    )


def _amman(desk):
    question = desk.receive(
        "amman-question",
        "layla",
        (35, "10:25"),
        """
السيدة كلارا المحترمة،

نحن متجر صغير للشاي في عمّان، ونبحث عن إيرل غراي طبيعي بلا نكهات صناعية.

هل يمكنكم إرسال عيّنة مع الأسعار؟ زبائننا يشربونه مع الميرمية.
""",
        subject="طلب عيّنة من شاي إيرل غراي",
        links=["layla"],
    )
    desk.send(
        "amman-answer",
        (34, "12:00"),
        """
Dear Layla,

Thank you for your letter. With sage! We tried it this morning, and now we cannot stop.

A sample is on its way; the prices are attached. The bergamot is cold-pressed, from Calabria,
and there is nothing else in it.

Warm regards,
""",
        answers=question,
        files=[
            files.pdf(
                "Earl Grey.pdf",
                "Earl Grey, natural bergamot",
                ["Tin of 1 kg: 34.00 EUR", "Box of 20 tins of 100 g: 82.00 EUR"],
            )
        ],
        links=["layla"],
    )
    desk.receive(
        "amman-thanks",
        "layla",
        (3, "16:10"),
        """
السيدة كلارا المحترمة،

وصلت العيّنة وهي رائعة! 🌿 نرغب في طلب أربعين علبة كبداية.

مع أطيب التحيات،
""",
        subject="وصلت العيّنة",
        flags=[],
        links=["layla"],
    )


def _showroom(desk):
    # Oliver never writes and is never written to: he is only ever in copy.
    desk.receive(
        "showroom-shelves",
        "builder",
        (20, "07:50"),
        """
Morning Clara,

The oak for the tasting counter is in. Oliver's drawing says 92 cm, the old one is 88. Which do
you want?

Cheers,
""",
        subject="Counter height",
        cc=["oliver"],
        links=["oliver"],
    )
    # a colleague's mail to a customer, with Clara in copy
    desk.receive(
        "tomas-to-mueller",
        "tomas",
        (10, "16:30"),
        """
Dear Mr Müller,

Clara is at a fair this week, so I answer for her: yes, we do have green tea, and the Sencha
would suit your shop. I will put a sample on the next pallet.

Kind regards,
""",
        subject="Green tea for your wife",
        to=["juergen"],
        cc=["clara"],
        links=["juergen"],
    )
