/** Somebody opens their mailboxes, from anywhere in Odoo. */
export const openMailboxes = () => [
    {
        content: "Open the user menu",
        trigger: ".o_user_menu button",
        run: "click",
    },
    {
        content: "Open the preferences",
        trigger: ".dropdown-item:contains(My Preferences)",
        run: "click",
    },
    {
        content: "Open the mailboxes",
        trigger: ".o_dialog a.nav-link:contains(Mailboxes)",
        run: "click",
    },
];
