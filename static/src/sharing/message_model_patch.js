import {Message} from "@mail/core/common/message_model";

import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {"subject"|"metadata"|undefined} set on what stands for an email that is not shared in full */
        this.imap_stub = undefined;
        /** @type {{level: string, by_others: boolean}|false|undefined} set on an email of one's own */
        this.imap_sharing = undefined;
    },

    /** A stub has no text, but it is no message that was removed. */
    computeIsEmpty() {
        return !this.imap_stub && super.computeIsEmpty();
    },

    /** What is not shared of an email, in words. */
    get imapStubText() {
        return this.imap_stub === "subject"
            ? _t("The text of this email is not shared with you.")
            : _t("Subject and text of this email are not shared with you.");
    },

    /** What colleagues see of one's own email; empty if that is everything. */
    get imapSharingText() {
        return {
            subject: _t("Colleagues see the subject only"),
            metadata: _t("Colleagues see only that it happened"),
            private: _t("Private"),
        }[this.imap_sharing?.level];
    },

    get imapSharingTitle() {
        if (!this.imap_sharing.by_others) {
            return _t("Change what colleagues see of this email");
        }
        return _t("A colleague who has this email too shares more of it than you do.");
    },
});
