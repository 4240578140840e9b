import {describe, expect, test} from "@odoo/hoot";
import {click, waitFor, waitForNone} from "@odoo/hoot-dom";
import {
    MockServer,
    asyncStep,
    getService,
    mockService,
    mountWithCleanup,
    serverState,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

/** Let the server say that looking into a mailbox is done. */
function announce(id) {
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "mail_imap_sync/notice", {
        about: ["imap.backfill", id],
        message: `Mailbox ${id}: 2 people are no contacts yet.`,
        type: "success",
        button: "Show",
        open: {type: "ir.actions.act_window", res_model: "imap.backfill", res_id: id},
    });
}

test("what is done in the background says so, and leads there", async () => {
    mockService("action", {
        doAction(action) {
            if (action.res_model === "imap.backfill") {
                asyncStep(`open ${action.res_id}`);
            }
        },
    });
    await mountWithCleanup(WebClient);
    announce(7);
    await waitFor(".o_notification:contains(2 people)");
    expect(".o_notification_bar").toHaveClass("bg-success");
    await click(".o_notification button:contains(Show)");
    await waitForSteps(["open 7"]);
    await waitForNone(".o_notification");
});

test("whoever watches it is not told", async () => {
    await mountWithCleanup(WebClient);
    const progress = getService("imap_progress");
    const end = progress.watch("imap.backfill", 7, () => undefined);
    announce(7);
    announce(8);
    await waitFor(".o_notification:contains(Mailbox 8)");
    expect(".o_notification").toHaveCount(1);
    end();
    announce(7);
    await waitFor(".o_notification:contains(Mailbox 7)");
});
