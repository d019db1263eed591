"""When a page has come to rest."""

from __future__ import annotations

from typing import Any

from tests.support.needs import PATIENCE_S

# Ten frames without a change or a running animation; a busy machine draws its frames later too. What turns for ever is no movement.
_AT_REST = """
async (patience_ms) => {
  await window.solara?.debug?.kernel().requestKernelInfo();
  let changes = 0;
  const observer = new MutationObserver(() => { changes += 1; });
  observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const ends = (animation) => animation.effect.getComputedTiming().endTime !== Infinity;
  const moves = () => document.getAnimations().some((one) => one.playState === "running" && ends(one));
  const begin = performance.now();
  let still = 0;
  for (let seen = 0; still < 10 && performance.now() - begin < patience_ms; seen = changes) {
    await new Promise(requestAnimationFrame);
    still = moves() || changes !== seen ? 0 : still + 1;
  }
  observer.disconnect();
  return still === 10;
}
"""


def at_rest(page: Any) -> None:
    """Wait until a page stands still; the members' page also has what its server had to say until now."""
    assert page.evaluate(_AT_REST, PATIENCE_S * 1000), "the page did not come to rest"


def open_tab(page: Any, title: str) -> None:
    """Open a tab of the members' page, whose forms are made when that is done for the first time, and wait until it is drawn."""
    page.get_by_role("tab", name=title, exact=True).click()
    page.locator(f".sg-cards.sg-{title.lower().replace(' ', '-')}").wait_for()
    at_rest(page)
