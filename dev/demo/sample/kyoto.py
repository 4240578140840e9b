"""Hoshino Saryō: two people in Japan, a folder of its own, one mail that lies in two folders."""

from . import files

FOLDER = "Projects/Kyoto"


def write(desk):
    intro = desk.receive(
        "kyoto-introduction",
        "misaki",
        (95, "11:08"),
        """
Kestrel Tea Clara Whitfield 様

はじめてご連絡いたします。京都の星野茶寮で海外営業を担当しております田中と申します。

弊社の宇治抹茶とほうじ茶を、英国でお取り扱いいただける会社を探しております。
貴社のウェブサイトを拝見し、産地を大切にされる姿勢に深く共感いたしました。

ご興味をお持ちいただけましたら、見本をお送りいたします。何卒よろしくお願い申し上げます。
""",
        subject="宇治茶のお取り扱いについて",
        folder=FOLDER,
        links=["misaki"],
    )
    answer = desk.send(
        "kyoto-introduction-answer",
        (94, "09:15"),
        """
田中様

Thank you very much for your letter. I read it with the help of a friend and with great
pleasure: we have looked for a house like yours for two years.

Yes please, we would love to taste your matcha and your hojicha. Our address is below. May I
write to you in English?

どうぞよろしくお願いいたします。
""",
        answers=intro,
        links=["misaki"],
    )
    desk.receive(
        "kyoto-catalogue",
        "misaki",
        (92, "10:02"),
        """
Whitfield 様

早速のお返事をありがとうございます。英語で問題ございません。

カタログと見本の送り状を添付いたします。見本は本日、航空便で発送いたしました。
""",
        answers=answer,
        folder=FOLDER,
        files=[
            files.pdf(
                "送り状.pdf",
                "Packing list",
                ["Hoshino Saryo, Kyoto", "", "Uji matcha, 3 x 30 g", "Hojicha, 2 x 80 g"],
            ),
            files.csv(
                "catalogue.csv",
                [
                    ["品名", "内容量", "価格 (円)"],
                    ["宇治抹茶 初昔", "30g", 2400],
                    ["焙じ茶", "80g", 980],
                ],
                "shift_jis",
            ),
        ],
        links=["misaki"],
    )
    label = desk.receive(
        "kyoto-label",
        "ken",
        (88, "18:30"),
        """
Dear Ms Whitfield,

Tanaka-san tells me that you liked the matcha. I am the seventh Hoshino in this house, and the
first who writes e-mails about it.

This is a sketch of the label for England:

[label]

My daughter drew the leaf. Is it good for you, or is it too plain?

With best wishes from Kyoto,
""",
        subject="A label for England",
        cc=["misaki"],
        folder=FOLDER,
        files=[files.tea_label("label.png", cid="label-6f21@hoshino-saryo.example")],
        links=["ken", "misaki"],
    )
    desk.send(
        "kyoto-label-answer",
        (87, "10:44"),
        """
Dear Mr Hoshino,

It is perfect, please change nothing, and tell your daughter that it hangs over my desk.

For the shop we need the weight in grams and the words "Product of Japan" somewhere on the back.

Warm regards,
""",
        answers=label,
        cc=["misaki"],
        links=["ken", "misaki"],
    )
    terms = desk.receive(
        "kyoto-terms",
        "misaki",
        (70, "14:26"),
        """
Whitfield 様

いつもお世話になっております。

価格表と出荷条件について、以下の通りご提案いたします。

- 最小ロット: 抹茶 5kg、焙じ茶 10kg
- 納期: ご注文から四週間
- お支払い: 船積み後三十日

ご検討のほど、よろしくお願いいたします。
""",
        subject="価格と出荷条件のご提案",
        folder=FOLDER,
        links=["misaki"],
    )
    contract = desk.send(
        "kyoto-contract",
        (68, "16:05"),
        """
田中様

Thirty days after shipment are fine with us, and four weeks are, too. I put everything into a
short agreement, two pages, attached.

If Mr Hoshino agrees, we start with 10 kg of matcha and 20 kg of hojicha.

Kind regards,
""",
        answers=terms,
        cc=["ken", "ingrid"],
        files=[
            files.pdf(
                "Agreement Hoshino Saryo.pdf",
                "Agreement",
                [
                    "between Hoshino Saryo, Kyoto, and Kestrel Tea, Bristol",
                    "",
                    "1. Smallest lot: 5 kg of matcha, 10 kg of hojicha.",
                    "2. Delivery four weeks after the order.",
                    "3. Payment thirty days after shipment.",
                ],
            )
        ],
        links=["misaki", "ken"],
    )
    desk.receive(
        "kyoto-signed",
        "ken",
        (66, "09:12"),
        """
Dear Ms Whitfield,

Signed, with my grandfather's seal. It was last used for a contract in 1931.

We begin to grind on Monday.

With best wishes,
""",
        answers=contract,
        cc=["misaki"],
        folder=FOLDER,
        links=["ken", "misaki"],
    )
    shipment = desk.receive(
        "kyoto-shipment",
        "misaki",
        (40, "17:50"),
        """
Whitfield 様

本日、抹茶10kgと焙じ茶20kgを神戸港より出荷いたしました。船名と到着予定日は来週ご連絡いたします。

どうぞよろしくお願いいたします。
""",
        subject="出荷のお知らせ",
        # Clara's filter copied it, so it lies in both folders; it is one email all the same
        also_in=[FOLDER],
        links=["misaki"],
    )
    desk.send(
        "kyoto-arrival",
        (24, "11:30"),
        """
田中様

Everything arrived yesterday, dry and complete. Bashir in our warehouse opened one tin, and now
the whole building smells of roasted tea.

The first hundred tins are in the shop on Friday.

ありがとうございました。
""",
        answers=shipment,
        cc=["ken"],
        links=["misaki", "ken"],
    )
    desk.receive(
        "kyoto-visit",
        "ken",
        (2, "08:40"),
        """
Dear Ms Whitfield,

In spring we re-open the old garden, 300 metres from the station. You must come when the first
leaves are picked. We have a room for guests, it is small but you hear the river.

Please bring Mr Bashir, who understands hojicha.

With best wishes,
""",
        subject="An invitation to the first picking",
        cc=["misaki"],
        folder=FOLDER,
        flags=[],
        links=["ken", "misaki"],
    )
