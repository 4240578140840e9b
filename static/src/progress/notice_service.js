import {registry} from "@web/core/registry";

/**
 * Tells a person that something of theirs is done in the background, with a button that opens it; not on a page where they
 * watch it.
 */
export const imapNoticeService = {
    dependencies: ["action", "bus_service", "imap_progress", "notification"],
    start(env, {action, bus_service: bus, imap_progress: progress, notification}) {
        bus.subscribe("mail_imap_sync/notice", ({about, message, type, button, open}) => {
            if (progress.isWatched(...about)) {
                return;
            }
            const close = notification.add(message, {
                type,
                sticky: true,
                buttons: [
                    {
                        name: button,
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction(open);
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("imap_notice", imapNoticeService);
