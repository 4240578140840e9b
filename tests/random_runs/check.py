"""Compares what Odoo holds after a run with what it should hold. Nothing of the engine is asked for its opinion."""

from collections import Counter

from . import eyes, mails


class Finding(AssertionError):
    """Something is lost, doubled, wrong, or not as counted."""


def check(world):
    """Compare everything; the mailboxes have been synced to the end.

    :raise Finding: saying what is wrong
    """
    found = [
        *_entries(world),
        *_placements(world),
        *_counters(world),
        *_touchpoints(world),
        *_deleted(world),
        *eyes.seen(world),
    ]
    if found:
        raise Finding("; ".join(found))


def audit(world, box, report):
    """Compare the report of an audit with what is on the server; everything has been synced to the end.

    :raise Finding: saying what is wrong
    """
    if not (report and report["complete"]):
        raise Finding(f"{box.login}: the audit is not complete: {report}")
    if report["missing"] or report["pending"]:
        raise Finding(f"{box.login}: the audit found something to do: {report}")
    outcomes = ("linked", "skipped", "quarantined")
    if report["on_server"] != sum(report[outcome] for outcome in outcomes):
        raise Finding(f"{box.login}: the audit does not add up: {report}")
    wanted = [
        world.outcomes(world.mails[mails.key_of(raw)], box, folder)
        for folder, _uidvalidity, _uid, raw in box.server.copies()
    ]
    for outcome in ("linked", "quarantined"):
        least = wanted.count({outcome})
        most = sum(outcome in one for one in wanted)
        if not least <= report[outcome] <= most:
            raise Finding(
                f"{box.login}: the audit tells of {report[outcome]} {outcome}, not of {least} to {most}"
            )


def rows(world):
    """Return what must not change when there is nothing new."""
    rows = {
        "imap.email": [],
        "mail.message": [],
        "imap.placement": [],
        "imap.share": [],
        "ir.attachment": [("res_model", "=", "imap.email")],
    }
    return [world.env[model].search(domain, order="id").ids for model, domain in rows.items()]


def _entries(world):
    """Every email stands exactly once where it belongs, and nowhere else."""
    names = {(record._name, record.id): name for name, record in world.records.items()}
    rows_of, standing = Counter(), {}
    for email in world.env["imap.email"].search([]):
        rows_of[email.subject] += 1
        standing.setdefault(email.subject, Counter()).update(
            names.get((entry.model, entry.res_id), f"{entry.model} {entry.res_id}")
            for entry in email.entry_ids
        )
    for subject, number in rows_of.items():
        if number > 1:
            yield f"{subject}: {number} emails instead of one"
    here = {}
    for box in world.boxes:
        for folder, *_ids, raw in box.server.copies():
            here.setdefault((box, mails.key_of(raw)), set()).add(folder)
    for key, mail in world.mails.items():
        required = set()
        allowed = world.put(mail)
        for box in world.boxes:
            links = world.links(mail, box)
            if key in box.held and "linked" in world.outcomes(mail, box, "INBOX"):
                allowed |= links
            for folder in here.get((box, key), ()):
                if world.outcomes(mail, box, folder) == {"linked"}:
                    required |= links
        there = standing.pop(mail.subject, Counter())
        if lost := required - set(there):
            yield f"{mail.subject}: not linked to {sorted(lost)}"
        if wrong := set(there) - allowed:
            yield f"{mail.subject}: linked to {sorted(wrong)}"
        if twice := [name for name, number in there.items() if number > 1]:
            yield f"{mail.subject}: twice on {sorted(twice)}"
    for subject in standing:
        yield f"{subject}: an email of nobody"


