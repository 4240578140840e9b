import {Message} from "@mail/core/common/message";

import {patch} from "@web/core/utils/patch";

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.state.imapShowsImages = false;
    },

    /**
     * Show the remote images of a synced email, which are held back (lib/remote.py) because fetching them tells the
     * sender that the mail is read. Nothing is remembered: the next reader decides again.
     */
    onClickShowImages() {
        for (const image of this.shadowRoot.querySelectorAll("img[longdesc]:not([src])")) {
            const address = image.getAttribute("longdesc");
            if (/^(https?:)?\/\//i.test(address)) {
                image.referrerPolicy = "no-referrer";
                image.src = address;
            }
        }
        this.state.imapShowsImages = true;
    },
});
