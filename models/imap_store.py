"""Writes linked mail down: emails, attachments, chatter entries and placements, in bulk."""

from functools import cached_property

from odoo import SUPERUSER_ID, fields
from odoo.tools.mail import formataddr

from ..lib.known import flags_text
from ..lib.parse import ParsedMail, as_html, replace_cids
from .imap_entry import closed_places, create_entries, enter_on_more_records
from .imap_linked_mail import records_of
from .imap_notice import notice
from .imap_other_limit import known_at_another_limit
from .ir_websocket import announce
from .mail_body import sanitize_body


class Store:
    """Stores what becomes of messages of one folder.

    :param folder: the ``imap.folder`` (sudo)
    :param dict partners: address -> id of the partner who has it, to name authors
    :param int uidvalidity: what the UIDs belong to
    :param dict standing: UID -> placement of messages that are tried again: in quarantine, or not found for a while
    :param touched: :class:`~.imap_touched.Touched`, which takes the records whose entries change
    :param wanted_back: says of an ``imap.email`` that was deleted in Odoo whether it is to come back
    :ivar set deleted: UIDs of messages that were not linked, because they were deleted in Odoo
    """

    def __init__(
        self,
        folder,
        partners,
        uidvalidity,
        standing,
        touched,
        wanted_back=lambda email: False,
    ):
        self._folder = folder
        self._partners = partners
        self._uidvalidity = uidvalidity
        self._standing = standing
        self._wanted_back = wanted_back
        self.deleted = set()
        # emails that left Odoo, and come back with what is stored at this moment
        self._back = folder.env["imap.email"]
        # whatever the caller's context says must not leak into the records, nor do they belong to who pressed a
        # button: who created a message may read it
        folder = folder.with_user(SUPERUSER_ID)
        self.env = folder.with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            mail_post_autofollow_author_skip=True,
            attachments_mime_plainxml=True,  # as the gateway: no active content in attachments
            image_no_postprocess=True,  # what was sent stays as it is, and pictures may be broken
            imap_touched=touched,
        ).env

    @cached_property
    def _reader_env(self):
        # what is written into entries is for people: in the language of the mailbox's owner
        owner = self._folder.connection_id.user_id
        return self._folder.with_context(lang=owner.lang).env

    def link(self, mails):
        """Store linked mails and their placements; each email once per record, however often it is met."""
        emails, created = self._emails([mail for mail in mails if not mail.copy_of])
        attachments = self._attachments(created)
        copies = [(mail, mail.copy_of) for mail in mails if mail.copy_of]
        stored = self.env["imap.email"].union(*(email for _mail, email in emails + copies))
        # before there are entries: it decides who is notified of them
        self.env["imap.share"]._add(self._folder.connection_id, stored)
        entries = self._missing_entries(emails)
        self._enter(entries, attachments)
        self.relink({email: mail.verdict for mail, email in copies})
        stored._update_stubs()
        self._place(emails + copies)
        self.deleted.update(mail.raw.uid for mail, email in emails + copies if email.deleted_date)

    def known_copies(self, raws):
        """Return UID -> email of the messages that need not be fetched: this mailbox has had a copy of them."""
        by_id = self._emails_by_gmail([raw.gm_msgid for raw in raws if raw.gm_msgid])
        return {
            raw.uid: by_id[raw.gm_msgid]
            for raw in raws
            if raw.gm_msgid in by_id and self._needs_no_body(by_id[raw.gm_msgid])
        }

    def _needs_no_body(self, email):
        """Say whether what is stored of an email is enough; if no entry is left, there is nothing to be shown."""
        if email.deleted_date:
            return not self._wanted_back(email)
        return bool(email.entry_ids)

    def relink(self, verdicts):
        """Let emails that are stored stand on all records that they concern.

        :param dict verdicts: email -> :class:`~..lib.match.Verdict`
        :return: the emails for which that takes their text: Odoo itself sent them, so there is no entry to be copied
        """
        places = [
            (email, *record)
            for email, verdict in verdicts.items()
            for record in records_of(verdict)
        ]
        enter_on_more_records(self.env, places)
        bare = {email for email in verdicts if not (email.entry_ids or email.deleted_date)}
        closed = closed_places(self.env, bare) if bare else set()
        return {
            email
            for email, *record in places
            if email in bare and (email.id, *record) not in closed
        }

    def quarantine(self, failures):
        """Store messages that could not be read.

        :param dict failures: UID -> :class:`Failure`
        """
        now = fields.Datetime.now()
        new = []
        for uid, failure in failures.items():
            values = {**failure.values(), "last_attempt": now}
            if uid in self._standing:
                self._standing[uid].write(values)
            else:
                size = failure.size
                new.append({**self._place_values(uid), **values, "size": size, "attempts": 1})
        self.env["imap.placement"].create(new)

    def forget(self, uid):
        """Store nothing of a message that concerns nobody, though something stands there."""
        if uid in self._standing:
            self._standing[uid].unlink()

    def gone(self, uids):
        """Note that messages in quarantine are on the server no longer."""
        for uid in uids:
            self._standing[uid].state = "gone"

    # ------------------------------------------------------------------
    # emails and their attachments
    # ------------------------------------------------------------------

    def _emails(self, mails):
        """Return (mail, email) for every mail, and those of them whose email is new, each email once."""
        model = self.env["imap.email"]
        digests = [mail.digest for mail in mails]
        # those that were deleted in Odoo too: they are recognised by this
        with_deleted = model.with_context(active_test=False)
        found = with_deleted.search_fetch(
            [("digest", "in", digests)], ["digest", "deleted_date", "authentication"]
        )
        known = {email.digest: email for email in found}
        unknown = [mail for mail in mails if mail.digest not in known]
        known.update(known_at_another_limit(with_deleted, unknown))
        known = {digest: email.with_env(self.env) for digest, email in known.items()}
        by_id = self._emails_by_gmail([mail.raw.gm_msgid for mail in mails if mail.raw.gm_msgid])
        known.update(
            (digest, by_id[mail.raw.gm_msgid])
            for digest, mail in zip(digests, mails, strict=True)
            if mail.raw.gm_msgid in by_id
        )
        back = {
            digest: email
            for digest, email in known.items()
            if email.deleted_date and self._wanted_back(email)
        }
        new = {
            digest: mail
            for digest, mail in zip(digests, mails, strict=True)
            if digest not in known or digest in back
        }
        threads = self.env["imap.conversation"]
        keys = threads._keys([mail.facts for mail in new.values()])
        values = {
            digest: self._email_values(digest, mail, key)
            for (digest, mail), key in zip(new.items(), keys, strict=True)
        }
        for digest, email in back.items():
            email._bring_back(values.pop(digest))
        self._back = model.union(*back.values())
        created = model.create(list(values.values()))
        known.update(zip(values, created, strict=True))
        written = model.union(*(known[digest] for digest in new))
        threads._join(written)
        pairs = [(mail, known[digest]) for digest, mail in zip(digests, mails, strict=True)]
        for mail, email in pairs:
            email._learn_authentication(mail.facts)
        return pairs, list(zip(new.values(), written, strict=True))

    def _emails_by_gmail(self, gm_msgids):
        """Return identifier -> email of the mails of which this mailbox has had a copy, by Gmail's own identifier.

        It finds an email again that reads differently now: too large to be copied then or now.
        """
        if not gm_msgids:
            return {}
        placements = self.env["imap.placement"].search(
            [
                ("connection_id", "=", self._folder.connection_id.id),
                ("gm_msgid", "in", gm_msgids),
                ("email_id", "!=", False),
            ],
            order="id desc",
        )
        return {placement.gm_msgid: placement.email_id for placement in placements}

    def _email_values(self, digest, mail, thread_key):
        facts = mail.facts
        return {
            "message_id": facts.message_id or False,
            "digest": digest,
            "subject": facts.subject,
            "date": facts.date.replace(tzinfo=None),
            "direction": mail.verdict.direction,
            "kind": mail.verdict.kind.value,
            "thread_key": thread_key,
            "size": mail.raw.size,
            "addresses": list(dict.fromkeys(address.email for address in facts.everyone())),
            **self.env["imap.email"]._authentication_values(facts),
        }

    def _attachments(self, created):
        """Create the attachments of new emails; return email -> list of (parsed attachment, record)."""
        parsed = [
            (email, attachment)
            for mail, email in created
            if mail.mail
            for attachment in mail.mail.attachments
        ]
        records = self.env["ir.attachment"].create(
            [
                {
                    "name": attachment.name,
                    "raw": attachment.content,
                    "mimetype": attachment.mimetype,
                    "res_model": "imap.email",
                    "res_id": email.id,
                }
                for email, attachment in parsed
            ]
        )
        by_email = {}
        for (email, attachment), record in zip(parsed, records, strict=True):
            by_email.setdefault(email, []).append((attachment, record))
        return by_email

    # ------------------------------------------------------------------
    # chatter entries
    # ------------------------------------------------------------------

    def _missing_entries(self, emails):
        """Return (mail, email, model, id) for every entry that does not stand in its chatter yet."""
        closed = closed_places(self.env, [email for _mail, email in emails])
        by_hand = self.env["imap.link"]._added(self._back) if self._back else {}
        missing = {}
        for mail, email in emails:
            for record in (*mail.records, *by_hand.get(email, ())):
                if not email.deleted_date and (email.id, *record) not in closed:
                    missing.setdefault((email.id, *record), (mail, email, *record))
        # the oldest first: where only ids are compared, order is right as well
        return sorted(missing.values(), key=lambda entry: entry[0].facts.date)

    def _enter(self, entries, attachments):
        """Write the chatter entries: past mail in bulk and silently, new mail through Odoo's posting path."""
        rendered = {}
        silent, posted = [], set()
        for mail, email, model, res_id in entries:
            if email not in rendered:
                rendered[email] = self._content_values(mail, email, attachments)
            values = {**rendered[email], **self._header_values(mail)}
            if mail.silent:
                silent.append({**values, "model": model, "res_id": res_id})
            else:
                values["attachment_ids"] = [command[1] for command in values["attachment_ids"]]
                self.env[model].browse(res_id).message_post(**values)
                posted.add((email.id, model, res_id))
        announce(self.env, posted)
        create_entries(self.env, silent)
        self.env["imap.email"]._register_entry_models({entry[2] for entry in entries})

    def _content_values(self, mail, email, attachments):
        """Return the sanitized body and the attachments of an email's entries."""
        files = attachments.get(email) or self._stored_attachments(mail, email)
        parsed = mail.mail or ParsedMail()
        urls = {
            attachment.content_id: f"/web/image/{record.id}"
            for attachment, record in files
            if attachment.content_id
        }
        body, used = replace_cids(parsed.body_html or as_html(parsed.body_text), urls)
        shown = [record for attachment, record in files if attachment.content_id not in used]
        return {
            # behind what was sanitized, so that nothing in the mail can swallow or hide it
            "body": sanitize_body(body, mail.quotes_nothing)
            + notice(self._reader_env, mail.mail, mail.raw.size),
            "attachment_ids": [(4, record.id) for record in shown],
            "imap_email_id": email.id,
        }

    def _stored_attachments(self, mail, email):
        """Return the attachments of an email that was stored earlier, beside their parsed form."""
        if mail.mail is None or not mail.mail.attachments:
            return []
        records = self.env["ir.attachment"].search(
            [("res_model", "=", "imap.email"), ("res_id", "=", email.id)], order="id"
        )
        if not records:
            # known by Gmail's identifier and without its body until now, or removed by hand and forgotten
            return self._attachments([(mail, email)])[email]
        # by what is in them: fewer may have been copied, if the limit was another one
        stored = {checksum: list(same) for checksum, same in records.grouped("checksum").items()}
        pairs = []
        for attachment in mail.mail.attachments:
            if same := stored.get(records._compute_checksum(attachment.content)):
                pairs.append((attachment, same.pop(0)))
        return pairs

    def _header_values(self, mail):
        facts = mail.facts
        author = next(iter(facts.from_ + facts.sender), None)
        email_from = formataddr((author.name, author.email)) if author else False
        return {
            "message_type": "email" if mail.verdict.direction == "in" else "email_outgoing",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail_imap_sync.mt_email"),
            "is_internal": True,
            "author_id": self._partners.get(author.email, False) if author else False,
            "email_from": email_from,
            "reply_to": email_from,
            "date": facts.date.replace(tzinfo=None),
            "subject": facts.subject or False,
            "message_id": facts.message_id or False,
            "incoming_email_to": self._people(facts.to),
            "incoming_email_cc": self._people(facts.cc),
        }

    @staticmethod
    def _people(addresses):
        return (
            ", ".join(formataddr((address.name, address.email)) for address in addresses) or False
        )

    # ------------------------------------------------------------------
    # placements
    # ------------------------------------------------------------------

    def _place(self, emails):
        new = []
        waiting = self._numbered_otherwise(emails)
        for mail, email in emails:
            values = {
                **self._place_values(mail.raw.uid),
                "email_id": email.id,
                "flags": flags_text(mail.raw.flags),
                "size": mail.raw.size,
                "gm_msgid": mail.raw.gm_msgid,
                "labels": list(mail.raw.gm_labels) or False,
            }
            placement = self._standing.get(mail.raw.uid)
            if not placement and waiting.get(email):
                placement = waiting[email].pop()
            if placement:
                placement.write({**values, **placement._settled_values()})
            else:
                new.append(values)
        self.env["imap.placement"].create(new)

    def _numbered_otherwise(self, emails):
        """Return email -> its copies in this folder from before the server numbered the messages anew."""
        before = self.env["imap.placement"].search_fetch(
            [
                ("folder_id", "=", self._folder.id),
                ("uidvalidity", "!=", self._uidvalidity),
                ("state", "=", "missing"),
                ("email_id", "in", [email.id for _mail, email in emails]),
            ],
            ["email_id"],
        )
        return {email: list(copies) for email, copies in before.grouped("email_id").items()}

    def _place_values(self, uid):
        return {
            "folder_id": self._folder.id,
            "uidvalidity": self._uidvalidity,
            "uid": uid,
        }
