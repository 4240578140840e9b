"""Real servers that tests and the demo start themselves. Nothing here imports Odoo."""
