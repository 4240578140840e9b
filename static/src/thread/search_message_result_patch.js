import {SearchMessageResult} from "@mail/core/common/search_message_result";
import {compareByDate} from "./message_order";

import {patch} from "@web/core/utils/patch";

patch(SearchMessageResult.prototype, {
    /** Go on before the oldest message that was found, which has not the lowest id where mail was back-filled. */
    onLoadMoreVisible() {
        const {messages, search} = this.props.messageSearch;
        if (!this.props.thread.imapDateOrder || !messages.length) {
            super.onLoadMoreVisible();
            return;
        }
        search.call(this.props.messageSearch, [...messages].sort(compareByDate)[0].id);
    },
});
