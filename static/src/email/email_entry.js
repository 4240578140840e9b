import {Message} from "@mail/core/common/message";

import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";

import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** Icons of the records that an email stands on most. */
const ICONS = {"res.partner": "fa-user", "crm.lead": "fa-star"};

/** An email in its form: the records that it stands on, and its entry just as the chatter shows it. */
class EmailEntry extends Component {
    static template = "mail_imap_sync.EmailEntry";
    static components = {Message};
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.store = useService("mail.store");
        this.state = useState({message: undefined, records: []});
        onWillStart(() => this.load(this.props.record));
        onWillUpdateProps((nextProps) => {
            if (nextProps.record.resId !== this.props.record.resId) {
                return this.load(nextProps.record);
            }
        });
    }

    async load(record) {
        const {message, store, records} = await this.orm.call(
            record.resModel,
            "reading_data",
            [record.resId],
            {context: record.context}
        );
        this.store.insert(store);
        this.state.message = message && this.store["mail.message"].get(message);
        this.state.records = records;
    }

    icon({model}) {
        return ICONS[model] || "fa-file-o";
    }

    open({model, id}) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("imap_email_entry", {component: EmailEntry});
