"""A person who has a keyboard and nothing else. The focus is looked at after every key."""

from playwright.sync_api import expect

from tests.browser.person import PATIENCE_SECONDS, Person

_MOST_TABS = 120

# What is wrong with the focus now, or nothing: it is somewhere, is seen to be there, and nothing lies over it.
_FOCUS = """
() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return "the focus is nowhere";
  const name = `${focused.tagName}#${focused.id} ${focused.textContent.trim().slice(0, 40)}`;
  const card = focused.closest("label") ?? focused;
  if (!focused.matches(":focus-visible")) return `the focus is not seen: ${name}`;
  const style = getComputedStyle(focused);
  const ring = getComputedStyle(card);
  if (parseFloat(style.outlineWidth) < 2 && parseFloat(ring.outlineWidth) < 2) return `no ring: ${name}`;
  const box = focused.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
  if (box.width < 2 || box.height < 2) return `it has no size: ${name}`;
  const top = document.elementFromPoint(x, y);
  if (!top) return `out of sight: ${name}`;
  if (focused.contains(top) || top.contains(focused) || card.contains(top)) return "";
  return `under ${top.tagName}#${top.id}: ${name}`;
}
"""


class Typist:
    """Does everything by keyboard."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page
        self.said: list[str] = []

    def press(self, key: str) -> None:
        """One key; the focus must not be lost by it."""
        self.page.keyboard.press(key)
        self.keeps_the_focus()

    def keeps_the_focus(self) -> None:
        """It is somewhere, seen, and not covered."""
        self.person.wait(lambda: self.wrong() == "", "a visible focus", self.wrong)

    def wrong(self) -> str:
        """What is wrong with the focus now."""
        return str(self.page.evaluate(_FOCUS))

    def is_at(self, selector: str) -> bool:
        """Whether the focus is on this."""
        return bool(self.page.evaluate("(wanted) => document.activeElement?.matches(wanted) ?? false", selector))

    def tab_to(self, selector: str, *, name: str = "", backwards: bool = False) -> None:
        """Press Tab until the focus is on this; with a name, on the one that says it."""
        for _ in range(_MOST_TABS):
            if self.is_at(selector) and name in self._text():
                return
            self.page.keyboard.press("Shift+Tab" if backwards else "Tab")
            if not self.is_at("body"):  # past the last one it goes through the browser's own controls
                self.keeps_the_focus()
        raise AssertionError(f"{selector} {name} is not reached by Tab; the focus is at {self._text()!r}")

    def choose(self, selector: str, *, name: str = "", by: str = "Enter") -> None:
        """Go there by Tab and press it."""
        self.tab_to(selector, name=name)
        self.page.keyboard.press(by)

    def hears(self, words: str) -> None:
        """Wait until a screen reader is told this."""
        said = self.page.locator("[aria-live=polite], [role=status], [role=alert]").filter(has_text=words)
        expect(said.first).to_be_attached(timeout=PATIENCE_SECONDS * 1000)

    def wait_until_gone(self, where: str, name: str) -> None:
        """Wait until a list names somebody no more."""
        expect(self.page.locator(f"{where} [data-person]").filter(has_text=name)).to_have_count(
            0, timeout=PATIENCE_SECONDS * 1000
        )

    def _text(self) -> str:
        return str(
            self.page.evaluate(
                "() => `${document.activeElement.getAttribute('aria-label') ?? ''} ${document.activeElement.textContent}`"
            )
        )
