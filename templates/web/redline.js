// Keys to the next and the previous change. The page says everything without this script.
(() => {
  "use strict";
  const cards = [...document.querySelectorAll("article.change")];
  const bar = document.getElementById("keys");
  if (!bar || cards.length < 2) return;
  const on = document.getElementById("keys-on");
  const links = new Map(
    [...document.querySelectorAll("nav a[href^='#']")].map((link) => [link.hash.slice(1), link]),
  );
  let current = -1;

  const mark = (index) => {
    for (const element of document.querySelectorAll("[aria-current]")) {
      element.removeAttribute("aria-current");
    }
    current = index;
    if (index < 0) return;
    cards[index].setAttribute("aria-current", "true");
    const link = links.get(cards[index].id);
    if (link) {
      link.setAttribute("aria-current", "true");
      link.scrollIntoView({ block: "nearest" });
    }
  };

  const go = (step) => {
    const index = Math.min(Math.max(current + step, 0), cards.length - 1);
    mark(index);
    cards[index].scrollIntoView({ block: "start" });
    cards[index].focus({ preventScroll: true });
  };

  const follow = () => mark(cards.findIndex((card) => `#${card.id}` === location.hash));

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select");
    if (!on.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n" || event.key === "j") go(1);
    else if (event.key === "p" || event.key === "k") go(-1);
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const index = cards.findIndex((card) => card.contains(event.target));
    if (index >= 0) mark(index);
  });
  addEventListener("hashchange", follow);
  bar.hidden = false;
  follow();
})();
