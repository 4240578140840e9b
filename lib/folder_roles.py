"""What a folder is for: by its SPECIAL-USE attribute (RFC 6154), else by the names that clients
give it.
"""

import unicodedata
from collections.abc import Collection

ROLES = ("inbox", "sent", "drafts", "trash", "junk", "archive", "all", "other")

#: upper-case attribute -> role; \Inbox, \Spam and \AllMail come from XLIST and older servers
ATTRIBUTE_ROLES = {
    b"\\SENT": "sent",
    b"\\DRAFTS": "drafts",
    b"\\TRASH": "trash",
    b"\\JUNK": "junk",
    b"\\SPAM": "junk",
    b"\\ARCHIVE": "archive",
    b"\\ALL": "all",
    b"\\ALLMAIL": "all",
    b"\\INBOX": "inbox",
}

#: role -> what mail clients and providers call it in their languages, separated by commas
_NAMES = {
    "sent": """
        Sent, Sent Items, Sent Messages, Sent Mail, Sent Emails, Sent-Mail, Sent Objects,
        Outbox Sent, Gesendet, Gesendete Objekte, Gesendete Elemente, Gesendete Nachrichten,
        Gesendete E-Mails, Éléments envoyés, Elements envoyes, Envoyés, Envoyes,
        Messages envoyés, Courrier envoyé, Courriers envoyés, Enviados, Elementos enviados,
        Mensajes enviados, Correo enviado, Itens enviados, Itens Enviadas, Mensagens enviadas,
        Enviadas, Enviats, Elements enviats, Posta inviata, Inviata, Inviati, Elementi inviati,
        Messaggi inviati, Verzonden, Verzonden items, Verzonden berichten, Verzonden objecten,
        Skickat, Skickade objekt, Sendt, Sendte elementer, Sendt post, Sendte e-mails,
        Sende elementer, Lähetetyt, Lähetetyt viestit, Wysłane, Elementy wysłane, Odeslané,
        Odeslaná pošta, Odeslane, Odoslané, Odoslaná pošta, Elküldött, Elküldött elemek,
        Elküldött üzenetek, Trimise, Elemente trimise, Poslano, Poslane stavke, Poslano pošto,
        Отправленные, Отправленные письма, Исходящие, Надіслані, Відправлені, Изпратени,
        Послато, Απεσταλμένα, Gönderilmiş Öğeler, Gönderilmiş, Gönderilenler,
        Gönderilmiş Postalar, Saadetud, Saadetud kirjad, Nosūtītie, Išsiųsti, Išsiųsta, 已发送,
        已发送邮件, 已发邮件, 寄件備份, 已傳送, 已傳送的郵件, 送信済み, 送信済みアイテム,
        送信済みトレイ, 送信済みメール, 보낸 편지함, 보낸편지함, 보낸메일함, 보낸 메일함,
        المرسلة, البريد المرسل, الرسائل المرسلة, פריטים שנשלחו, דואר יוצא, Đã gửi, Thư đã gửi,
        Terkirim, Item Terkirim, Mesej Terhantar, จดหมายที่ส่งแล้ว, รายการที่ถูกส่ง, भेजे गए
    """,
    "drafts": """
        Drafts, Draft, Entwürfe, Entwurf, Brouillons, Brouillon, Borradores, Borrador,
        Rascunhos, Esborranys, Bozze, Concepten, Utkast, Kladder, Luonnokset, Kopie robocze,
        Wersje robocze, Szkice, Koncepty, Rozepsané, Rozpísané, Piszkozatok, Ciorne, Osnutki,
        Skice, Черновики, Чернетки, Чернови, Πρόχειρα, Taslaklar, Mustandid, Melnraksti,
        Juodraščiai, 草稿, 草稿箱, 草稿匣, 下書き, 임시 보관함, 임시보관함, المسودات, مسودات,
        טיוטות, Thư nháp, Bản nháp, Draf, Konsep, ร่างจดหมาย, แบบร่าง, ड्राफ़्ट
    """,
    "trash": """
        Trash, Deleted, Deleted Items, Deleted Messages, Bin, Papierkorb, Gelöscht,
        Gelöschte Objekte, Gelöschte Elemente, Gelöschte Nachrichten, Corbeille,
        Éléments supprimés, Messages supprimés, Papelera, Elementos eliminados, Eliminados,
        Papelera de reciclaje, Lixo, Lixeira, Itens excluídos, Itens Eliminados, Paperera,
        Cestino, Posta eliminata, Elementi eliminati, Prullenbak, Prullenmand,
        Verwijderde items, Papperskorgen, Papperskorg, Borttaget, Borttagna objekt, Papirkurv,
        Slettet post, Slettede elementer, Søppel, Roskakori, Poistetut, Kosz, Elementy usunięte,
        Koš, Odstraněná pošta, Kôš, Odstránená pošta, Kuka, Törölt elemek, Coș de gunoi,
        Elemente șterse, Smeti, Koš za smeće, Корзина, Удаленные, Удалённые, Кошик, Видалені,
        Кошче, Κάδος απορριμμάτων, Διαγραμμένα, Çöp Kutusu, Çöp, Silinmiş Öğeler, Prügikast,
        Miskaste, Šiukšliadėžė, 已删除, 已删除邮件, 垃圾桶, 刪除的郵件, ゴミ箱, ごみ箱,
        削除済みアイテム, 휴지통, 지운 편지함, المهملات, سلة المحذوفات, אשפה, פריטים שנמחקו,
        Thùng rác, Sampah, Tong Sampah, ถังขยะ, ट्रैश
    """,
    "junk": """
        Junk, Spam, Junk E-mail, Junk Email, Junk Mail, Bulk Mail, Bulk, Spamverdacht,
        Spam-Verdacht, Unerwünscht, Unerwünschte Werbung, Junk-E-Mail, Courrier indésirable,
        Indésirables, Pourriel, Pourriels, Correo no deseado, No deseado, Correo basura,
        Lixo eletrônico, Lixo electrónico, Correu brossa, Posta indesiderata, Indesiderata,
        Ongewenste e-mail, Ongewenst, Skräppost, Søppelpost, Uønsket e-post, Uønsket post,
        Uønsket mail, Roskaposti, Wiadomości-śmieci, Niechciane, Nevyžádaná pošta,
        Nevyžiadaná pošta, Levélszemét, Neželena pošta, Спам, Нежелательная почта,
        Небажана пошта, Нежелана поща, Ανεπιθύμητα, Ανεπιθύμητη αλληλογραφία, Önemsiz,
        Önemsiz E-posta, Gereksiz, Rämpspost, Mēstules, Brukalas, 垃圾邮件, 垃圾郵件,
        広告メール, 迷惑メール, 스팸 편지함, 스팸메일함, 정크 메일, البريد العشوائي, דואר זבל,
        Thư rác, จดหมายขยะ
    """,
    "archive": """
        Archive, Archives, Archiv, Archivo, Archivio, Archief, Arquivo, Arkiv, Arkisto,
        Archiwum, Archív, Archívum, Arhiva, Arhiv, Архив, Архів, Αρχειοθήκη, Arşiv, 归档, 存档,
        封存, アーカイブ, 보관함, الأرشيف, ארכיון, Lưu trữ, Arsip
    """,
    "all": """
        All Mail, Alle Nachrichten, Tous les messages, Todos, Todos los mensajes,
        Tutti i messaggi, Alle berichten, Вся почта, 所有邮件, すべてのメール
    """,
}

