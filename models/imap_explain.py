"""Why is this email not here? What became of single messages, in words, worked out from the server as it is now."""

from collections import Counter
from dataclasses import dataclass, replace

from odoo import fields
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..lib.changes import rebased
from ..lib.errors import MessageUnreadable
from ..lib.match import Outcome, excluded_by, match
from .imap_error import sentence, sentence_for
from .imap_reader import Reader
from .imap_reason import why

#: messages whose headers are looked at, per folder
CANDIDATES = 200
#: what is lifted for a person who wants an email: period, mailing lists and automated mail; not exclusions, not staff
LIFTED = {"include_bulk": True, "period_start": None}


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one message.

    :param outcome: linked, missing, skipped, removed, deleted, quarantined, pending or unsynced
    :param rule: code of the rule that passed over it, if one did
    :param can_link: whether a person can have it linked all the same
    """

    uid: int
    uidvalidity: int
    date: object
    author: str
    subject: str
    outcome: str
    explanation: str
    rule: str = ""
    can_link: bool = False


class Explainer:
    """Finds messages in a mailbox and explains what became of them; stores nothing.

    :param connection: the mailbox, as its owner: what they may not read is not named
    """

    def __init__(self, connection):
        self._owner_env = connection.env
        self._connection = connection.sudo()
        self._reader = Reader(self._connection)

    def explain(self, session, folder, query):
        """Return the answers for the messages of a folder that a query means, the youngest first.

        :param folder: the ``imap.folder`` (sudo)
        :param query: a :class:`~..lib.search.Query`
        """
        snapshot = folder._open(session)
        uids = session.search(query, CANDIDATES)
        certain = bool(uids)
        if not uids and folder.selected:
            # servers do not find everything that they have
            uids = session.uids_below(snapshot.uidnext, CANDIDATES)
        return self._answers(session, folder, snapshot, uids, query.matches, certain)

    def explain_one(self, session, folder, uid):
        """Return the answer for one message of a folder, in a list; it is empty when it is gone."""
        snapshot = folder._open(session)
        return self._answers(session, folder, snapshot, [uid], lambda facts: True, True)

    def _answers(self, session, folder, snapshot, uids, matches, certain):
        found = session.fetch_headers(uids, isolate=True) if uids else {}
        raws = [raw for raw in found.values() if not isinstance(raw, MessageUnreadable)]
        judged, _partners = self._reader.verdicts(folder, raws)
        placements = self._placements(folder, snapshot, uids)
        answers = [
            self._answer(folder, snapshot, placements.get(one[0].uid), *one)
            for one in judged
            if matches(one[1])
        ]
        if certain:
            answers += [
                self._unreadable(folder, snapshot, uid, error, placements.get(uid))
                for uid, error in found.items()
                if isinstance(error, MessageUnreadable)
            ]
        return sorted(answers, key=lambda answer: -answer.uid)

    def _placements(self, folder, snapshot, uids):
        placements = self._connection.env["imap.placement"].search(
            [
                ("folder_id", "=", folder.id),
                ("uidvalidity", "=", folder._uidvalidity(snapshot)),
                ("uid", "in", uids),
            ]
        )
        return {placement.uid: placement for placement in placements}

    def link(self, session, folder, uid, uidvalidity, rule=""):
        """Link one message, although rules pass over it; it takes the path of all mail.

        :param str rule: the rule that passed over it, when it is counted there
        :return: the :class:`~.imap_reader.Tally`; None when the folder is numbered anew
        """
        snapshot = folder._open(session)
        if folder._uidvalidity(snapshot) != uidvalidity:
            return None
        self._put_back(folder, uid, uidvalidity)

        def note(tally):
            # one that comes back after it was deleted is counted with all of its copies
            if folder.selected and rule != "deleted":
                passed_over = (folder.skipped_by_rule or {}).get(rule) and tally.linked
                skipped = Counter({rule: -1} if passed_over else {})
                folder._count(0, tally.linked, tally.quarantined, skipped)

        reader = Reader(self._connection, wanted_back=self._may_bring_back, **LIFTED)
        tally = reader.take(
            session,
            folder,
            [uid],
            uidvalidity=uidvalidity,
            silent=True,
            again=True,
            isolate=True,
            note=note,
        )
        reader.touched.settle_at_once()
        return tally

    # ------------------------------------------------------------------
    # words
    # ------------------------------------------------------------------

    def _answer(self, folder, snapshot, placement, raw, facts, verdict, circumstances):
        author = next(iter(facts.from_ + facts.sender), None)
        outcome, explanation = self._explained(folder, snapshot, placement, raw, facts, verdict)
        can_link = outcome != "deleted" or self._may_bring_back(placement.email_id)
        lifted = match(facts, replace(circumstances, **LIFTED))
        if outcome == "skipped" and verdict.reason.value == "excluded":
            explanation = self._exclusion(excluded_by(facts, circumstances))
        return Answer(
            uid=raw.uid,
            uidvalidity=folder._uidvalidity(snapshot),
            date=facts.date.replace(tzinfo=None),
            author=(author.name or author.email) if author else "",
            subject=facts.subject,
            outcome=outcome,
            explanation=explanation,
            rule={"skipped": verdict.reason.value, "deleted": "deleted"}.get(outcome, ""),
            can_link=can_link and outcome != "linked" and lifted.outcome is Outcome.LINK,
        )

    def _explained(self, folder, snapshot, placement, raw, facts, verdict):
        """Return the outcome of one message and the sentence about it."""
        env = self._owner_env
        if placement and placement.state == "quarantined":
            return "quarantined", self._quarantined(placement)
        if placement and placement.email_id:
            if placement.email_id.deleted_date:
                return "deleted", self._deleted(placement.email_id)
            if self._taken_off(placement.email_id):
                return "removed", env._("Somebody removed it from the chatter.")
            return "linked", self._standing(placement.email_id, facts)
        copy = self._known_copy(facts)
        if copy:
            return "linked", copy
        skipped = why(env, verdict.reason.value) if verdict.outcome is Outcome.SKIP else ""
        if not folder.selected:
            return "unsynced", " ".join(filter(None, [env._("Its folder is not synced."), skipped]))
        if folder.trouble:
            return "unsynced", folder.with_env(env)._trouble_text()
        if skipped:
            return "skipped", skipped
        cursor = folder._cursor()
        if rebased(cursor, snapshot) != cursor or not cursor.covers(raw.uid):
            return "pending", env._("Odoo has not looked at it yet. It comes with the next syncs.")
        return "missing", env._(
            "Nothing keeps it out: it came before its contact did, or it was lost."
        )

    @staticmethod
    def _taken_off(email):
        """Say whether people removed an email from wherever it stood."""
        links = email.env["imap.link"]
        return not email.entry_ids and bool(
            links.search_count([("email_id", "=", email.id), ("kind", "=", "removed")], limit=1)
        )

    def _may_bring_back(self, email):
        """Say whether the person may have an email again that was deleted in Odoo."""
        user = self._owner_env.user
        return not email.deleted_by_manager or user.has_group("mail_imap_sync.group_manager")

    def _deleted(self, email):
        """Return who deleted an email in Odoo, and when."""
        env = self._owner_env
        said = env._(
            "Deleted in Odoo by %(name)s on %(day)s.",
            name=email.deleted_by_id.name or env._("somebody who left"),
            day=format_date(
                env,
                fields.Datetime.context_timestamp(
                    self._connection.with_env(env), email.deleted_date
                ),
            ),
        )
        if self._may_bring_back(email):
            return said
        return f"{said} {env._('Only who manages all mailboxes can bring it back.')}"

    def _put_back(self, folder, uid, uidvalidity):
        """Forget that people removed an email, so that it is linked like any other."""
        placement = folder.env["imap.placement"].search(
            [("folder_id", "=", folder.id), ("uidvalidity", "=", uidvalidity), ("uid", "=", uid)]
        )
        if placement.email_id and self._taken_off(placement.email_id):
            links = folder.env["imap.link"]
            links.search([("email_id", "=", placement.email_id.id)]).unlink()
            placement.unlink()
            folder._count(0, -1, 0, Counter())

    def _quarantined(self, placement):
        env = self._owner_env
        after = (
            env._("It was dismissed.")
            if placement.dismissed
            else env._("Odoo tries again every day.")
        )
        return f"{sentence_for(env, placement.error_code)} {after}"

    def _unreadable(self, folder, snapshot, uid, error, placement):
        env = self._owner_env
        return Answer(
            uid=uid,
            uidvalidity=folder._uidvalidity(snapshot),
            date=False,
            author="",
            subject="",
            outcome="quarantined",
            explanation=self._quarantined(placement) if placement else sentence(env, error),
        )

    def _standing(self, email, facts):
        """Return on which records an email stands, as far as the owner may read them."""
        env = self._owner_env
        of_email = Domain("imap_email_id", "=", email.id) & Domain("imap_stub", "=", False)
        if facts.message_id:
            # Odoo's own message, which was sent from there, stands for the email
            own = Domain("imap_email_id", "=", False) & Domain("message_id", "=", facts.message_id)
            of_email |= own & Domain("model", "!=", False)
        entries = self._connection.env["mail.message"].search(of_email, limit=20)
        if not entries:
            return env._("It was linked, and its entry has been deleted from the chatter.")
        names = []
        for model, group in entries.grouped("model").items():
            if model in env:
                records = env[model].browse(set(group.mapped("res_id"))).exists()
                readable = records._filtered_access("read")
                names += readable.mapped(records._rec_name or "display_name")
        if not names:
            return env._("It is on records that you may not read.")
        return env._("It is in the chatter of %(names)s.", names=format_list(env, names))

    def _known_copy(self, facts):
        """Return where another copy of a mail stands, if the owner may read that."""
        if not facts.message_id:
            return ""
        email = self._owner_env["imap.email"].search(
            [("message_id", "=", facts.message_id)], limit=1
        )
        return self._standing(email.sudo(), facts) if email else ""

    def _exclusion(self, value):
        env = self._owner_env
        exclusions = self._connection.env["imap.exclusion"]
        exclusions = exclusions.search(
            exclusions._mailbox_domain(self._connection) & Domain("value", "=", value)
        )
        if exclusions.filtered(lambda exclusion: not exclusion.user_id):
            return env._("“%(value)s” is never synced, for the whole company.", value=value)
        return env._("“%(value)s” is on your list “Never sync”.", value=value)
