"""What a browser makes of a page: widths, requests and console messages, from headless Chromium."""

import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from html import unescape

CHROMIUM = next((p for p in ("chromium", "chromium-browser", "google-chrome") if shutil.which(p)), None)
_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The page is opened in a frame of the given width (a headless window cannot be narrower than 500) and asked
# from outside: the page itself forbids scripts.
_PROBE = """<!doctype html><meta charset=utf-8><link rel=icon href="data:,"><body style="margin:0"><iframe
id=f src="{page}" style="width:{width}px;height:900px;border:0"></iframe> <pre id=out></pre><script>
document.getElementById('f').onload = function () {{
  const d = this.contentDocument, w = this.contentWindow, root = d.documentElement;
  const wide = [...d.querySelectorAll('body *')].filter(e => !e.closest('.scroll') && !e.closest('svg') &&
  e.getBoundingClientRect().right > {width} + 1); document.getElementById('out').textContent =
  JSON.stringify({{inner: w.innerWidth, scroll: root.scrollWidth, wide: wide.map(e => e.tagName + '.' +
  e.className).slice(0, 5),
    squeezed: [...d.querySelectorAll('td')].filter(e => e.offsetParent && e.innerText.length > 8 &&
    e.clientWidth < 56).map(e => e.innerText).slice(0, 5), svgs: d.querySelectorAll('svg').length,
    ids: [...d.querySelectorAll('[id]')].map(e => e.id), scripts: d.querySelectorAll('script').length, text:
    d.body.innerText.length}});
}};</script>"""


class _Counting(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and remembers what was asked for: a browser cannot hide a request from its server."""

    def __init__(self, *args, asked, **kwargs):
        self.asked = asked
        super().__init__(*args, **kwargs)

    def do_GET(self):
        self.asked.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


def probe(page, width, folder):
    """Opens ``page`` at ``width`` pixels. Returns a dict: inner, scroll, wide, requests, svgs, ids,
    scripts, text, console."""
    wrapper = page.parent / f"probe-{width}.html"
    wrapper.write_text(_PROBE.format(page=page.name, width=width), encoding="utf-8")
    asked = []
    handler = functools.partial(_Counting, directory=str(page.parent), asked=asked)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = subprocess.run(
            [
                CHROMIUM,
                *_FLAGS,
                f"--user-data-dir={folder / 'profile'}",
                "--enable-logging=stderr",
                "--virtual-time-budget=8000",
                f"--window-size={max(width, 500)},1000",
                "--dump-dom",
                f"http://127.0.0.1:{server.server_port}/{wrapper.name}",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        server.shutdown()
    answer = json.loads(unescape(re.search(r'<pre id="out">(.*?)</pre>', done.stdout, re.S).group(1)))
    own = {f"/{wrapper.name}", f"/{page.name}"}
    answer["requests"] = [path for path in asked if path not in own]
    answer["console"] = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return answer