#: where such folders live: at the top, in the INBOX namespace (Courier, Cyrus), or with Gmail's
_PARENTS = frozenset({"", "inbox", "[gmail]", "[google mail]"})


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


_BY_NAME = {_folded(name): role for role, names in _NAMES.items() for name in names.split(",")}


def role_by_attributes(attributes: frozenset[bytes]) -> str | None:
    """The role that the server gives, or None. Attributes are upper-case."""
    return next(
        (role for attribute, role in ATTRIBUTE_ROLES.items() if attribute in attributes), None
    )


def role_by_name(path: str, delimiter: str | None) -> str | None:
    """The role that a folder's name suggests, or None. "Projects/Sent" is somebody's own
    folder.
    """
    if path.upper() == "INBOX":
        return "inbox"
    parent, _, name = path.rpartition(delimiter) if delimiter else ("", "", path)
    if _folded(parent) not in _PARENTS:
        return None
    return _BY_NAME.get(_folded(name))


def roles_by_default(roles: Collection[str], labels: bool) -> frozenset[str]:
    """The roles of the folders that are synced unless somebody chooses otherwise.

    Where folders are labels, "All Mail" has each message once; an owner can hide it from IMAP.

    :param roles: of the folders that can be opened
    """
    return frozenset({"all"}) if labels and "all" in roles else frozenset({"inbox", "sent"})
