import {describe, expect, test} from "@odoo/hoot";
import {click, waitFor, waitForNone} from "@odoo/hoot-dom";
import {
    MockServer,
    asyncStep,
    mockService,
    mountWithCleanup,
    serverState,
    waitForSteps,
} from "@web/../tests/web_test_helpers";
import {WebClient} from "@web/webclient/webclient";
import {defineMailModels} from "@mail/../tests/mail_test_helpers";

describe.current.tags("desktop");
defineMailModels();

test("what is done in the background says so, and leads there", async () => {
    mockService("action", {
        doAction(action) {
            if (action.res_model === "imap.backfill") {
                asyncStep(`open ${action.res_id}`);
            }
        },
    });
    await mountWithCleanup(WebClient);
    MockServer.env["bus.bus"]._sendone(serverState.partnerId, "mail_imap_sync/notice", {
        message: "2 people are no contacts yet.",
        type: "success",
        button: "Show",
        open: {type: "ir.actions.act_window", res_model: "imap.backfill", res_id: 7},
    });
    await waitFor(".o_notification:contains(2 people)");
    expect(".o_notification_bar").toHaveClass("bg-success");
    await click(".o_notification button:contains(Show)");
    await waitForSteps(["open 7"]);
    await waitForNone(".o_notification");
});
