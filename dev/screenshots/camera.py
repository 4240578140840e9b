"""camera.py PLAN: every screenshot, as far as possible by doing what a person does.

PLAN is JSON: where Odoo is, what the mail server is called, everybody's mail password, and where pictures go.
"""

import json
import sys
from base64 import b64encode
from pathlib import Path

from browser import Browser

#: a form with its chatter beside it needs a wide window; the pictures stay 1280 wide
_WIDE = {"width": 1600, "scale": 0.8}
#: else Odoo draws a colour by lot, and two people who talk to each other may get the same one
_COLORS = {
    "Clara Whitfield": "#b5822e",
    "Felix Okafor": "#5f6f8c",
    "Noémie Faure": "#b0578d",
    "Tomás Rey": "#8e5aa8",
    "Ingrid Solberg": "#3f8f6b",
    "Bashir Nader": "#b4534b",
    "Amélie Laurent": "#2a93ad",
    "田中 美咲": "#7f9a35",
    "星野 健": "#3d6fb0",
}
#: of the sample's strangers
_NEW_CONTACT = {"name": "Camille Roche", "email": "camille.roche@maisonverlaine.example"}
_AVATAR = """<svg xmlns="http://www.w3.org/2000/svg" width="180" height="180"><rect width="180" height="180"
 fill="{color}"/><text x="90" y="125" fill="#fff" font-size="96" text-anchor="middle"
 font-family="sans-serif">{letter}</text></svg>"""
_ICON = Path(__file__).parents[2] / "static" / "description" / "icon.svg"


def main(plan):
    with Browser.open(plan["url"], plan["target"]) as browser:
        browser.render(_ICON, 256)
        with browser.signed_in("ingrid") as page:
            set_the_scene(page, plan)
        with browser.signed_in("clara") as page:
            connect_a_mailbox(page, plan)
        with browser.signed_in("clara") as page:
            look_into_the_past(page)
        with browser.signed_in("clara", height=1000, **_WIDE) as page:
            open_contact(page, "Amélie Laurent")
            page.take("chatter")
        with browser.signed_in("clara", height=1520, **_WIDE) as page:
            open_contact(page, "田中 美咲")
            scroll_to(page, "価格と出荷条件のご提案", last=True)
            page.take("chatter_worldwide")
        with browser.signed_in("clara", height=860, **_WIDE) as page:
            list_emails(page)
            add_a_contact(page)
        with browser.signed_in("felix", height=860, **_WIDE) as page:
            choose_what_colleagues_see(page)
        with browser.signed_in("clara", height=860, **_WIDE) as page:
            open_contact(page, "Noémie Faure")
            page.take("chatter_subject_only")
        with browser.signed_in("ingrid", height=860, **_WIDE) as page:
            watch_all_mailboxes(page)


def set_the_scene(page, plan):
    """Colleagues with mailboxes of their own; Clara's is still to be connected. As the administrator."""
    page.call("ir.config_parameter", "set_param", "mail_imap_sync.allowed_hosts", plan["host"])
    page.call("imap.connection", "unlink", page.call("imap.connection", "search", []))
    for name, color in _COLORS.items():
        avatar = _AVATAR.format(color=color, letter=name[0]).encode()
        people = page.call("res.partner", "search", [["name", "=", name]])
        page.call("res.partner", "write", people, {"image_1920": b64encode(avatar).decode()})
    group = page.call(
        "ir.model.data", "search_read", [["name", "=", "group_user"]], ["module", "res_id"]
    )
    group_id = next(row["res_id"] for row in group if row["module"] == "mail_imap_sync")
    for login in ("tomas", "ingrid", "bashir"):
        [user] = page.call("res.users", "search_read", [["login", "=", login]], ["email"])
        page.call("res.users", "write", [user["id"]], {"group_ids": [[4, group_id]]})
        connection = page.call(
            "imap.connection",
            "create",
            {
                "email": user["email"],
                "user_id": user["id"],
                "host": plan["host"],
                "password": plan["password"],
                "sync_since": False,
            },
        )
        page.call("imap.connection", "action_connect", [connection])
        page.call("imap.connection", "action_sync_now", [connection])
        if login == "bashir":
            # somebody changed the password of the mailbox
            page.call("imap.connection", "write", [connection], {"password": "no longer"})
            sync_until(page, connection, "error")
        if login == "ingrid":
            page.call("imap.connection", "action_pause", [connection])


