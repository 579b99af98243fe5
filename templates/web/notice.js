/* Shows a site's legal notices: <site-notice site="meetings"></site-notice>
   <script src="https://…/notice.js" defer></script>
   data-element on the script tag gives the element another name; src on the element names another
   feed; link-text, dismiss-text, show-text and hide-text replace its own words.
   No dependency, no cookie, no request but the feed. Where a script or the feed fails, nothing
   shows and the console says why. */
(() => {
  "use strict";
  const script = document.currentScript;
  const element = (script && script.dataset.element) || "site-notice";
  const origin = script && script.src ? new URL(script.src).origin : location.origin;
  const LONGEST_TIMER = 2 ** 31 - 1; // milliseconds that setTimeout can hold
  const REFRESH = 15 * 60 * 1000;
  const STYLE = `
    :host { display: block; color-scheme: light dark; --ground: #eef5f1; --plain: #ffffff;
      --ink: #16211d; --line: #17594a; --soft: #9fb0a8; --link: #124b3e; }
    @media (prefers-color-scheme: dark) { :host { --ground: #16241e; --plain: #1a211e;
      --ink: #eaf0ec; --line: #8fd3b8; --soft: #56645d; --link: #a9e3cd; } }
    :host([hidden]) { display: none; }
    section { box-sizing: border-box; color: var(--ink); background: var(--plain); font: 16px/1.5
      system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; border: 1px solid var(--soft);
      border-radius: 8px; padding: 12px 16px; margin: 0 0 12px; text-align: start; }
    section.prominent { background: var(--ground); border: 2px solid var(--line);
      padding: 18px 20px; }
    h2 { font-size: 17px; line-height: 1.35; margin: 0; text-wrap: balance; }
    .prominent h2 { font-size: 20px; }
    .row { display: flex; gap: 12px; align-items: flex-start; justify-content: space-between; }
    p { margin: 8px 0 0; max-width: 68ch; overflow-wrap: anywhere; white-space: pre-line; }
    a { color: var(--link); font-weight: 600; text-underline-offset: 2px; }
    button { flex: none; font: 600 14px/1.2 system-ui, -apple-system, "Segoe UI", sans-serif;
      color: var(--ink); background: transparent; border: 1px solid var(--soft);
      border-radius: 6px; min-height: 40px; padding: 8px 12px; cursor: pointer; }
    a:focus-visible, button:focus-visible { outline: 3px solid var(--line); outline-offset: 2px;
      border-radius: 4px; }
    @media print { button { display: none; } }`;

  const put = (parent, tag, text) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    parent.append(node);
    return node;
  };
  const dress = (root) => {
    try {
      const sheet = new CSSStyleSheet(); // allowed by a strict style-src, unlike a style element
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
    } catch {
      put(root, "style", STYLE);
    }
  };
  const safeLink = (url) => {
    try {
      const link = new URL(url, origin);
      return ["https:", "http:"].includes(link.protocol) ? link.href : "";
    } catch {
      return "";
    }
  };
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage is switched off: the notice shows again next time
    }
  };
  const remember = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      /* as above */
    }
  };

  class SiteNotice extends HTMLElement {
    static get observedAttributes() {
      return ["site", "src"];
    }

    connectedCallback() {
      if (!this.shadowRoot) this.attachShadow({ mode: "open" });
      this.notices = this.notices || [];
      this.onVisible = () => document.visibilityState === "visible" && this.load();
      document.addEventListener("visibilitychange", this.onVisible);
      this.load();
    }

    disconnectedCallback() {
      clearTimeout(this.timer);
      document.removeEventListener("visibilitychange", this.onVisible);
    }

    attributeChangedCallback(_, old, now) {
      if (this.isConnected && this.shadowRoot && old !== now) this.load();
    }

    async load() {
      const site = this.getAttribute("site");
      const address = this.getAttribute("src") || `${origin}/feed/${encodeURIComponent(site)}.json`;
      if (!site && !this.hasAttribute("src")) return;
      try {
        const answer = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        const feed = await answer.json();
        if (feed.schema !== "notifier.feed/1" || !Array.isArray(feed.notices)) {
          throw new Error("not a notifier.feed/1 document");
        }
        this.notices = feed.notices;
      } catch (error) {
        console.warn(`<${element}>: no notices from ${address}: ${error.message}`);
      }
      this.show(); // what was fetched before still stands until its own end
    }

    /* The notices that are on now, one language each: the page's, else the first. */
    current(now) {
      const language = (this.closest("[lang]") || document.documentElement).lang || "";
      const fits = (item) => item.locale === language || item.locale.split("-")[0] === language.split("-")[0];
      const chosen = new Map();
      for (const item of this.notices) {
        if (!(Date.parse(item.from) <= now && now < Date.parse(item.until))) continue;
        const other = chosen.get(item.id);
        if (!other || (!fits(other) && fits(item))) chosen.set(item.id, item);
      }
      return [...chosen.values()];
    }

    show() {
      clearTimeout(this.timer);
      if (!this.isConnected) return;
      const now = Date.now();
      const shown = this.current(now).filter(
        (item) => item.severity === "prominent" || remembered(`${element}:${item.id}`) !== "away",
      );
      const state = JSON.stringify(shown);
      if (state !== this.state) {
        this.state = state;
        this.shadowRoot.replaceChildren();
        dress(this.shadowRoot);
        for (const item of shown) this.draw(item);
        this.toggleAttribute("hidden", shown.length === 0);
      }
      const turns = this.notices
        .flatMap((item) => [Date.parse(item.from), Date.parse(item.until)])
        .filter((turn) => turn > now);
      const next = Math.min(REFRESH, LONGEST_TIMER, ...turns.map((turn) => turn - now));
      this.timer = setTimeout(() => (next === REFRESH ? this.load() : this.show()), next + 20);
    }

    draw(item) {
      const prominent = item.severity === "prominent";
      const section = put(this.shadowRoot, "section");
      section.lang = item.locale;
      section.className = prominent ? "prominent" : "standard";
      section.setAttribute("role", "region");
      const row = put(section, "div");
      row.className = "row";
      const heading = put(row, "h2", item.title);
      heading.id = `title-${this.shadowRoot.querySelectorAll("section").length}`;
      section.setAttribute("aria-labelledby", heading.id);
      const body = put(section, "div");
      if (item.text) put(body, "p", item.text);
      const address = safeLink(item.url);
      if (address) {
        const link = put(put(body, "p"), "a", this.word("link", "Read what changes"));
        link.href = address;
      }
      const button = put(row, "button");
      button.type = "button";
      if (prominent) this.foldable(item, body, button);
      else this.dismissible(item, button);
    }

    word(name, standard) {
      return this.getAttribute(`${name}-text`) || standard;
    }

    foldable(item, body, button) {
      const key = `${element}:${item.id}`;
      const fold = (folded) => {
        body.hidden = folded;
        button.textContent = folded ? this.word("show", "Show") : this.word("hide", "Hide");
        button.setAttribute("aria-expanded", String(!folded));
        button.setAttribute("aria-label", `${button.textContent}: ${item.title}`);
      };
      fold(remembered(key) === "folded");
      button.addEventListener("click", () => {
        const folded = !body.hidden;
        remember(key, folded ? "folded" : "");
        fold(folded);
      });
    }

    dismissible(item, button) {
      button.textContent = this.word("dismiss", "Dismiss");
      button.setAttribute("aria-label", `${button.textContent}: ${item.title}`);
      button.addEventListener("click", () => {
        remember(`${element}:${item.id}`, "away");
        const next = button.closest("section").nextElementSibling;
        this.show();
        const target = next && this.shadowRoot.querySelector("button, a");
        if (target) target.focus();
      });
    }
  }

  if (!customElements.get(element)) customElements.define(element, SiteNotice);
})();
