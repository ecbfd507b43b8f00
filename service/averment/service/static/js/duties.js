/** Which duties of the AI Act apply on a day, both readings where the text can be read in two ways. No advice. */

import { getJson } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { formatDay, t } from "./i18n.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

const WHO = ["provider", "deployer", "supplier", "model-provider"];

export function dutiesPart() {
  const told = teller();
  const shown = h("div");
  const on = /** @type {HTMLInputElement} */ (h("input", { type: "date", name: "on", value: new Date().toISOString().slice(0, 10) }));
  const who = h("select", { name: "who" }, option("", t("duties.anyone")), WHO.map((one) => option(one, t(`duties.who.${one}`))));
  const scope = h("select", { name: "scope" }, option("", t("duties.any-scope")));
  const every = h("label.check", {}, h("input", { type: "checkbox", name: "every", value: "true", onchange: () => told.attempt(load) }), h("span", {}, t("duties.every")));
  const form = /** @type {HTMLFormElement} */ (
    h(
      "form.search",
      { onchange: () => told.attempt(load), onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      labelled("duties.on", on),
      labelled("duties.who", who),
      labelled("duties.scope", scope),
      every,
    )
  );

  async function load() {
    const query = new URLSearchParams(/** @type {any} */ ([...new FormData(form)].filter(([, value]) => value !== "")));
    if (!on.value) return;
    const found = await getJson(`/v1/obligations?${query}`);
    if (scope.children.length === 1) scope.append(...found.scopes.map((/** @type {string} */ one) => option(one, one)));
    const contested = found.data.filter((/** @type {any} */ row) => row.state === "contested");
    fill(
      shown,
      h("p.standing", {}, icon("info"), t("duties.known", { day: formatDay(found.as_of) })),
      contested.length ? readings(contested) : null,
      table({
        label: t("compliance.duties"),
        none: t("duties.none"),
        rows: found.data,
        columns: [
          { name: t("duties.article"), by: (row) => row.article, cell: (row) => row.article },
          { name: t("duties.what"), by: (row) => row.what, cell: (row) => [row.what, row.verified ? null : h("small", {}, " ", t("duties.unverified"))] },
          { name: t("duties.who"), by: (row) => row.who.join(), cell: (row) => row.who.map((/** @type {string} */ one) => t(`duties.who.${one}`)).join(", ") },
          { name: t("duties.scope"), by: (row) => row.scope, cell: (row) => row.scope },
          { name: t("duties.state"), by: (row) => row.state, cell: (row) => h("span.badge", { "data-tone": row.state === "applies" ? "good" : row.state === "contested" ? "warn" : null }, t(`duties.state.${row.state}`)) },
          { name: t("duties.from"), by: (row) => row.applies_from[0], cell: (row) => days(row.applies_from) },
        ],
      }),
      h("p.hint.sources", {}, t("duties.sources", { sources: Object.values(found.sources).join("; ") })),
    );
  }

  told.attempt(load);
  return h("div", {}, h("p.lead", {}, t("duties.text")), form, told.element, shown);
}

/** @param {any[]} rows Contested duties. */
function readings(rows) {
  /** @type {Map<string, {articles: Set<string>, readings: string[]}>} */
  const groups = new Map();
  for (const row of rows) {
    const key = row.readings.join("\n");
    const group = groups.get(key) ?? { articles: new Set(), readings: row.readings };
    group.articles.add(row.article);
    groups.set(key, group);
  }
  return h(
    "section.card",
    { "data-tone": "warn" },
    h("h2", {}, t("duties.contested")),
    [...groups.values()].map((group) => [
      h("h3", {}, t("duties.articles", { articles: [...group.articles].join("; ") })),
      h("ul.bullets", {}, group.readings.map((one) => h("li", {}, one))),
    ]),
  );
}

/** @param {(string | null)[]} found One day for each reading. */
function days(found) {
  return [...new Set(found.map((day) => (day ? formatDay(day) : t("duties.never"))))].join(` ${t("duties.or")} `);
}

/**
 * @param {string} value
 * @param {string} text
 */
function option(value, text) {
  return h("option", { value }, text);
}

/**
 * @param {string} key
 * @param {HTMLElement} control
 */
function labelled(key, control) {
  return h("label.labelled", {}, h("span.label", {}, t(key)), control);
}