def sync_until(page, connection, state):
    """The scheduled action may be at the same mailbox; then Sync now leaves it alone."""
    for _ in range(30):
        page.call("imap.connection", "action_sync_now", [connection])
        [found] = page.call("imap.connection", "read", [connection], ["state"])
        if found["state"] == state:
            return
        page.wait_for_timeout(1000)
    raise RuntimeError(f"the mailbox is {found['state']}, not {state}")


def connect_a_mailbox(page, plan):
    """The way through the wizard, wrong turn included."""
    open_contact(page, "Amélie Laurent")
    open_preferences(page)
    page.click("button:has-text('Connect a mailbox')")
    sign_in = ".modal button:has-text('Sign in')"
    page.wait_for_selector(sign_in)
    page.take("connect")
    page.fill("div[name=password] input", "first flsuh")
    page.click(sign_in)
    page.wait_for_selector(".modal .text-danger:visible")
    page.take("connect_wrong_password")
    page.fill("div[name=password] input", plan["password"])
    page.click(sign_in)
    page.wait_for_selector(".modal button:has-text('Start syncing')")
    choose(page, "div[name=period]", "6 months")
    for folder in ("Archive", "Angebote/Müller", "Projects/Kyoto"):
        page.click(f".modal tr:has(td:text-is('{folder}')) td[name=selected] input")
    page.take("connect_folders")
    page.click(".modal button:has-text('Start syncing')")
    page.wait_for_selector(".o_notification:has-text('is connected')")
    ids = page.call("imap.connection", "search", [])
    page.call("imap.connection", "action_sync_now", ids)
    page.reload()
    page.wait_for_selector(".o-mail-Message")
    open_preferences(page)
    page.take("preferences")


def look_into_the_past(page):
    """Who is in the mailbox and is no contact; nothing is started."""
    open_contact(page, "Amélie Laurent")
    open_preferences(page)
    page.click(".modal button:has-text('Contacts…')")
    page.click(".modal button:has-text('Look first')")
    page.wait_for_selector(".modal button:has-text('Choose people')")
    page.take("past_found")
    page.click(".modal button:has-text('Choose people')")
    page.wait_for_selector(".o_list_view .o_data_row")
    page.take("past_people")


def choose_what_colleagues_see(page):
    """For a conversation of one's own, and leave it as it is."""
    open_contact(page, "Noémie Faure")
    message = page.locator(".o-mail-Message:has(.o-mail-imapSharing)").first
    message.hover()
    message.locator("[title=Expand]").click()
    page.click(".o-dropdown-item:has-text('What colleagues see')")
    page.wait_for_selector(".o_dialog .modal-body")
    page.take("sharing")


def list_emails(page):
    """All mail of a company and its people."""
    [company] = page.call("res.partner", "search", [["name", "=", "Maison Verlaine"]])
    page.go(f"contacts/{company}", ".o_form_view")
    page.click(".oe_stat_button:has-text('Emails')")
    page.wait_for_selector(".o_list_view .o_data_row")
    page.take("emails")


def add_a_contact(page):
    """Whose mail has been in the mailbox for long."""
    contact = page.call("res.partner", "create", _NEW_CONTACT)
    page.go(f"contacts/{contact}", ".o_field_widget:has-text('Looking for past mail')")
    page.take("past_mail")


def watch_all_mailboxes(page):
    """What an administrator has of it."""
    page.go("mailboxes", ".o_data_row")
    page.take("mailboxes")
    page.click(".o_data_row:has-text('Clara') td[name=email]")
    page.wait_for_selector(".o_form_view .o_data_row")
    page.take("mailbox")


def open_contact(page, name):
    [contact] = page.call("res.partner", "search", [["name", "=", name]])
    page.go(f"contacts/{contact}", ".o-mail-Message")


def open_preferences(page):
    page.click(".o_user_menu button")
    page.click("text=My Preferences")
    page.click(".modal a.nav-link:has-text('Mailboxes')")


def choose(page, field, label):
    """Pick an entry of a selection, whatever Odoo draws it with."""
    select = page.locator(f".modal {field} select")
    if select.count():
        select.select_option(label=label)
        return
    page.click(f".modal {field} input")
    page.click(f".o_select_menu_item:has-text('{label}')")


def scroll_to(page, text, last=False):
    """Scroll the chatter so that the message with a text is on top."""
    messages = page.locator(f".o-mail-Message:has-text('{text}')")
    message = messages.last if last else messages.first
    message.evaluate("element => element.scrollIntoView({block: 'start'})")
    # out from under the buttons, which stay where they are
    message.hover()
    page.mouse.wheel(0, -60)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
