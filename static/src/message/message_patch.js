import {Message} from "@mail/core/common/message";

import {_t} from "@web/core/l10n/translation";
import {patch} from "@web/core/utils/patch";

import {People} from "./people";

/**
 * @param {string} address
 * @returns {Boolean} whether it may be fetched as an image: on the web, or one of Odoo's own images, but no other page
 *  of Odoo, which could do something for the reader (``/web/session/logout``)
 */
function isImageAddress(address) {
    if (!/^(https?:)?\/\//i.test(address) || !URL.canParse(address, location.href)) {
        return false;
    }
    const url = new URL(address, location.href);
    return url.origin !== location.origin || url.pathname.startsWith("/web/image/");
}

Object.assign(Message.components, {ImapPeople: People});

patch(Message.prototype, {
    setup() {
        super.setup(...arguments);
        this.state.imapShowsDetails = false;
        this.state.imapShowsImages = false;
    },

    get imapDetailsTitle() {
        return this.state.imapShowsDetails ? _t("Hide addresses") : _t("Show all addresses");
    },

    onClickDetails() {
        this.state.imapShowsDetails = !this.state.imapShowsDetails;
    },

    /**
     * Show the remote images of a synced email, which are held back (lib/harmless.py) because fetching them tells the
     * sender that the mail is read. Nothing is remembered: the next reader decides again.
     */
    onClickShowImages() {
        for (const image of this.shadowRoot.querySelectorAll("img[longdesc]:not([src])")) {
            const address = image.getAttribute("longdesc");
            if (isImageAddress(address)) {
                image.referrerPolicy = "no-referrer";
                image.src = address;
            }
        }
        this.state.imapShowsImages = true;
    },
});
