/**
 * Compare two messages of a thread that holds synced mail: the older one first, as models/mail_message_order.py does.
 * A message without a date is the newest.
 *
 * @param {import("models").Message} message1
 * @param {import("models").Message} message2
 * @returns {number}
 */
export function compareByDate(message1, message2) {
    const [time1, time2] = [message1, message2].map(({date}) => date?.ts ?? Infinity);
    return time1 === time2 ? message1.id - message2.id : time1 < time2 ? -1 : 1;
}
