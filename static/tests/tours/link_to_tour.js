import {registry} from "@web/core/registry";

const EMAIL = ".o-mail-Message:has(.o-mail-imapHeader)";
const NO_EMAIL = ".o-mail-Chatter:not(:has(.o-mail-imapHeader))";
const LINK_TO = {
    trigger: EMAIL,
    run: `hover && click ${EMAIL} button[name='imap-link-to']`,
};
const LINK = {
    trigger: ".modal footer button:contains(Link)",
    run: "click",
};

/** An email is linked to an opportunity by hand, taken back, moved there, and taken off again. */
registry.category("web_tour.tours").add("mail_imap_sync.link_to", {
    steps: () => [
        {
            content: "A person wrote it",
            trigger: `${EMAIL}:not(:has(.o-mail-imapKind))`,
        },
        {
            content: "Through whose mailboxes it came",
            trigger: `${EMAIL} .o-mail-imapMailboxes:contains(in mailbox of Olga, Otto)`,
        },
        LINK_TO,
        {
            content: "Where it stands",
            trigger: ".modal div[name=stands_on]:contains(Carla)",
        },
        {
            content: "The open opportunity of the contact is suggested",
            trigger: ".modal div[name=res_id] input:value(Tins)",
        },
        LINK,
        {
            trigger: ".o_notification:contains(Linked to Tins) button:contains(Undo)",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Taken back)",
        },
        LINK_TO,
        {
            trigger: ".modal .o_radio_item:contains(Move it there) input",
            run: "click",
        },
        LINK,
        {
            content: "It is gone from here",
            trigger: NO_EMAIL,
        },
        {
            trigger: ".o_notification:contains(Moved to Tins) button:contains(Undo)",
            run: "click",
        },
        {
            content: "And back",
            trigger: EMAIL,
            run: `hover && click ${EMAIL} [title='Expand']`,
        },
        {
            trigger: ".o-dropdown-item:contains(Remove from here)",
            run: "click",
        },
        {
            trigger: NO_EMAIL,
        },
        {
            trigger: ".o_notification:contains(Removed from here)",
        },
    ],
});

/** A mail that was not delivered, and an absence notice, say so. */
registry.category("web_tour.tours").add("mail_imap_sync.kinds_of_mail", {
    steps: () => [
        {
            trigger:
                ".o-mail-Message:contains(Undeliverable) .o-mail-imapKind:contains(Not delivered)",
        },
        {
            trigger: ".o-mail-Message:contains(Away) .o-mail-imapKind:contains(Automatic mail)",
        },
    ],
});
