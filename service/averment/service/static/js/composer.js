/** Where a question is written, and what it is limited to. */

import { fill, h, icon, iconButton } from "./dom.js";
import { knows, t } from "./i18n.js";

/**
 * @typedef {{question: string, filters: Record<string, string[] | string>, purpose: string, as_of: string | null}} Request
 */

/**
 * @param {{about: any, documents: () => Promise<any[]>, onAsk: (request: Request) => void}} options
 */
export function composer({ about, documents, onAsk }) {
  const text = /** @type {HTMLTextAreaElement} */ (
    h("textarea", {
      id: "question",
      rows: 1,
      maxlength: 8000,
      placeholder: t("ask.placeholder"),
      "aria-label": t("ask.label"),
      enterkeyhint: "send",
      oninput: fit,
      onkeydown: onKey,
    })
  );
  const chosen = scope({ about, documents, onChange: summarise });
  const summary = h("span");
  const toggle = h(
    "button.quiet.scope-toggle",
    { type: "button", "aria-expanded": "false", "aria-controls": "scope", onclick: () => setOpen(chosen.element.hidden) },
    icon("filter"),
    summary,
  );
  const send = h("button.send", { type: "submit", "aria-label": t("ask.send"), title: t("ask.send") }, icon("send"));
  const element = h(
    "form.composer",
    {
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        submit();
      },
    },
    chosen.element,
    h("div.field", {}, text, send),
    h("div.composer-foot", {}, toggle, h("p.hint", {}, t("ask.notice"))),
  );

  /** @param {boolean} isOpen */
  function setOpen(isOpen) {
    chosen.element.hidden = !isOpen;
    toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) chosen.load();
  }

  function summarise() {
    fill(summary, chosen.summary());
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  }

  function fit() {
    text.style.setProperty("height", "auto");
    text.style.setProperty("height", `${text.scrollHeight}px`);
  }

  function submit() {
    const question = text.value.trim();
    if (!question || send.hasAttribute("disabled")) return;
    text.value = "";
    fit();
    setOpen(false);
    onAsk({ question, ...chosen.value() });
  }

  summarise();
  return {
    element,
    focus: () => text.focus(),
    /** @param {boolean} isBusy */
    setBusy(isBusy) {
      send.toggleAttribute("disabled", isBusy);
    },
    /** @param {string} question */
    suggest(question) {
      text.value = question;
      fit();
      text.focus();
    },
  };
}

/**
 * Filters, purpose and the day whose text in force is asked for.
 * @param {{about: any, documents: () => Promise<any[]>, onChange: () => void}} options
 */
function scope({ about, documents, onChange }) {
  /** @type {Set<string>} */
  const selected = new Set();
  const names = new Map();
  const kind = select("scope.kind", [["", t("scope.any")], ...["contract", "filing", "other"].map((one) => [one, t(`document.${one}`)])]);
  const party = input("scope.party", "text");
  const from = input("scope.from", "date");
  const to = input("scope.to", "date");
  const asOf = input("scope.as-of", "date");
  const purpose = select(
    "scope.purpose",
    about.purposes.map((/** @type {any} */ one) => [one.code, purposeName(one)]),
    about.default_purpose,
  );
  const list = h("div.picker", { role: "group", "aria-label": t("scope.documents") });
  let isLoaded = false;

  /**
   * @param {string} key
   * @param {string} type
   */
  function input(key, type) {
    return labelled(key, /** @type {HTMLInputElement} */ (h("input", { type, maxlength: 200, onchange: onChange, autocomplete: "off" })));
  }

  /**
   * @param {string} key
   * @param {string[][]} options
   * @param {string} [preset]
   */
  function select(key, options, preset) {
    const control = /** @type {HTMLSelectElement} */ (
      h("select", { onchange: onChange }, options.map(([value, name]) => h("option", { value, selected: value === preset }, name)))
    );
    return labelled(key, control);
  }

  /** @param {any} document */
  function choice(document) {
    const box = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", value: document.document_id }));
    box.addEventListener("change", () => {
      selected[box.checked ? "add" : "delete"](document.document_id);
      onChange();
    });
    names.set(document.document_id, document.title);
    return h("label.check", {}, box, h("span", {}, document.title, h("small", {}, fileName(document.source_uri))));
  }

  const clear = iconButton("close", t("scope.clear"), {
    onclick: () => {
      selected.clear();
      list.querySelectorAll("input").forEach((box) => (box.checked = false));
      for (const one of [kind, party, from, to, asOf]) one.control.value = "";
      onChange();
    },
  });
  const element = h(
    "fieldset.scope",
    { id: "scope", hidden: true },
    h("legend", {}, t("scope"), clear),
    h("div.scope-documents", {}, h("span.label", {}, t("scope.documents")), list),
    h("div.scope-grid", {}, kind.element, party.element, from.element, to.element, asOf.element, purpose.element),
  );

  return {
    element,
    async load() {
      if (isLoaded) return;
      isLoaded = true;
      fill(list, (await documents()).map(choice));
    },
    summary() {
      const parts = [];
      if (selected.size === 1) parts.push(names.get([...selected][0]));
      else parts.push(selected.size ? t("scope.some", { n: selected.size }) : t("scope.all"));
      if (kind.control.value) parts.push(t(`document.${kind.control.value}`));
      if (party.control.value) parts.push(party.control.value);
      if (from.control.value || to.control.value) parts.push(`${from.control.value || "…"} – ${to.control.value || "…"}`);
      if (asOf.control.value) parts.push(t("scope.on", { day: asOf.control.value }));
      parts.push(purpose.control.value);
      return parts.join(" · ");
    },
    value() {
      /** @type {Record<string, string[] | string>} */
      const filters = {};
      if (selected.size) filters.document_id = [...selected];
      if (kind.control.value) filters.kind = [kind.control.value];
      if (party.control.value.trim()) filters.party = [party.control.value.trim()];
      if (from.control.value) filters.date_from = from.control.value;
      if (to.control.value) filters.date_to = to.control.value;
      return { filters, purpose: purpose.control.value, as_of: asOf.control.value || null };
    },
  };
}

/**
 * @template {HTMLInputElement | HTMLSelectElement} T
 * @param {string} key
 * @param {T} control
 */
function labelled(key, control) {
  return { control, element: h("label.labelled", {}, h("span.label", {}, t(key)), control) };
}

function purposeName(/** @type {any} */ purpose) {
  const status = knows(`purpose.${purpose.status}`) ? t(`purpose.${purpose.status}`) : purpose.status;
  return `${purpose.code} – ${status}`;
}

/** @param {string} uri */
export function fileName(uri) {
  const last = uri.slice(uri.lastIndexOf("/") + 1);
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
