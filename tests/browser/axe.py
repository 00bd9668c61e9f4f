"""axe-core on a page of the office: what keeps it from WCAG 2.2 AA."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.tablet import AXE

EXAMINE = """async () => {
  const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const {violations} = await axe.run(document, {runOnly: {type: 'tag', values}, resultTypes: ['violations']});
  return violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds, a line each: rule and element. The page's policy allows no script of others, so axe comes
    in through the debugger's door."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(EXAMINE)
    return found
