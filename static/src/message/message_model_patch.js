import {Message} from "@mail/core/common/message_model";

import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

/** Recipients whose names are shown before the rest is folded. */
const SHOWN = 3;

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {"in"|"out"|undefined} set on the entry of a synced email */
        this.imap_direction = undefined;
        /** @type {"person"|"bulk"|"automated"|"bounce"|undefined} who or what wrote it */
        this.imap_kind = undefined;
        /** @type {"pass"|"fail"|false|undefined} whether the receiving mail server could confirm who sent it */
        this.imap_authentication = undefined;
        /** @type {[string, string][]|undefined} name and address of who wrote it */
        this.imap_from = undefined;
        /** @type {Object.<string, number>|undefined} ids of the contacts among its people, by address */
        this.imap_contacts = undefined;
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

    /**
     * @param {[string, string][]} people name and address of each
     * @returns {{name: string, email: string, full: string, contact: number|undefined}[]}
     */
    imapPeople(people) {
        return (people || []).map(([name, email]) => ({
            name,
            email,
            full: name ? `${name} <${email}>` : email,
            contact: this.imap_contacts?.[email.toLowerCase()],
        }));
    },

    get imapRecipients() {
        const cc = this.imapPeople(this.incoming_email_cc);
        if (cc.length) {
            cc[0].isFirstCc = true;
        }
        return [...this.imapPeople(this.incoming_email_to), ...cc];
    },

    get imapFirstRecipients() {
        return this.imapRecipients.slice(0, SHOWN);
    },

    /** How many recipients are folded. */
    get imapMoreText() {
        const more = this.imapRecipients.length - SHOWN;
        return more > 0 ? _t("and %(number)s more", {number: more}) : "";
    },

    /** Everybody in the header, field by field. */
    get imapHeaderRows() {
        return [
            {label: _t("From:"), people: this.imapPeople(this.imap_from)},
            {label: _t("To:"), people: this.imapPeople(this.incoming_email_to)},
            {label: _t("Cc:"), people: this.imapPeople(this.incoming_email_cc)},
        ].filter(({people}) => people.length);
    },

    /** Whether images of a synced email are held back: see lib/harmless.py. */
    get imapHoldsImagesBack() {
        return Boolean(this.imap_direction) && /<img\b[^>]*\slongdesc="/i.test(this.body);
    },

    get imapDirectionTitle() {
        return this.imap_direction === "out" ? _t("Sent email") : _t("Received email");
    },
});
