import {registry} from "@web/core/registry";

/** Tells a person that something of theirs is done in the background, with a button that opens it. */
export const imapNoticeService = {
    dependencies: ["action", "bus_service", "notification"],
    start(env, {action, bus_service: bus, notification}) {
        bus.subscribe("mail_imap_sync/notice", ({message, type, button, open}) => {
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
