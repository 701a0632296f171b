"""docs_links.py PAGES: each link between the pages of a folder leads to a page and a place that are there."""
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The places of a page, and what it links to."""

    def __init__(self, path):
        super().__init__()
        self.places, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.places.add(value)
            elif name in ("href", "src") and value:
                self.links.append(value)


root = Path(sys.argv[1]).resolve()
pages = {path: Page(path) for path in root.rglob("*.html")}
links, broken = 0, []
for path, page in pages.items():
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        links += 1
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        place = unquote(parts.fragment)
        if not target.exists() or (place and target in pages and place not in pages[target].places):
            broken.append(f"{path.relative_to(root)}: {link}")
print(f"{len(pages)} pages, {links} links between them, {len(broken)} broken")
print(*broken, sep="\n")
sys.exit(1 if broken or not links else 0)
