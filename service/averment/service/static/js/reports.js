/** Documents for officers and authorities: which there are, and making one. Every export is an entry of the log first. */

import { getJson, postForFile } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { saveFile } from "./exports.js";
import { currentLanguage, formatNumber, t } from "./i18n.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

const FORMS = ["pdf", "html", "docx", "json"];
const MASKS = ["none", "contacts", "persons"];

export function reportsPart() {
  const told = teller();
  const list = h("div");
  const kind = select("kind", []);
  const language = select("language", []);
  const about = /** @type {HTMLInputElement} */ (h("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: 100 }));
  const aboutName = h("span.label");
  const aboutRow = h("label.labelled", { hidden: true }, aboutName, about);
  const form = select("form", FORMS.map((one) => [one, t(`reports.form.${one}`)]));
  const mask = select("mask", MASKS.map((one) => [one, t(`reports.mask.${one}`)]));
  const make = h("button.primary", { type: "submit" }, icon("download"), t("reports.make"));
  /** @type {any[]} */
  let kinds = [];

  function chosen() {
    return kinds.find((one) => one.kind === kind.value);
  }

  function choose() {
    const one = chosen();
    if (!one) return;
    const wanted = language.value || currentLanguage();
    fill(language, one.languages.map((/** @type {string} */ code) => h("option", { value: code, selected: code === wanted }, t(`language.${code}`))));
    aboutRow.hidden = !one.about;
    fill(aboutName, t(`reports.about.${one.about || "answer"}`));
    about.required = Boolean(one.about);
  }

  /** @param {string} code */
  function pick(code) {
    kind.value = code;
    choose();
    kind.focus();
    kind.scrollIntoView({ block: "center" });
  }

  async function load() {
    const found = await getJson(`/v1/reports?language=${currentLanguage()}`);
    kinds = found.data;
    const before = kind.value;
    fill(kind, kinds.map((one) => h("option", { value: one.kind, selected: one.kind === before }, one.title)));
    choose();
    fill(
      list,
      table({
        label: t("compliance.reports"),
        none: t("entries.none"),
        rows: kinds,
        columns: [
          { name: t("reports.title"), by: (row) => row.title, cell: (row) => h("button.link", { type: "button", onclick: () => pick(row.kind) }, row.title) },
          { name: t("duties.article"), by: (row) => row.article, cell: (row) => row.article },
          { name: t("reports.fields"), figure: true, by: (row) => row.fields, cell: (row) => formatNumber(row.fields) },
          { name: t("reports.exported"), by: (row) => row.exported_at, cell: (row) => (row.exported_at === null ? t("reports.never") : t("reports.at", { size: formatNumber(row.exported_at) })) },
        ],
      }),
    );
  }

  async function produce() {
    const one = chosen();
    told.say(t("reports.making"));
    const body = { format: form.value, language: language.value, mask: mask.value, about: one.about ? about.value.trim() : "" };
    const file = await postForFile(`/v1/reports/${encodeURIComponent(one.kind)}`, body);
    saveFile(file);
    await load();
    told.say(t("export.done", { name: file.name }));
  }

  kind.onchange = choose;
  told.attempt(load);
  return h(
    "div",
    {},
    h("p.lead", {}, t("reports.text")),
    h(
      "form.search",
      {
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          told.attempt(produce, make);
        },
      },
      named("reports.kind", kind),
      aboutRow,
      named("reports.form", form),
      named("language", language),
      named("reports.mask", mask),
      h("div.row", {}, make),
    ),
    told.element,
    list,
  );
}

/**
 * @param {string} name
 * @param {string[][]} options
 */
function select(name, options) {
  return /** @type {HTMLSelectElement} */ (h("select", { name }, options.map(([value, text]) => h("option", { value }, text))));
}

/**
 * @param {string} key
 * @param {HTMLElement} control
 */
function named(key, control) {
  return h("label.labelled", {}, h("span.label", {}, t(key)), control);
}
