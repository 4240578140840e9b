"""Maison Verlaine: from the first question to the visit; three people, two languages."""

from . import files
from .people import person

_PRICES = [
    ["Tea", "Origin", "Harvest", "Tin of 1 kg, EUR"],
    ["Darjeeling Margaret's Hope", "India", "first flush", 78.0],
    ["Assam Halmari", "India", "second flush", 46.5],
    ["Keemun Hao Ya", "China", "spring", 64.0],
    ["Sencha Asamushi", "Japan", "first picking", 71.0],
    ["Hojicha", "Japan", "autumn", 38.0],
    ["Earl Grey, natural bergamot", "blend", "", 34.0],
]


def write(desk):
    _first_order(desk)
    _accounts(desk)
    _second_order(desk)


def _first_order(desk):
    request = desk.receive(
        "verlaine-request",
        "amelie",
        (118, "10:12"),
        """
Dear Clara,

We met at the fair in Lyon, where you poured me a first flush that I still think about. Maison
Verlaine runs three tea rooms in Paris, and we would like to renew our list: six or seven teas,
of which two should be organic.

Could you send me:

- your current prices for tins of 1 kg
- the delivery time to Paris
- samples, if that is possible

We would like to decide within three weeks.

Kind regards,
""",
        subject="Teas for our three tea rooms",
        folder="Archive",
        links=["amelie"],
    )
    offer = desk.send(
        "verlaine-offer",
        (117, "09:40"),
        """
Dear Amélie,

How good to hear from you, and of course I remember: you asked for a second cup and missed your
train.

The price list is attached. Delivery to Paris takes three working days, and above 10 kg we pay
the freight. The Darjeeling and the Sencha are organic, with certificates.

For your rooms I would start with the Darjeeling, the Keemun and the Hojicha. The last one has
hardly any caffeine, and your guests will ask for it in the evening.

Warm regards,
""",
        answers=request,
        files=[files.xlsx("Kestrel Tea price list.xlsx", _PRICES)],
        links=["amelie"],
    )
    questions = desk.receive(
        "verlaine-questions",
        "amelie",
        (116, "16:55"),
        """
Dear Clara,

Thank you, this is very clear. Jean-Baptiste, our chef pâtissier, is in copy: he wants to taste
everything beside his new lemon tart before I may order anything.

Two questions. Is the price of the Keemun fixed for the year? And do the tins come with your
label or without?

Best regards,
""",
        answers=offer,
        cc=["jeanbaptiste"],
        folder="Archive",
        links=["amelie", "jeanbaptiste"],
    )
    samples = desk.send(
        "verlaine-samples",
        (115, "11:20"),
        """
Dear Amélie, dear Jean-Baptiste,

Seven samples left Bristol this morning, 50 g each, with a note on water and time for every one
of them.

- The price of the Keemun is fixed until the next harvest.
- The tins come with our label, or plain. Plain ones cost the same.

Jean-Baptiste, with a lemon tart I would try the Darjeeling first, at 90 degrees and not hotter.

Warm regards,
""",
        answers=questions,
        to=["amelie"],
        cc=["jeanbaptiste"],
        links=["amelie", "jeanbaptiste"],
    )
    desk.receive(
        "verlaine-tasting",
        "jeanbaptiste",
        (108, "22:31"),
        """
Bonjour Clara,

Nous avons tout goûté ce soir, après le service. Le Darjeeling est magnifique avec la tarte au
citron 🍋, et le Hojicha avec le chocolat noir, personne ne s'y attendait !

Le Keemun est trop fumé pour nous, désolé. Amélie vous écrit pour la commande.

Jean-Baptiste
""",
        answers=samples,
        cc=["amelie"],
        links=["jeanbaptiste", "amelie"],
    )
    order = desk.receive(
        "verlaine-order",
        "amelie",
        (104, "09:05"),
        """
Dear Clara,

Please find our order attached: 6 kg of Darjeeling, 4 kg of Hojicha and 4 kg of Earl Grey, plain
tins, to the address in rue des Tilleuls.

Invoices go to Noémie Faure, compta@maisonverlaine.example.

Best regards,
""",
        subject="Commande 2291",
        files=[
            files.pdf(
                "Commande 2291.pdf",
                "Commande 2291",
                [
                    "Maison Verlaine, 14 rue des Tilleuls, Paris",
                    "",
                    "6 kg   Darjeeling Margaret's Hope     468,00 EUR",
                    "4 kg   Hojicha                        152,00 EUR",
                    "4 kg   Earl Grey                      136,00 EUR",
                    "",
                    "Total                                 756,00 EUR",
                ],
            )
        ],
        links=["amelie"],
    )
    desk.send(
        "verlaine-confirmation",
        (104, "10:30"),
        """
Dear Amélie,

Thank you! Order 2291 is confirmed. It leaves on Thursday and should be with you on Tuesday,
before ten.

Warm regards,
""",
        answers=order,
        # accounting gets a copy without the others knowing
        bcc=["noemie"],
        links=["amelie", "noemie"],
    )


