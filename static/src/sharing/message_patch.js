import {toRaw} from "@odoo/owl";

import {Message} from "@mail/core/common/message";
import {patch} from "@web/core/utils/patch";

import {openSharingDialog} from "./sharing_dialog";

patch(Message.prototype, {
    onClickSharing() {
        return openSharingDialog(this.env, toRaw(this.props.message));
    },
});
