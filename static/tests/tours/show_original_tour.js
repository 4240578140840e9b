import {registry} from "@web/core/registry";

const EMAIL = ".o-mail-Message:has(.o-mail-imapHeader)";

/** The owner of an email looks at its header. */
registry.category("web_tour.tours").add("mail_imap_sync.show_original", {
    timeout: 60000,
    steps: () => [
        {
            trigger: EMAIL,
            run: `hover && click ${EMAIL} [title='Expand']`,
        },
        {
            trigger: ".o-dropdown-item:contains(Show original)",
            run: "click",
        },
        {
            trigger: ".modal pre.o_imap_original:contains(X-Kind: a)",
        },
        {
            trigger: ".modal a[href*='/mail_imap_sync/original/']:contains(Download)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
    ],
});
