import {Component} from "@odoo/owl";

import {useService} from "@web/core/utils/hooks";

/** People of an email's header; those who are contacts open their form. */
export class People extends Component {
    static template = "mail_imap_sync.People";
    static props = {
        people: Array,
        showsAddresses: {type: Boolean, optional: true},
    };

    setup() {
        this.action = useService("action");
    }

    text(person) {
        return this.props.showsAddresses ? person.full : person.name || person.email;
    }

    open({contact}) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: contact,
            views: [[false, "form"]],
        });
    }
}
