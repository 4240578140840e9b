"""What is nobody else's business: colleagues, family, drafts, and what is older than the period."""

import datetime


def write(desk):
    _colleagues(desk)
    _private(desk)
    _unfinished(desk)
    _past(desk)


def _colleagues(desk):
    rota = desk.receive(
        "staff-rota",
        "ingrid",
        (16, "09:00"),
        """
Dear all,

the shop is short of hands in the last week of the month. Who can take a Saturday? There is
cake, and I bake it myself.
""",
        subject="Saturdays",
        to=["clara", "tomas", "bashir"],
        skip="internal",
    )
    answer = desk.send(
        "staff-rota-answer",
        (16, "09:12"),
        """
I take the first one, if it is the almond cake.
""",
        answers=rota,
        cc=["tomas", "bashir"],
        skip="internal",
    )
    desk.receive(
        "staff-rota-warehouse",
        "bashir",
        (16, "12:40"),
        """
Second one for me. Almond is fine.
""",
        answers=answer,
        to=["clara", "ingrid", "tomas"],
        skip="internal",
    )
    desk.send(
        "staff-pallet",
        (41, "08:30"),
        """
Bashir, the Kyoto shipment is coming: 30 kg, please keep the cold room free. Do not open
anything before I am there. You know who you are.
""",
        subject="Kyoto, cold room",
        to=["bashir"],
        skip="internal",
    )


def _private(desk):
    desk.receive(
        "dentist",
        "dentist",
        (30, "10:05"),
        """
Dear Ms Whitfield,

this is a reminder of your appointment on Thursday at 8.20. Please come ten minutes early.

The Practice
""",
        subject="Your appointment",
        skip="excluded",
    )
    desk.receive(
        "sister",
        "harriet",
        (14, "21:17"),
        """
Mum's birthday: I make the teapot, you bring what goes into it. And do not tell her about the dog.

H.
""",
        subject="Sunday",
        skip="excluded",
    )


def _unfinished(desk):
    # the folder of drafts is not selected, so nobody even looks
    desk.send(
        "draft",
        (1, "17:45"),
        """
Dear Amélie,

about the Keemun: I have had an idea, but it needs
""",
        subject="Keemun",
        to=["amelie"],
        folder="Drafts",
        flags=["\\Seen", "\\Draft"],
    )
    # some programs leave drafts elsewhere; the flag tells
    desk.send(
        "draft-in-archive",
        (58, "18:02"),
        """
Dear Eleni,

here is the list that you asked for, and
""",
        subject="List",
        to=["eleni"],
        folder="Archive",
        flags=["\\Seen", "\\Draft"],
        skip="draft",
    )
    desk.receive(
        "deleted",
        "sabine",
        (27, "09:01"),
        """
Bitte die letzte Nachricht ignorieren, falsches Fenster!
""",
        subject="Test",
        folder="Trash",
    )


def _past(desk):
    # hours before the period begins: the server's own search, which knows only days, still gives it
    desk.receive(
        "old-greeting",
        "amelie",
        desk.clock.period_start.astimezone(datetime.timezone.utc) - datetime.timedelta(hours=3),
        """
Dear Clara,

it was a pleasure to meet you at the fair. I will write as soon as our budget is there.

Best regards,
""",
        subject="After the fair",
        folder="Archive",
        skip="too_old",
    )
