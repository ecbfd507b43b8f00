/** The page: sign-in, the frame around every view, and which view stands in it. */

import { account, viewsOf } from "./account.js";
import { Problem, getAll, getJson, getSession, whenSignedOut } from "./api.js";
import { chatView } from "./chat.js";
import { complianceView } from "./compliance.js";
import { conversations } from "./conversations.js";
import { allDocuments, documentsView } from "./documents.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { evidencePanel } from "./evidence.js";
import { LANGUAGES, currentLanguage, formatMoment, loadLanguage, t } from "./i18n.js";
import { oversightView } from "./oversight.js";
import { applyTheme, isNoticeRead, keepLanguage, keepNoticeRead, preferredLanguage, theme } from "./preferences.js";
import { closeIfDone, leaveWithOtherTabs, signIn, tellOtherTabs } from "./signin.js";

async function start() {
  applyTheme(theme());
  await loadLanguage(preferredLanguage());
  try {
    const session = (await getSession()) ?? (await signIn(document.body, { isAgain: false }));
    tellOtherTabs("in");
    closeIfDone();
    whenSignedOut(() => signInAgain(session));
    frame(await getJson("/v1/about"), session);
  } catch (error) {
    fill(document.body, h("main.sign-in-page", {}, h("p", { role: "alert" }, error instanceof Problem ? error.message : t("offline"))));
  }
}

/**
 * Put the page away until the same person has signed in again; for anybody else it is made anew.
 * @param {any} before The session that is over.
 */
async function signInAgain(before) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  const page = /** @type {HTMLElement[]} */ ([...document.body.children]);
  for (const part of page) part.hidden = true;
  const door = h("div.door");
  document.body.append(door);
  const session = await signIn(door, { isAgain: true });
  if (JSON.stringify(session.principal) !== JSON.stringify(before.principal)) {
    fill(document.body);
    location.reload();
    return new Promise(() => {}); // nothing of the page before goes on
  }
  tellOtherTabs("in");
  door.remove();
  for (const part of page) part.hidden = false;
  focused?.focus();
}

/**
 * @param {any} about What the service says of itself.
 * @param {any} session Who is signed in.
 */
