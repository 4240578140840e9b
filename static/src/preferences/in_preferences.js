import {browser} from "@web/core/browser/browser";
import {registry} from "@web/core/registry";

const CLOSE = "ir.actions.act_window_close";

/**
 * Do what a button returns that was clicked in the dialog with the preferences. Odoo has one such dialog at a time: another
 * one takes its place, and the preferences come back when that is closed. What would only close the dialog leaves it open,
 * with fresh numbers.
 *
 * @param {Object} env
 * @param {{params: {result: Object, preferences: Object}}} action
 * @param {{onClose: Function}} options loads the record of the button again
 * @returns {Object} the result, where the preferences are a page and no dialog
 */
async function inPreferences(env, {params: {result, preferences}}, {onClose}) {
    const {action, ui} = env.services;
    if (ui.activeElement === document) {
        return result;
    }
    if (result.target === "new") {
        const comeBack = (infos) => {
            // not to where somebody went on to another page
            if (!infos?.noReload) {
                // the dialog that is being closed is still the one of the action service
                browser.setTimeout(() => action.doAction(preferences));
            }
        };
        return void (await action.doAction(result, {onClose: comeBack}));
    }
    if (result.type === CLOSE || result.params?.next?.type === CLOSE) {
        if (result.params) {
            await action.doAction({...result, params: {...result.params, next: undefined}});
        }
        return void (await onClose?.());
    }
    return result;
}

registry.category("actions").add("mail_imap_sync.in_preferences", inPreferences);
