import {Component, onWillUnmount, onWillUpdateProps, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/** How far the past mail of a mailbox has been looked at; it moves by itself. */
export class ImapProgressField extends Component {
    static template = "mail_imap_sync.ProgressField";
    static props = {...standardFieldProps};

    setup() {
        this.service = useService("imap_progress");
        this.state = useState({percent: 0, text: "", moving: false});
        this.end = () => undefined;
        this.follow(this.props);
        onWillUpdateProps((props) => this.follow(props));
        onWillUnmount(() => this.end());
    }

    /** Show what the record says, and watch it if there is more to come. */
    follow({record}) {
        this.show(record.data);
        this.end();
        if (this.state.moving && record.resId) {
            this.end = this.service.watch(record.resModel, record.resId, (values) =>
                this.update(record, values)
            );
        }
    }

    show({progress, progress_text, progress_moving}) {
        Object.assign(this.state, {
            percent: Math.floor(progress),
            text: progress_text || "",
            moving: progress_moving,
        });
    }

    async update(record, values) {
        this.show(values);
        if (!values.progress_moving) {
            this.end();
            // The other numbers of a form stand still meanwhile.
            if (record.model.root === record && !(await record.isDirty())) {
                await record.load();
            }
        }
    }

    get complete() {
        return this.state.percent >= 100;
    }
}

export const imapProgressField = {
    component: ImapProgressField,
    // a list shows the text, whose column stands on the left
    supportedTypes: ["float", "char"],
    fieldDependencies: [
        {name: "progress", type: "float"},
        {name: "progress_text", type: "char"},
        {name: "progress_moving", type: "boolean"},
    ],
};

registry.category("fields").add("imap_progress", imapProgressField);
