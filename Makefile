# What a developer calls. Each target makes what is missing first, and works from a clone of any name at any path.
# Odoo, PostgreSQL and the rest go to a cache outside this folder: see dev/common.sh. The scripts replace the shell that
# make starts them with (exec): what kills make is handed on to them.

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-mail test soak bench lint format i18n screenshots stop clean-cache

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z0-9-]+):[^#]*## */\1\t/' | expand -t 14

setup: ## get Odoo 19, its Python and the Debian packages that are missing
	@dev/setup.sh

demo: ## show the addon with a sample mailbox on http://localhost:8069; ONCE=1 stops after the summary
	@ONCE=$(ONCE) FRESH=$(FRESH) exec dev/demo.sh

demo-mail: ## let a customer write to the sample mailbox while the demo runs
	@dev/demo_mail.sh

test: ## run every test; TESTS=tests/test_x.py, ARGS='-k name' and REUSE=1 (keep the database) make it shorter
	@REUSE=$(REUSE) exec dev/test.sh $(TESTS) -- $(ARGS)

soak: ## make random runs for MINUTES=30 (at most RUNS=5000) with new seeds; tells how to repeat those that fail
	@MINUTES=$(MINUTES) RUNS=$(RUNS) exec dev/soak.sh

bench: ## measure speed and memory beside Odoo's gateway and plain IMAPClient; ONLY=linking,chatter runs parts
	@ONLY=$(ONLY) MAILS=$(MAILS) HUGE=$(HUGE) STORED=$(STORED) exec dev/bench.sh

lint: ## check Python, XML and JavaScript
	@dev/lint.sh

format: ## correct what make lint can correct by itself
	@dev/lint.sh --fix

i18n: ## write the terms to translate to i18n/mail_imap_sync.pot
	@dev/i18n.sh

screenshots: ## take the pictures of README.rst and the app's page again, from a demo of their own
	@dev/screenshots.sh

stop: ## stop PostgreSQL if it is still running
	@dev/stop.sh

clean-cache: stop ## remove everything that the other targets fetched and made, for all checkouts
	@dev/clean_cache.sh
