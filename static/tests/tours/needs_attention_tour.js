import {registry} from "@web/core/registry";

/** An administrator finds the mailbox that needs somebody, opens it, and tries again; then sees what its runs did. */
registry.category("web_tour.tours").add("mail_imap_sync.needs_attention", {
    steps: () => [
        {
            content: "All mailboxes are there",
            trigger: ".o_list_view .o_data_row:contains(olga@tea.example)",
        },
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_filter_menu .o_menu_item:contains(Needs attention)",
            run: "click",
        },
        {
            trigger: ".o_searchview_facet:contains(Needs attention)",
        },
        {
            content: "The list says what is wrong",
            trigger:
                ".o_data_row:contains(did not answer in time) td[name=email]:contains(olga@tea.example)",
            run: "click",
        },
        {
            content: "So does the mailbox, and when Odoo tries again",
            trigger: ".o_form_view .alert-warning:contains(did not answer in time)",
        },
        {
            trigger: ".o_form_view label:contains(Next try)",
        },
        {
            content: "Try again",
            trigger: ".o_form_view .o_form_statusbar button:contains(Try again)",
            run: "click",
        },
        {
            content: "It works again",
            trigger: ".o_form_view .o_field_badge[name=state]:contains(Connected)",
        },
        {
            trigger: ".o_form_view:not(:has(.alert-warning:visible))",
        },
        {
            content: "See what happened",
            trigger: ".o_form_view button:contains(History)",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Works again)",
        },
    ],
});
