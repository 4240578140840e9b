"""Takes the screenshots again: a demo with mailboxes of several people, and a browser that looks at it.

``__main__`` runs the demo, with the project's Python. ``camera`` and what it imports drive the browser,
with a Python that has Playwright.
"""
