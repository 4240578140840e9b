import {mailModels} from "@mail/../tests/mail_test_helpers";

import {defineModels, fields, getKwArgs, makeKwArgs} from "@web/../tests/web_test_helpers";

const NEWEST_FIRST = (m1, m2) => (m1.date < m2.date ? 1 : m1.date > m2.date ? -1 : m2.id - m1.id);

/** As models/mail_message_order.py */
class MailMessage extends mailModels.MailMessage {
    imap_email_id = fields.Integer();

    _message_fetch() {
        const params = getKwArgs(arguments, "domain", "thread");
        const {domain, thread, before, after, around, imap_window, limit = 30, ...others} = params;
        const isSynced = this._filter([
            ["model", "=", thread._name],
            ["res_id", "=", thread[0].id],
            ["imap_email_id", "!=", false],
        ]).length;
        if (!isSynced) {
            return super._message_fetch(...arguments);
        }
        const result = super._message_fetch(
            domain,
            thread,
            makeKwArgs({...others, limit: Number.MAX_SAFE_INTEGER})
        );
        const all = result.messages.sort(NEWEST_FIRST);
        const place = (id) => all.findIndex((message) => message.id === id);
        if (imap_window) {
            const {known, since} = imap_window;
            const shown = since ? all.slice(0, place(since) + 1) : all;
            result.messages = shown.filter(({id}) => !known.includes(id)).slice(0, limit);
        } else if (around === undefined) {
            const upTo = after ? place(after) : all.length;
            const from = before ? place(before) + 1 : after ? Math.max(upTo - limit, 0) : 0;
            result.messages = all.slice(from, Math.min(upTo, from + limit));
        } else {
            const middle = place(around);
            result.messages = all.slice(
                Math.max(middle - Math.floor(limit / 2), 0),
                middle + Math.floor(limit / 2)
            );
        }
        return {...result, imap_date_order: true};
    }
}

export function defineSyncedMailModels() {
    defineModels({...mailModels, MailMessage});
}

/**
 * Add messages to the chatter of a contact, dated by days of January 2026.
 *
 * @param {Object} env the server's
 * @param {number} partnerId
 * @param {...(number|string)} days of synced mails as numbers, of notes as strings
 * @returns {number[]} their ids
 */
export function addMessages(env, partnerId, ...days) {
    return days.map((day) =>
        env["mail.message"].create({
            body: `${typeof day === "number" ? "mail" : "note"} ${day}`,
            date: `2026-01-${String(Math.floor(day)).padStart(2, "0")} 12:00:${String(
                Math.round((day % 1) * 60)
            ).padStart(2, "0")}`,
            imap_email_id: typeof day === "number" ? 1 : false,
            message_type: typeof day === "number" ? "email" : "comment",
            model: "res.partner",
            res_id: partnerId,
        })
    );
}
