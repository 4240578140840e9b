import {Thread} from "@mail/core/common/thread";
import {compareByDate} from "./message_order";

import {patch} from "@web/core/utils/patch";

patch(Thread.prototype, {
    /**
     * Odoo keeps messages in place when others are loaded before or after them, which it knows by comparing the ids of
     * the outermost ones. In a thread that is ordered by date it gets their ranks to compare instead.
     *
     * @param {import("models").Thread} thread
     */
    applyScrollContextually(thread) {
        if (!thread.imapDateOrder) {
            super.applyScrollContextually(thread);
            return;
        }
        const rank = (message, rendered) =>
            message && rendered ? {id: compareByDate(message, rendered)} : undefined;
        const ranked = {
            oldestPersistentMessage: rank(
                thread.oldestPersistentMessage,
                this.oldestPersistentMessage
            ),
            newestPersistentMessage: rank(
                thread.newestPersistentMessage,
                this.newestPersistentMessage
            ),
            scrollTop: thread.scrollTop,
        };
        // both are set anew right after this
        this.oldestPersistentMessage = {id: 0};
        this.newestPersistentMessage = {id: 0};
        super.applyScrollContextually(ranked);
    },
});
