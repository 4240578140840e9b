import {Component, onMounted, useRef, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/** Puts the cursor on the field of a form that another field names: where a person has something to correct. */
export class ImapCursor extends Component {
    static template = xml`<span t-ref="here" class="d-none" />`;
    static props = {...standardWidgetProps, field: String};

    setup() {
        const here = useRef("here");
        onMounted(async () => {
            // the form itself puts it on its first field, when it is mounted
            await Promise.resolve();
            const name = this.props.record.data[this.props.field];
            const form = here.el?.closest(".o_form_view");
            const input = form?.querySelector(`.o_field_widget[name="${name}"] input`);
            input?.focus();
            input?.select();
        });
    }
}

registry.category("view_widgets").add("imap_cursor", {
    component: ImapCursor,
    extractProps: ({options}) => ({field: options.field}),
});
