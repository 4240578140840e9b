"""A browser in which one of the demo's users is signed in."""

import io
import shutil
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: as root Chromium runs without its sandbox only; the demo is all that it looks at
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=en-GB"]


class Browser:
    """The machine's Chromium, and where its pictures go."""

    def __init__(self, chromium, url, target):
        self._chromium = chromium
        self.url = url
        self._target = Path(target)

    @classmethod
    @contextmanager
    def open(cls, url, target):
        program = next(filter(None, map(shutil.which, _BROWSERS)), None)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
            try:
                yield cls(chromium, url, target)
            finally:
                chromium.close()

    @contextmanager
    def signed_in(self, login, width=1280, height=800, scale=1):
        """A page of a user whose password is the login.

        :param scale: below 1 for screens that need more room than the picture has
        """
        context = self._chromium.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            timezone_id="Europe/London",
            locale="en-GB",
        )
        page = Page(context.new_page(), self)
        try:
            page.sign_in(login)
            yield page
        finally:
            context.close()

    def render(self, svg, size):
        """Draw an icon from its source, on a transparent ground."""
        page = self._chromium.new_page(viewport={"width": size, "height": size})
        page.set_content(
            f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{svg.read_text()}"
        )
        page.screenshot(path=self._target / f"{svg.stem}.png", omit_background=True)
        page.close()

    def save(self, name, png):
        """Few colours are enough for a user interface, and make the file three times smaller."""
        image = Image.open(io.BytesIO(png)).convert("RGB")
        image = image.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        path = self._target / f"{name}.png"
        image.save(path, optimize=True)
        print(
            f"==> {path.name}: {image.width}x{image.height}, {path.stat().st_size // 1024} KB",
            flush=True,
        )


class Page:
    """A tab; what is not here is Playwright's."""

    def __init__(self, page, browser):
        self._page = page
        self._browser = browser

    def __getattr__(self, name):
        return getattr(self._page, name)

    def sign_in(self, login):
        self.goto(f"{self._browser.url}/web/login")
        self.fill("input[name=login]", login)
        self.fill("input[name=password]", login)
        self.click("button[type=submit]")
        self.wait_for_selector(".o_main_navbar")

    def go(self, path, until):
        """Open a page of Odoo and wait for a part of it."""
        self.goto(f"{self._browser.url}/odoo/{path}")
        self.wait_for_selector(until)

    def call(self, model, method, *args, **kwargs):
        """Call a method on the server as this user, as any other program can."""
        answer = self.evaluate(
            """async ([url, params]) => {
                const body = JSON.stringify({jsonrpc: "2.0", method: "call", params});
                const headers = {"Content-Type": "application/json"};
                return await (await fetch(url, {method: "POST", headers, body})).json();
            }""",
            [
                f"{self._browser.url}/web/dataset/call_kw",
                {"model": model, "method": method, "args": args, "kwargs": kwargs},
            ],
        )
        if "error" in answer:
            raise RuntimeError(f"{model}.{method}: {answer['error']['data']['message']}")
        return answer["result"]

    def take(self, name):
        """Save what shows, once nothing moves or loads any more and without the mouse's traces."""
        self.mouse.move(0, 0)
        self.evaluate("document.activeElement && document.activeElement.blur()")
        self.wait_for_function("[...document.images].every((image) => image.complete)")
        # Odoo keeps connections open, so there is no event for "nothing loads any more"
        self.wait_for_timeout(1500)
        self._browser.save(name, self.screenshot(animations="disabled", caret="hide"))
