"""A person in a browser, against a real Dovecot."""

from email.message import EmailMessage

from odoo.tests import HttpCase, new_test_user, tagged

from .fake_server import ago, mail
from .servers.dovecot import DovecotServer

LOGIN = "olga@tea.example"
PASSWORD = "correct horse"


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = DovecotServer()
        cls.server.start()
        cls.addClassCleanup(cls.server.stop)
        cls.server.add_user(LOGIN, PASSWORD)
        set_param = cls.env["ir.config_parameter"].set_param
        set_param("mail_imap_sync.allowed_hosts", "localhost")
        set_param("mail_imap_sync.ca_file", cls.server.ca_file)
        cls.owner = new_test_user(
            cls.env,
            "olga",
            name="Olga",
            email=LOGIN,
            groups="base.group_user,sales_team.group_sale_salesman,mail_imap_sync.group_user",
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Carla", "email": "carla@shop.example"}
        )

    def test_connect_and_read(self):
        order = EmailMessage()
        order["From"], order["To"], order["Subject"] = "Carla <carla@shop.example>", LOGIN, "Order"
        order["Message-ID"] = "<order@shop.example>"
        order.set_content("Two tins please")
        order.add_attachment(
            b"%PDF-1.4", maintype="application", subtype="pdf", filename="Order.pdf"
        )
        self.server.append(LOGIN, "INBOX", order.as_bytes(), internaldate=ago(days=2))
        self.server.append(
            LOGIN, "Sent", mail(LOGIN, "carla@shop.example", "Re: Order"), internaldate=ago(days=1)
        )
        connect = "mail_imap_sync.connect_mailbox"
        remember = f"sessionStorage.setItem('imap_port', {self.server.tls_port})"
        self.start_tour(
            "/odoo", connect, login="olga", code=f"{remember}; odoo.startTour('{connect}', {{}})"
        )
        self.start_tour(
            f"/odoo/res.partner/{self.customer.id}", "mail_imap_sync.read_mail", login="olga"
        )
