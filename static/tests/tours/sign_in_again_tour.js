import {registry} from "@web/core/registry";

/** A salesperson whose password was changed at the provider follows the link of the notice. */
registry.category("web_tour.tours").add("mail_imap_sync.sign_in_again", {
    timeout: 60000,
    steps: () => [
        {
            content: "Only the password is asked for",
            trigger:
                ".o_dialog .modal-content:contains(Sign in again):not(:has(div[name=host]:visible))",
        },
        {
            content: "Not this one",
            trigger: ".o_dialog div[name=password] input",
            run: "edit still the old one",
        },
        {
            trigger: ".o_dialog button[name=action_sign_in]",
            run: "click",
        },
        {
            content: "It says so",
            trigger:
                ".o_dialog .text-danger:visible:contains(does not accept this login and password)",
        },
        {
            content: "The new one",
            trigger: ".o_dialog div[name=password] input",
            run: "edit new at the server",
        },
        {
            trigger: ".o_dialog button[name=action_sign_in]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(is connected)",
        },
        {
            content: "Behind it are the preferences",
            trigger: ".o_form_view a.nav-link:contains(Mailboxes)",
        },
    ],
});