def _placements(world):
    """Every message on a server has its placement, if it is to have one."""
    for box in world.boxes:
        found = {
            (p.folder_id.raw_path, p.uidvalidity, p.uid): p
            for p in world.env["imap.placement"].search([("connection_id", "=", box.connection.id)])
        }
        if box.server.keeps_track:
            yield from _what_became(box, found)
        for name, uidvalidity, uid, raw in box.server.copies():
            mail = world.mails[mails.key_of(raw)]
            placement = found.get((name, uidvalidity, uid))
            is_there = placement and not placement.email_id.deleted_date
            state = placement.state if is_there else "skipped"
            wanted = world.outcomes(mail, box, name)
            where = f"{box.login} {name} {uid}"
            if state not in wanted:
                yield f"{where}: {mail.subject} is {state}, not {' or '.join(sorted(wanted))}"
            elif state == "linked" and placement.email_id.subject != mail.subject:
                yield f"{where}: {mail.subject} is taken for {placement.email_id.subject}"


def _what_became(box, placements):
    """What is linked has the server's flags, and is missed when it is there no longer."""
    copies = {copy[:3] for copy in box.server.copies()}
    current = {copy[:2] for copy in copies}
    for place, placement in placements.items():
        if placement.state != "linked" or place[:2] not in current:
            continue
        where = f"{box.login} {place[0]} {place[2]}"
        if place not in copies:
            yield f"{where}: linked, but gone"
            continue
        flags = set(box.server.message(place[0], place[2])[2])
        if {*(placement.flags or "").split()} - {"\\Recent"} != flags:
            yield f"{where}: flags {placement.flags}, not {sorted(flags)}"


def _counters(world):
    """What was looked at adds up, and is neither less nor more than what was there."""
    for box in world.boxes:
        for name in box.server.names():
            folder = box.folder(name)
            where = f"{box.login} {name}"
            outcomes = (folder.linked, folder.skipped, folder.quarantined)
            if folder.seen != sum(outcomes):
                yield f"{where}: looked at {folder.seen}, but outcomes {outcomes}"
            here = [
                world.mails[mails.key_of(raw)]
                for folder_name, *_ids, raw in box.server.copies()
                if folder_name == name
            ]
            least = sum(not box.since or mail.date >= box.since for mail in here)
            most = box.server.most_seen(name)
            if not least <= folder.seen <= most:
                yield f"{where}: looked at {folder.seen}, of {least} to {most}"
        if pending := box.connection.backlog_count:
            yield f"{box.login}: {pending} still waiting"
        if box.connection.state != "connected":
            yield f"{box.login}: {box.connection.state}, {box.connection.error_code}"


def _touchpoints(world):
    """What is stored with a record is what its mail says."""
    for name, record in world.records.items():
        record.invalidate_recordset()
        entries = record.env["mail.message"].search(
            [
                ("model", "=", record._name),
                ("res_id", "=", record.id),
                ("imap_email_id.kind", "=", "person"),
            ]
        )
        # what is stored with a record is seen by everybody who may read it
        emails = entries.imap_email_id.filtered(lambda e: eyes.level(world, e) != "private")
        number = len({email.message_id or email.id for email in emails})
        last = max(emails.mapped("date"), default=False)
        if (record.imap_mail_count, record.imap_last_email) != (number, last):
            yield (
                f"{name}: {record.imap_mail_count} mails until {record.imap_last_email}, "
                f"not {number} until {last}"
            )


def _deleted(world):
    """What was deleted in Odoo is gone for good, what left with its mailbox for now: no entry, no file, no word."""
    tombstones = world.env["imap.email"].with_context(active_test=False)
    tombstones = tombstones.search([("deleted_date", "!=", False)])
    left = tombstones.filtered("comes_back")
    if len(tombstones - left) != len(world.deleted):
        yield f"{len(tombstones - left)} emails are deleted, not {len(world.deleted)}"
    if left - world.env["imap.link"].search([]).email_id:
        yield "the fingerprint of an email is kept for nothing"
    if any(tombstones.mapped("subject")):
        yield "the subject of a deleted email is kept"
    entries = world.env["mail.message"].search([("imap_email_id", "in", tombstones.ids)])
    files = world.env["ir.attachment"].search(
        [("res_model", "=", "imap.email"), ("res_id", "in", tombstones.ids)]
    )
    if entries or files:
        yield f"{len(entries)} entries and {len(files)} files of deleted emails"
