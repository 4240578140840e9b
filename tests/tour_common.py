from odoo.tests import HttpCase, new_test_user

from .servers.dovecot import DovecotServer

LOGIN = "olga@tea.example"
PASSWORD = "correct horse"


class TourCase(HttpCase):
    """A salesperson with an account on a real Dovecot, and a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = new_test_user(
            cls.env,
            "olga",
            name="Olga",
            email=LOGIN,
            groups="base.group_user,sales_team.group_sale_salesman,mail_imap_sync.group_user",
        )
        partners = cls.env["res.partner"].with_context(mail_create_nolog=True)
        cls.customer = partners.create({"name": "Carla", "email": "carla@shop.example"})

    def setUp(self):
        super().setUp()
        self.server = self.new_server()
        self.server.start()
        self.addCleanup(self.server.stop)
        self.server.add_user(LOGIN, PASSWORD)
        set_param = self.env["ir.config_parameter"].set_param
        set_param("mail_imap_sync.allowed_hosts", "localhost")
        set_param("mail_imap_sync.ca_file", self.server.ca_file)

    def new_server(self):
        """Return the server of the salesperson, not started."""
        return DovecotServer()

    def connect(self):
        """Return the mailbox of the salesperson, connected, with what is in it by now."""
        connection = (
            self.env["imap.connection"]
            .with_user(self.owner)
            .create(
                {
                    "email": LOGIN,
                    "host": "localhost",
                    "port": self.server.tls_port,
                    "password": PASSWORD,
                }
            )
        )
        connection.action_connect()
        connection.action_sync_now()
        return connection

    def start(self, tour, path=None, **remember):
        """Run a tour of ours, by default on the customer's form; it finds numbers in the session's storage."""
        tour = f"mail_imap_sync.{tour}"
        store = "".join(f"sessionStorage.setItem('{name}', {n});" for name, n in remember.items())
        self.start_tour(
            path or f"/odoo/res.partner/{self.customer.id}",
            tour,
            login="olga",
            code=f"{store} odoo.startTour('{tour}', {{}})",
        )