function frame(about, session) {
  const views = viewsOf(session);
  const view = h("main", { id: "main", tabindex: "-1" });
  const history = h("nav.history", { "aria-label": t("history") });
  const panel = evidencePanel({ onToggle: (isOpen) => app.classList.toggle("has-evidence", isOpen) });
  const menu = iconButton("menu", t("menu"), { "aria-expanded": "false", onclick: () => toggleMenu(!app.classList.contains("has-menu")) });
  const app = h(
    "div.app",
    {},
    h("a.skip", { href: "#main", onclick: skip }, t("skip")),
    h("header.topbar", {}, menu, h("span.brand", {}, "Averment"), views.includes("ask") ? iconButton("plus", t("new"), { onclick: begin }) : null),
    sidebar({ about, session, views, history, onNew: begin }),
    h("div.centre", {}, notice(about), view),
    panel.element,
  );
  const chat = chatView({ about, onEvidence: panel.open, documents: allDocuments, onAsked: asked });
  let current = "";

  /** @param {Event} event */
  function skip(event) {
    event.preventDefault();
    view.focus();
  }

  /** @param {boolean} isOpen */
  function toggleMenu(isOpen) {
    app.classList.toggle("has-menu", isOpen);
    menu.setAttribute("aria-expanded", String(isOpen));
  }

  function begin() {
    if (location.hash === "#/ask") route();
    else location.hash = "#/ask";
  }

  /** @param {string} id */
  function asked(id) {
    current = `#/ask/${id}`;
    window.history.replaceState(null, "", current);
    showHistory();
  }

  async function showHistory() {
    if (!views.includes("ask")) return fill(history);
    const found = conversations(await getAll("/v1/analyses").catch(() => []));
    fill(
      history,
      h("h2", {}, t("history")),
      found.length
        ? h("ul", {}, found.map((one) => h("li", {}, historyLink(one))))
        : h("p.hint", {}, t("history.none")),
    );
  }

  /** @param {ReturnType<typeof conversations>[number]} one */
  function historyLink(one) {
    const isCurrent = one.turns.some((turn) => current.endsWith(turn.id));
    return h(
      "a",
      { href: `#/ask/${one.id}`, "aria-current": isCurrent ? "page" : null, title: one.title },
      h("span.history-title", {}, one.title),
      h("small", {}, formatMoment(one.asked_at)),
    );
  }

  function route() {
    const [, wanted, id] = location.hash.split("/");
    const name = views.find((one) => one === wanted) ?? views[0];
    current = location.hash;
    panel.close();
    toggleMenu(false);
    app.querySelectorAll(".views a").forEach((link) => {
      if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    showHistory();
    if (name === "documents") return stand(documentsView({ about, onEvidence: panel.open }), t("documents"));
    if (name === "oversight") {
      return stand(oversightView({ onEvidence: panel.open, onLeave: panel.close }), t("oversight"));
    }
    if (name === "compliance") return stand(complianceView(id), t("compliance"));
    if (name === undefined) return fill(view, h("section.page", {}, h("p.lead", {}, t("views.none"))));
    stand(chat, t("ask"));
    if (id) chat.open(decodeURIComponent(id)).catch(() => begin());
    else chat.begin();
  }

  /**
   * @param {{element: HTMLElement, focus: () => void}} shown
   * @param {string} name
   */
  function stand(shown, name) {
    document.title = `${name} – Averment`;
    fill(view, shown.element);
    shown.focus();
  }

  document.body.onkeydown = (event) => {
    if (event.key === "Escape" && app.classList.contains("has-menu")) {
      toggleMenu(false);
      menu.focus();
    }
  };
  window.onhashchange = route;
  fill(document.body, app);
  route();
}

/** @type {Record<string, Parameters<typeof icon>[0]>} */
const SIGNS = { ask: "chat", documents: "page", oversight: "eye", compliance: "receipt" };

/** @param {{about: any, session: any, views: string[], history: HTMLElement, onNew: () => void}} parts */
function sidebar({ about, session, views, history, onNew }) {
  const link = (/** @type {string} */ name) => h("li", {}, h("a", { href: `#/${name}` }, icon(SIGNS[name]), t(name)));
  return h(
    "div.sidebar",
    {},
    h("p.brand", {}, "Averment"),
    views.includes("ask") ? h("button.new", { type: "button", onclick: onNew }, icon("plus"), t("new")) : null,
    h(
      "nav.views",
      { "aria-label": t("views") },
      h("ul", {}, views.map(link)),
    ),
    history,
    h("div.settings", {}, languageChoice(), themeChoice(), account(session), h("p.hint", {}, t(`mode.${about.mode}`), " · ", about.version)),
  );
}

function languageChoice() {
  return h(
    "label.labelled",
    {},
    h("span.label", {}, t("language")),
    h(
      "select",
      {
        onchange: async (/** @type {Event} */ event) => {
          keepLanguage(/** @type {HTMLSelectElement} */ (event.target).value);
          await start();
        },
      },
      LANGUAGES.map((one) => h("option", { value: one, selected: one === currentLanguage() }, t(`language.${one}`))),
    ),
  );
}

function themeChoice() {
  return h(
    "label.labelled",
    {},
    h("span.label", {}, t("theme")),
    h(
      "select",
      { onchange: (/** @type {Event} */ event) => applyTheme(/** @type {any} */ (event.target).value) },
      ["auto", "light", "dark"].map((one) => h("option", { value: one, selected: one === theme() }, t(`theme.${one}`))),
    ),
  );
}

/** That an AI system answers (Article 50(1)); once read, it comes back when its words change. */
function notice(/** @type {any} */ about) {
  if (isNoticeRead(about.notice_version)) return null;
  const element = h(
    "div.ai-notice",
    { role: "note" },
    icon("info"),
    h("p", {}, t("notice")),
    h(
      "button.quiet",
      {
        type: "button",
        onclick: () => {
          keepNoticeRead(about.notice_version);
          element.remove();
        },
      },
      t("notice.read"),
    ),
  );
  return element;
}

leaveWithOtherTabs();
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // kept whole by the browser; who looks may be somebody else by now
});
start();
