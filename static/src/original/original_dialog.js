import {Component} from "@odoo/owl";

import {Dialog} from "@web/core/dialog/dialog";
import {_t} from "@web/core/l10n/translation";

/** The header of an email as its server has it, and the way to the whole email. */
export class OriginalDialog extends Component {
    static template = "mail_imap_sync.OriginalDialog";
    static components = {Dialog};
    static props = {
        original: {type: Object, shape: {header: String, url: String}},
        close: Function,
    };

    get title() {
        return _t("Original email");
    }
}
