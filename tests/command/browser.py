#!/usr/bin/env python3
"""browser.py SHOAL DATA [PICTURES]: reports in a browser, wide and narrow, light and dark.

Nothing is said on the console, an accessibility checker (axe-core) finds nothing, no page is wider than its
window, no texts of a chart meet, ids are unique, links within the page lead somewhere, and the list is searched and sorted. With scripts
off the page still has all that it says. With PICTURES, a folder, screenshots are left there.

Needs Chromium and `pip install playwright axe-playwright-python`; without them the test is skipped (77).
"""
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

try:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
browser_path = shutil.which("chromium") or shutil.which("google-chrome")
if browser_path is None:
    print("skipped: there is no Chromium")
    sys.exit(77)

shoal, data = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
pictures = pathlib.Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else None
failures = []


def run(*arguments):
    subprocess.run([shoal, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def expect(holds, what):
    if not holds:
        failures.append(what)
        print("FAILED:", what)


def reports(folder):
    """Reports with and without a truth and texts, with pictures, and of labels from elsewhere."""
    features, labels, samples = data / "features.npy", data / "labels.npy", data / "samples.tsv"
    named = ["--truth", labels, "--samples", samples, "--class-names", data / "classes.tsv"]
    run("cluster", features, "--clusters", 24, "--out", folder / "named", *named)
    run("cluster", features, "--clusters", 1000, "--iterations", 3, "--out", folder / "many", "--samples", samples)
    run("cluster", features, "--clusters", 24, "--out", folder / "plain")
    dot = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="18" fill="teal"/></svg>'
    (folder / "a dot's.svg").write_text(dot)
    rows = len(samples.read_text().splitlines())
    (folder / "pictures.tsv").write_text("a dot's.svg\n" * rows)
    run("cluster", features, "--clusters", 24, "--out", folder / "pictures", "--samples", folder / "pictures.tsv")
    run("evaluate", folder / "named/labels.npy", labels, "--report", folder / "elsewhere.html")
    run("compare", folder / "named", folder / "many", labels, "--features", features, "--out", folder / "compared.html")
    run("suggest", features, "--sample", 1000, "--most", 60, "--out", folder / "hints.html")
    truth = [c for c in range(36) for _ in range(round(10 * 1.16**c))]  # sizes over two decades
    integers(folder / "wide.npy", truth)
    integers(folder / "mixed.npy", [c if i % 3 else i * 7 % 36 for i, c in enumerate(truth)])
    run("evaluate", folder / "mixed.npy", folder / "wide.npy", "--report", folder / "wide.html")
    pages = {name: folder / name / "report.html" for name in ("named", "many", "plain", "pictures")}
    return {**pages, **{name: folder / f"{name}.html" for name in ("elsewhere", "wide", "compared", "hints")}}


def integers(path, values):
    """An int32 array."""
    header = f"{{'descr': '<i4', 'fortran_order': False, 'shape': ({len(values)},), }}".ljust(117) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00v\x00" + header.encode() + struct.pack(f"<{len(values)}i", *values))


def check_size(folder):
    """A page of 20,000 clusters, each with a class and a text, stays small, and names the largest."""
    clusters = [i % 20000 for i in range(60000)] + list(range(100, 200)) * 40
    integers(folder / "many.npy", clusters)
    integers(folder / "truth.npy", [c * 7919 % 20000 for c in clusters])
    (folder / "many.tsv").write_text("".join(f"a text of its own, the {c} in a long row of texts\n" for c in clusters))
    run("evaluate", folder / "many.npy", folder / "truth.npy", "--samples", folder / "many.tsv", "--report",
        folder / "huge.html")
    page = (folder / "huge.html").read_text()
    expect(len(page.encode()) < 1_000_000, f"20,000 clusters make {len(page.encode())} bytes")
    expect(page.count("<tr><td>") + page.count('<tr id="list-') >= 20000, "not all clusters are listed")
    expect('aria-sort="descending"' in page, "the largest, which have texts, do not come first")
    expect("the 150 in a long row" in page and "largest with their texts" in page, "the largest have no texts")
    return folder / "huge.html"


def check(browser, name, page_file, width, scheme, rows_checked=None):
    """`rows_checked`: how many rows of the list the accessibility checker sees; None for all."""
    where = f"{name} at {width} px, {scheme}"
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append("can't be loaded: " + request.url))
    page.goto(page_file.as_uri())
    for picture in page.query_selector_all("img"):
        picture.scroll_into_view_if_needed()
    expect(not said, f"{where}: the console says {said}")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect(overflow <= 0, f"{where}: the page is {overflow} px wider than its window")
    small = page.evaluate("""[...document.querySelectorAll("main *")].filter(e => e.getClientRects().length &&
        [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
          const svg = e.closest("svg"), size = parseFloat(getComputedStyle(e).fontSize);
          return size * (svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1); })
        .reduce((a, b) => Math.min(a, b), 99)""")
    expect(small >= 10, f"{where}: text of {small:.1f} px")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    expect(len(ids) == len(set(ids)), f"{where}: an id is not unique")
    lost = page.evaluate("""[...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute("href"))
        .filter(h => !document.getElementById(h.slice(1)))""")
    expect(not lost, f"{where}: {lost} lead nowhere")
    if pictures:
        page.screenshot(path=pictures / f"{name}-{width}-{scheme}.png", full_page=True)
    if rows_checked is not None:  # the checker takes minutes for 20,000 rows, which are all alike
        page.evaluate("n => [...document.querySelectorAll('table.list tbody tr')].slice(n).forEach(r => r.remove())",
                      rows_checked)
    found = Axe().run(page)
    expect(found.violations_count == 0, f"{where}: {found.generate_report()}")
    covered = page.evaluate("""[...document.querySelectorAll(".place text")].filter((text, i, all) => {
        const a = text.getBoundingClientRect();
        return all.slice(0, i).map(t => t.getBoundingClientRect()).some(b => a.left < b.right && b.left < a.right &&
          a.top + 3 < b.bottom && b.top + 3 < a.bottom); }).map(t => t.textContent)""")
    expect(not covered, f"{where}: on the map {covered} cover other names")
    over = page.evaluate("""[...document.querySelectorAll("svg[aria-label^='Accuracy of each class']")].flatMap(svg => {
        const to = svg.getScreenCTM(), dots = [...svg.querySelectorAll("path[stroke-linecap=round]")].flatMap(path =>
          [...path.getAttribute("d").matchAll(/M([0-9.]+) ([0-9.]+)h0/g)].map(m => ({x: to.a * m[1] + to.e, y: to.d * m[2] + to.f})));
        return [...svg.querySelectorAll("text[fill='var(--ink)']")].filter(text => {
          const box = text.getBoundingClientRect();
          return dots.some(dot => box.left < dot.x && dot.x < box.right && box.top + 4 < dot.y && dot.y < box.bottom - 4);
        }).map(text => text.textContent); })""")
    expect(not over or width < 600, f"{where}: {over} lie over dots of the classes")
    meeting = page.evaluate("""[...document.querySelectorAll("main svg")].flatMap(svg => {
        const texts = [...svg.querySelectorAll("text")], boxes = texts.map(t => t.getBoundingClientRect());
        const meet = (a, b) => { const gap = Math.abs(a.top - b.top) < 3 ? 2 : -1;
          return a.left < b.right + gap && b.left < a.right + gap && a.top + 5 < b.bottom && b.top + 5 < a.bottom; };
        return texts.filter((_, i) => boxes.slice(0, i).some(box => meet(box, boxes[i]))).map(text => text.textContent); })""")
    expect(not meeting, f"{where}: {meeting} lie over other texts of their chart")
    loose = page.evaluate("""[...document.querySelectorAll("svg path[stroke-width='0.8']")].flatMap(path => {
        const to = path.getScreenCTM(), end = path.getPointAtLength(path.getTotalLength());
        const x = to.a * end.x + to.e, y = to.d * end.y + to.f, text = path.nextElementSibling, b = text.getBoundingClientRect();
        return Math.hypot(Math.max(b.left - x, x - b.right, 0), Math.max(b.top - y, y - b.bottom, 0)) < 8 ? [] : [text.textContent]; })""")
    expect(not loose, f"{where}: lines to {loose} end away from them")
    broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).length")
    expect(broken == 0, f"{where}: {broken} pictures are not shown")
    context.close()


