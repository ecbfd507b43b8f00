/** The page: sign-in, the frame around every view, and which view stands in it. */

import { Problem, getJson, hasKey, setKey } from "./api.js";
import { chatView } from "./chat.js";
import { conversations } from "./conversations.js";
import { allDocuments, documentsView } from "./documents.js";
import { fill, h, icon, iconButton } from "./dom.js";
import { evidencePanel } from "./evidence.js";
import { LANGUAGES, currentLanguage, formatMoment, loadLanguage, t } from "./i18n.js";
import { oversightView } from "./oversight.js";
import { applyTheme, isNoticeRead, keepLanguage, keepNoticeRead, preferredLanguage, theme } from "./preferences.js";
import { signIn } from "./signin.js";

const REVIEWER = "reviewer";

async function start() {
  applyTheme(theme());
  await loadLanguage(preferredLanguage());
  if (!hasKey()) return signIn(document.body, start);
  try {
    frame(await getJson("/v1/about"));
  } catch (error) {
    if (error instanceof Problem && error.status === 401) {
      setKey(null);
      return signIn(document.body, start);
    }
    fill(document.body, h("main.sign-in-page", {}, h("p", { role: "alert" }, error instanceof Problem ? error.message : t("offline"))));
  }
}

/** @param {any} about What the service says of itself and of who asks. */
function frame(about) {
  const view = h("main", { id: "main", tabindex: "-1" });
  const history = h("nav.history", { "aria-label": t("history") });
  const panel = evidencePanel({ onToggle: (isOpen) => app.classList.toggle("has-evidence", isOpen) });
  const menu = iconButton("menu", t("menu"), { "aria-expanded": "false", onclick: () => toggleMenu(!app.classList.contains("has-menu")) });
  const app = h(
    "div.app",
    {},
    h("a.skip", { href: "#main", onclick: skip }, t("skip")),
    h("header.topbar", {}, menu, h("span.brand", {}, "Averment"), iconButton("plus", t("new"), { onclick: begin })),
    sidebar(about, history, begin),
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
    const { data } = await getJson("/v1/analyses").catch(() => ({ data: [] }));
    const found = conversations(data);
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
    const [, name = "ask", id] = location.hash.split("/");
    current = location.hash;
    panel.close();
    toggleMenu(false);
    app.querySelectorAll(".views a").forEach((link) => {
      if (link.getAttribute("href") === `#/${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    showHistory();
    if (name === "documents") return stand(documentsView({ about, onEvidence: panel.open }), t("documents"));
    if (name === "oversight" && about.roles.includes(REVIEWER)) {
      return stand(oversightView({ onEvidence: panel.open, onLeave: panel.close }), t("oversight"));
    }
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

/**
 * @param {any} about
 * @param {HTMLElement} history
 * @param {() => void} onNew
 */
function sidebar(about, history, onNew) {
  /**
   * @param {string} name
   * @param {Parameters<typeof icon>[0]} sign
   */
  const link = (name, sign) => h("li", {}, h("a", { href: `#/${name}` }, icon(sign), t(name)));
  return h(
    "div.sidebar",
    {},
    h("p.brand", {}, "Averment"),
    h("button.new", { type: "button", onclick: onNew }, icon("plus"), t("new")),
    h(
      "nav.views",
      { "aria-label": t("views") },
      h("ul", {}, link("ask", "chat"), link("documents", "page"), about.roles.includes(REVIEWER) ? link("oversight", "eye") : null),
    ),
    history,
    h("div.settings", {}, languageChoice(), themeChoice(), signOut(), h("p.hint", {}, t(`mode.${about.mode}`), " · ", about.version)),
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

function signOut() {
  return h(
    "button.quiet",
    {
      type: "button",
      onclick: () => {
        setKey(null);
        location.hash = "";
        location.reload();
      },
    },
    t("signout"),
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

start();
