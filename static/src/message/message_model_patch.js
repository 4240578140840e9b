import {Message} from "@mail/core/common/message_model";

import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

/**
 * @param {[string, string][]} people name and address of each
 * @returns {string} the names, or the addresses of those without a name
 */
function names(people) {
    return (people || []).map(([name, email]) => name || email).join(", ");
}

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {"in"|"out"|undefined} set on the entry of a synced email */
        this.imap_direction = undefined;
        /** @type {"person"|"bulk"|"automated"|"bounce"|undefined} who or what wrote it */
        this.imap_kind = undefined;
        /** @type {"pass"|"fail"|false|undefined} whether the receiving mail server could confirm who sent it */
        this.imap_authentication = undefined;
        /** @type {String[]|undefined} in whose mailboxes it is, as far as the reader may know that */
        this.imap_mailboxes = undefined;
    },

    /** What a synced email is, if no person wrote it to somebody: no answer is to be expected of such. */
    get imapKindText() {
        return {
            bulk: _t("Newsletter or list"),
            automated: _t("Automatic mail"),
            bounce: _t("Not delivered"),
        }[this.imap_kind];
    },

    /** Through whose mailboxes a synced email came, unless it is the reader's own mailbox only. */
    get imapMailboxesText() {
        const owners = this.imap_mailboxes || [];
        const own = owners.length === 1 && owners[0] === this.store.self.name;
        return own || !owners.length
            ? ""
            : _t("in mailbox of %(names)s", {names: owners.join(", ")});
    },

    /** Who a synced email went to, as one line. */
    get imapRecipientsText() {
        const to = names(this.incoming_email_to);
        const cc = names(this.incoming_email_cc);
        if (!cc) {
            return to;
        }
        return to ? _t("%(to)s, Cc: %(cc)s", {to, cc}) : _t("Cc: %(cc)s", {cc});
    },

    /** The same with all addresses, for the tooltip. */
    get imapRecipientsTitle() {
        return [...(this.incoming_email_to || []), ...(this.incoming_email_cc || [])]
            .map(([name, email]) => (name ? `${name} <${email}>` : email))
            .join("\n");
    },

    /** Whether images of a synced email are held back: see lib/harmless.py. */
    get imapHoldsImagesBack() {
        return Boolean(this.imap_direction) && /<img\b[^>]*\slongdesc="/i.test(this.body);
    },

    get imapDirectionTitle() {
        return this.imap_direction === "out" ? _t("Sent email") : _t("Received email");
    },
});
