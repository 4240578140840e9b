import {Component, onWillUnmount, status, useState} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useRecordObserver} from "@web/model/relational_model/utils";
import {useService} from "@web/core/utils/hooks";

/** Milliseconds between two looks. */
const INTERVAL = 2000;

/** Says that past mail of a contact is being looked for, and shows that mail once it is there. */
export class ImapPastMailField extends Component {
    static template = "mail_imap_sync.PastMailField";
    static props = {...standardFieldProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({looking: false});
        useRecordObserver((record) => this.follow(record));
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    follow(record) {
        this.state.looking = record.data[this.props.name];
        browser.clearTimeout(this.timer);
        if (this.state.looking && record.resId) {
            this.timer = browser.setTimeout(() => this.look(record), INTERVAL);
        }
    }

    async look(record) {
        if (status(this) === "destroyed") {
            // the observer is called once more behind the form that is left
            return;
        }
        const {name} = this.props;
        const [values] = await this.orm.silent.read(record.resModel, [record.resId], [name]);
        if (record.resId !== this.props.record.resId) {
            return;
        }
        if (values && values[name]) {
            this.timer = browser.setTimeout(() => this.look(record), INTERVAL);
            return;
        }
        this.state.looking = false;
        // The mail stands between older messages: the whole chatter is fetched anew.
        if (record.model.root === record && !(await record.isDirty())) {
            await this.action.doAction("soft_reload");
        }
    }
}

registry.category("fields").add("imap_past_mail", {
    component: ImapPastMailField,
    supportedTypes: ["boolean"],
});
