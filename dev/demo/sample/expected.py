"""What a sync of the sample has to lead to, as sums that a person can check.

Written down a second time on purpose: beside each mail stands what is to become of it, and a test
compares the two (tests/lib/test_demo_sample.py).
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """What a folder comes to.

    :param skipped: code of a rule -> number of mails
    """

    seen: int
    linked: int
    skipped: dict[str, int] = field(default_factory=dict)


#: Only folders that are selected; nothing is seen of the others.
FOLDERS = {
    "INBOX": Outcome(
        seen=34,
        linked=21,
        skipped={
            "automated": 2,
            "bounce": 1,
            "bulk": 2,
            "excluded": 2,
            "internal": 2,
            "nobody": 4,
        },
    ),
    "Sent": Outcome(seen=24, linked=18, skipped={"internal": 2, "nobody": 4}),
    "Archive": Outcome(seen=5, linked=3, skipped={"draft": 1, "too_old": 1}),
    "Projects/Kyoto": Outcome(seen=7, linked=7),
    "Angebote/Müller": Outcome(seen=2, linked=2),
}

#: The same of the mailbox of Felix.
FELIX_FOLDERS = {
    "INBOX": Outcome(seen=4, linked=3, skipped={"nobody": 1}),
    "Sent": Outcome(seen=1, linked=1),
    "Archive": Outcome(seen=0, linked=0),
    "Projects/Kyoto": Outcome(seen=0, linked=0),
    "Angebote/Müller": Outcome(seen=0, linked=0),
}

#: Letters of which Clara and the others see who, when and the subject, because Felix shares no more.
#: What he has besides lies in Clara's mailbox too, who shares everything.
SUBJECT_ONLY = ("felix-terms", "felix-terms-answer")

#: Contact -> letters in their chatter, each once, oldest first.
CHATTER = {
    "amelie": (
        "verlaine-request",
        "verlaine-offer",
        "verlaine-questions",
        "verlaine-samples",
        "verlaine-tasting",
        "verlaine-order",
        "verlaine-confirmation",
        "verlaine-reorder",
        "verlaine-reorder-answer",
        "verlaine-thanks",
        "verlaine-visit",
        "verlaine-visit-answer",
    ),
    "jeanbaptiste": (
        "verlaine-questions",
        "verlaine-samples",
        "verlaine-tasting",
        "verlaine-visit",
        "verlaine-visit-answer",
        "verlaine-menu",
    ),
    "noemie": (
        "verlaine-confirmation",
        "verlaine-invoice-question",
        "verlaine-invoice-answer",
        "felix-terms",
        "felix-terms-answer",
    ),
    "misaki": (
        "kyoto-introduction",
        "kyoto-introduction-answer",
        "kyoto-catalogue",
        "kyoto-label",
        "kyoto-label-answer",
        "kyoto-terms",
        "kyoto-contract",
        "kyoto-signed",
        "kyoto-shipment",
        "kyoto-arrival",
        "kyoto-visit",
    ),
    "ken": (
        "kyoto-label",
        "kyoto-label-answer",
        "kyoto-contract",
        "kyoto-signed",
        "kyoto-arrival",
        "kyoto-visit",
    ),
    "mueller": ("mueller-enquiry", "mueller-offer"),
    "juergen": (
        "mueller-offer",
        "mueller-question",
        "mueller-answer",
        "mueller-order",
        "mueller-thanks",
        "tomas-to-mueller",
    ),
    "sabine": (
        "mueller-order",
        "mueller-confirmation",
        "mueller-complaint",
        "mueller-complaint-answer",
        "mueller-forgery",
    ),
    "eleni": (
        "aurora-hello",
        "aurora-answer",
        "aurora-order",
        "aurora-confirmation",
        "aurora-thanks",
    ),
    "dimitra": ("aurora-thanks",),
    "dmitri": ("samovar-question", "samovar-answer", "samovar-away", "samovar-lead-answer"),
    "layla": ("amman-question", "amman-answer", "amman-thanks"),
    "oliver": ("showroom-shelves",),
}

#: Document -> letters that are linked to it besides, because they answer it.
DOCUMENTS = {"samovar-lead": ("samovar-away", "samovar-lead-answer")}
