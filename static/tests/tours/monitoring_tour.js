import {registry} from "@web/core/registry";

const openTab = {
    content: "Open the settings of mailboxes",
    trigger: ".settings_tab .tab[data-key=mail_imap_sync]",
    run: "click",
};

/** An administrator replaces the token for monitoring, sees the new one once, and withdraws it. */
registry.category("web_tour.tours").add("mail_imap_sync.monitoring", {
    steps: () => [
        openTab,
        {
            trigger: "#imap_health_token button:contains(Make another token)",
            run: "click",
        },
        {
            content: "The present one would be of no use",
            trigger: ".modal:contains(The present token is of no use then) .btn-primary",
            run: "click",
        },
        {
            content: "It is shown once",
            trigger: ".modal:contains(it is shown this once) .o_field_widget[name=access_token]",
        },
        {
            trigger: ".modal button:contains(Done)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "Nobody is to ask any more",
            trigger: "#imap_health_token button:contains(Withdraw it)",
            run: "click",
        },
        {
            trigger: ".modal:contains(Whoever asks with the token is refused) .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        openTab,
        {
            trigger: "#imap_health_token button:contains(Make a token)",
        },
    ],
});
