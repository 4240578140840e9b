import {contains, click, openFormView, start, startServer} from "@mail/../tests/mail_test_helpers";
import {addMessages, defineSyncedMailModels} from "./synced_thread_helpers";
import {describe, expect, test} from "@odoo/hoot";
import {queryAllTexts, queryText} from "@odoo/hoot-dom";
import {getService} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");
defineSyncedMailModels();

/**
 * Open the chatter of a contact with one email.
 *
 * @param {Object} values of the email, as the server tells them
 */
async function openEmail(values) {
    const env = await startServer();
    const partnerId = env["res.partner"].create({name: "Carla"});
    const [messageId] = addMessages(env, partnerId, 10);
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Message");
    Object.assign(getService("mail.store")["mail.message"].get(messageId), {
        imap_direction: "in",
        imap_from: [["Carla", "carla@shop.example"]],
        imap_contacts: {"carla@shop.example": partnerId, "chris@shop.example": 77},
        imap_mailboxes: [],
        ...values,
    });
    await contains(".o-mail-imapHeader");
}

const people = (number) => Array.from({length: number}, (_, n) => [`P${n}`, `p${n}@x.example`]);

test("contacts are links, others are not", async () => {
    await openEmail({
        incoming_email_to: [
            ["Olga", "olga@tea.example"],
            ["Chris", "Chris@shop.example"],
        ],
    });
    await contains(".o-mail-imapRecipients a", {count: 1, text: "Chris"});
    await contains(".o-mail-imapRecipients a[href='/odoo/res.partner/77']");
    await contains(".o-mail-imapRecipients span[title='Olga <olga@tea.example>']", {text: "Olga"});
});

test("many recipients are folded", async () => {
    await openEmail({incoming_email_to: people(14), incoming_email_cc: people(1)});
    expect(queryText(".o-mail-imapRecipients")).toBe("to P0, P1, P2");
    expect(queryText(".o-mail-imapMore")).toBe("and 12 more");
    await contains(".o-mail-imapDetails", {count: 0});
    await click(".o-mail-imapMore");
    await contains(".o-mail-imapDetails");
    const rows = queryAllTexts(".o-mail-imapDetails > div");
    expect(rows).toHaveLength(3);
    expect(rows[0]).toBe("From: Carla <carla@shop.example>");
    expect(rows[1]).toInclude("P13 <p13@x.example>");
    expect(rows[2]).toBe("Cc: P0 <p0@x.example>");
    await click(".o-mail-imapMore");
    await contains(".o-mail-imapDetails", {count: 0});
});

test("nobody but people in Cc", async () => {
    await openEmail({incoming_email_to: undefined, incoming_email_cc: people(2)});
    expect(queryText(".o-mail-imapRecipients")).toBe("Cc P0, P1");
});

test("no recipients at all", async () => {
    await openEmail({incoming_email_to: undefined, incoming_email_cc: undefined});
    await contains(".o-mail-imapRecipients", {count: 0});
    await click(".o-mail-imapMore");
    await contains(".o-mail-imapDetails > div", {count: 1});
});
