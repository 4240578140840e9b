import {registry} from "@web/core/registry";

/** Folders can be chosen on a phone, too, where Odoo would show cards with their names alone. */
registry.category("web_tour.tours").add("mail_imap_sync.phone", {
    steps: () => [
        {
            content: "This one is synced",
            trigger: ".o_form_view .o_data_row:contains(INBOX) .o_boolean_toggle input:checked",
        },
        {
            content: "This one is not yet",
            trigger: ".o_data_row:contains(Trash) td[name=selected]",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Trash) .o_boolean_toggle input:not(:checked)",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains(Trash) .o_boolean_toggle input:checked",
        },
        {
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