def _accounts(desk):
    question = desk.receive(
        "verlaine-invoice-question",
        "noemie",
        (80, "14:18"),
        """
Bonjour Madame,

Sur votre facture K-1187, le numéro de TVA intracommunautaire n'apparaît pas et l'adresse de
livraison est celle de notre ancien siège.

Pourriez-vous nous faire parvenir une facture corrigée ? Le règlement partira dès réception.

Cordialement,
""",
        subject="Facture K-1187 : numéro de TVA manquant",
        links=["noemie"],
    )
    desk.send(
        "verlaine-invoice-answer",
        (79, "09:02"),
        """
Bonjour Noémie,

Toutes mes excuses, voici la facture corrigée, avec le numéro de TVA et la bonne adresse.

Bien à vous,
""",
        answers=question,
        cc=["ingrid"],
        files=[
            files.pdf(
                "Facture K-1187 corrigée.pdf",
                "Facture K-1187",
                ["Maison Verlaine, 14 rue des Tilleuls, Paris", "", "Total   756,00 EUR"],
            )
        ],
        links=["noemie"],
    )


def _second_order(desk):
    reorder = desk.receive(
        "verlaine-reorder",
        "amelie",
        (12, "11:47"),
        """
Dear Clara,

The Hojicha is gone! We sell it until eleven at night, exactly as you said.

Could we have 10 kg this time, and 6 kg of Darjeeling? If the new first flush has arrived, we
take that one.

Best regards,
""",
        subject="Hojicha, again",
        links=["amelie"],
    )
    answer = desk.send(
        "verlaine-reorder-answer",
        (12, "12:15"),
        """
Dear Amélie,

I had kept 12 kg aside, just in case. The new Darjeeling arrived on Monday and it is a little
brighter than last year's; I put 20 g for Jean-Baptiste into the parcel.

It leaves tomorrow. Same address?

Warm regards,
""",
        answers=reorder,
        links=["amelie"],
    )
    desk.receive(
        "verlaine-thanks",
        "amelie",
        (11, "08:58"),
        """
Dear Clara,

Same address, yes, and thank you for thinking ahead. You are saving my week.

Best regards,
""",
        answers=answer,
        links=["amelie"],
    )
    visit = desk.clock.next_workday(8, "10:00", zone=1)
    invitation = desk.receive(
        "verlaine-visit",
        "amelie",
        (5, "15:20"),
        """
Dear Clara,

Will you come and see the rooms? Jean-Baptiste would like to build the winter menu around three
of your teas, and he promises tart.

The invitation is attached.

Best regards,
""",
        subject="Tasting at rue des Tilleuls",
        cc=["jeanbaptiste", "felix"],
        files=[
            files.invitation(
                "Tasting with Kestrel Tea",
                "Maison Verlaine\\, 14 rue des Tilleuls\\, Paris",
                visit,
                2,
                person("amelie"),
                person("clara"),
                "tasting-2291@maisonverlaine.example",
                desk.clock.workday(5, "15:20", zone=1),
            )
        ],
        links=["amelie", "jeanbaptiste"],
    )
    desk.send(
        "verlaine-visit-answer",
        (5, "15:41"),
        """
Dear Amélie, dear Jean-Baptiste,

With pleasure! I will bring the Keemun once more, in another roast. Give it one chance.

Warm regards,
""",
        answers=invitation,
        cc=["jeanbaptiste", "felix"],
        links=["amelie", "jeanbaptiste"],
    )
    desk.receive(
        "verlaine-menu",
        "jeanbaptiste",
        desk.clock.ago(hours=3, zone=1),
        """
Bonjour Clara,

Voici le menu d'hiver, encore un brouillon :

- Tarte au citron, Darjeeling
- Fondant au chocolat noir, Hojicha
- Poire pochée, Keemun (une chance !)

À très vite,

Jean-Baptiste
""",
        subject="Menu d'hiver ☕",
        flags=[],
        links=["jeanbaptiste"],
    )
