import {Component} from "@odoo/owl";

import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** A field that shows as an icon. */
class IconField extends Component {
    static template = "mail_imap_sync.IconField";
    static props = {...standardFieldProps};

    get value() {
        return this.props.record.data[this.props.name];
    }
}

/** Whether an email was received or sent, with the arrows of the chatter. */
class DirectionField extends IconField {
    get icon() {
        return this.value === "out" ? "fa-arrow-up text-success" : "fa-arrow-down text-primary";
    }

    get title() {
        return this.value === "out" ? _t("Sent email") : _t("Received email");
    }
}

/** A paper clip on emails with attachments. */
class HasAttachmentField extends IconField {
    get icon() {
        return this.value && "fa-paperclip text-muted";
    }

    get title() {
        return _t("With attachment");
    }
}

registry.category("fields").add("imap_direction", {
    component: DirectionField,
    supportedTypes: ["selection"],
});
registry.category("fields").add("imap_has_attachment", {
    component: HasAttachmentField,
    supportedTypes: ["boolean"],
});