def check_list(browser, page_file):
    page = browser.new_page()
    page.goto(page_file.as_uri())
    first = lambda column: page.evaluate(
        f"document.querySelector('table.list tbody tr:not([hidden])').cells[{column}].textContent")
    shown = lambda: page.evaluate("document.querySelectorAll('table.list tbody tr:not([hidden])').length")
    everything = shown()
    expect(everything > 500, f"the list has {everything} lines")
    page.get_by_role("button", name="Samples").click()
    least = int(first(1).replace(",", ""))
    page.get_by_role("button", name="Samples").click()
    expect(int(first(1).replace(",", "")) > least, "the list is not sorted by size")
    page.get_by_label("Search").fill("animal")
    expect(0 < shown() < everything, f"a search leaves {shown()} lines")
    expect(page.locator("#found").text_content() == f"{shown()} clusters", "the number found is not told")
    page.close()


def check_without_scripts(browser, page_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    expect(page.locator("table.list tbody tr").count() > 10, "without scripts there is no list")
    expect(page.locator("#search").is_hidden(), "without scripts there is a search field that does nothing")
    expect(page.locator("article").count() > 3, "without scripts there are no cards")
    context.close()


with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
    pages = reports(pathlib.Path(scratch))
    browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
    for name, page_file in pages.items():
        expect(page_file.stat().st_size < 1_000_000, f"{name} has {page_file.stat().st_size} bytes")
        for width, scheme in ((1280, "light"), (1280, "dark"), (375, "light"), (375, "dark")):
            check(browser, name, page_file, width, scheme)
    check_list(browser, pages["many"])
    huge = check_size(pathlib.Path(scratch))
    for width, scheme in ((1280, "light"), (375, "dark")):
        check(browser, "huge", huge, width, scheme, rows_checked=200)
    check_without_scripts(browser, pages["named"])
    browser.close()
sys.exit(1 if failures else 0)
