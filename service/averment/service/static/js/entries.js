/** Search the log; what entries hold is codes, counts, digests and pseudonyms. A row opens the entry with its proof. */

import { getJson, post, postForFile } from "./api.js";
import { verdictCard, offline } from "./checking.js";
import { fill, h, icon } from "./dom.js";
import { saveFile, saveJson } from "./exports.js";
import { formatMoment, formatNumber, t } from "./i18n.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

const KINDS = ["bundle", "csv", "jsonl", "ocsf", "prov"];
const FIELDS = ["user", "purpose", "document", "answer"];

export function entriesPart() {
  const told = teller();
  const list = h("div");
  const more = h("div.row");
  const found = h("div", {}, list, more);
  const shown = h("div");
  const types = /** @type {HTMLSelectElement} */ (h("select", { name: "type" }, h("option", { value: "" }, t("entries.any"))));
  const kind = /** @type {HTMLSelectElement} */ (h("select", { name: "kind", "aria-label": t("entries.export.kind") }, KINDS.map((one) => h("option", { value: one }, t(`entries.kind.${one}`)))));
  const form = /** @type {HTMLFormElement} */ (
    h(
      "form.search",
      { onsubmit: submitted },
      labelled("entries.type", types),
      labelled("entries.since", h("input", { type: "date", name: "since" })),
      labelled("entries.until", h("input", { type: "date", name: "until" })),
      FIELDS.map((name) => labelled(`entries.${name}`, h("input", { type: "text", name, autocomplete: "off", spellcheck: "false", maxlength: 300 }))),
      h("div.row", {}, h("button.primary", { type: "submit" }, t("entries.find")), h("button.quiet", { type: "reset", onclick: () => queueMicrotask(() => load()) }, t("entries.clear"))),
    )
  );
  const exporting = h("button", { type: "button", onclick: () => told.attempt(take, exporting) }, icon("download"), t("entries.export"));
  /** @type {any[]} */
  let rows = [];

  /** @param {Event} event */
  function submitted(event) {
    event.preventDefault();
    load();
  }

  function query() {
    const wanted = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
    if (wanted.until) wanted.until = nextDay(String(wanted.until));
    return wanted;
  }

  /** @param {string | null} [cursor] */
  function load(cursor = null) {
    return told.attempt(async () => {
      const asked = new URLSearchParams(/** @type {any} */ ({ ...query(), limit: 50, ...(cursor ? { cursor } : {}) }));
      const page = await getJson(`/v1/audit/entries?${asked}`);
      rows = cursor ? [...rows, ...page.data] : page.data;
      back();
      fill(list, table({ label: t("entries"), columns: columns(open), rows, none: t("entries.none") }));
      fill(
        more,
        h("span.hint", {}, t("entries.shown", { n: rows.length, of: page.size })),
        page.next_cursor ? h("button", { type: "button", onclick: () => load(page.next_cursor) }, t("entries.more")) : null,
      );
    });
  }

  function take() {
    const { type, ...wanted } = query();
    const body = { ...wanted, ...(type ? { type: [type] } : {}), kind: kind.value };
    return postForFile("/v1/audit/exports", body).then((file) => {
      saveFile(file);
      told.say(t("export.done", { name: file.name }));
    });
  }

  /** @param {number} index */
  function open(index) {
    told.attempt(async () => {
      const one = await getJson(`/v1/audit/entries/${index}`);
      found.hidden = true;
      form.hidden = true;
      fill(shown, entryCard(one, { onBack: back, onOpen: open, onUser: lookFor }));
      /** @type {HTMLElement | null} */ (shown.querySelector("h2"))?.focus();
    });
  }

  function back() {
    fill(shown);
    found.hidden = false;
    form.hidden = false;
  }

  /** @param {string} actor */
  function lookFor(actor) {
    form.reset();
    /** @type {HTMLInputElement} */ (form.elements.namedItem("user")).value = actor;
    load();
  }

  getJson("/v1/audit/coverage?until=2000-01-01")
    .then(({ never_seen }) => types.append(...never_seen.map((/** @type {string} */ one) => h("option", { value: one }, one))))
    .catch(() => {}); // any type can still be looked through
  load();
  return h("div", {}, form, told.element, found, shown, h("div.row.after", {}, kind, exporting, h("span.hint", {}, t("entries.export.text"))));
}

/** @param {(index: number) => void} onOpen */
function columns(onOpen) {
  return [
    {
      name: t("entries.number"),
      figure: true,
      by: (/** @type {any} */ row) => row.seq,
      cell: (/** @type {any} */ row) => h("button.link", { type: "button", "aria-label": t("entries.open", { number: row.seq }), onclick: () => onOpen(row.seq) }, formatNumber(row.seq)),
    },
    { name: t("entries.time"), by: (/** @type {any} */ row) => row.time, cell: (/** @type {any} */ row) => formatMoment(row.time) },
    { name: t("entries.type"), by: (/** @type {any} */ row) => row.type, cell: (/** @type {any} */ row) => h("code", {}, row.type) },
    { name: t("entries.user"), by: (/** @type {any} */ row) => row.actor, cell: (/** @type {any} */ row) => h("code", { title: row.actor }, row.actor.slice(-8)) },
    { name: t("entries.purpose"), by: (/** @type {any} */ row) => row.purpose || null, cell: (/** @type {any} */ row) => row.purpose },
    { name: t("entries.facts"), cell: (/** @type {any} */ row) => h("span.facts-line", {}, factsLine(row.data)) },
  ];
}

/**
 * @param {any} opened
 * @param {{onBack: () => void, onOpen: (index: number) => void, onUser: (actor: string) => void}} options
 */
function entryCard({ entry, receipt }, { onBack, onOpen, onUser }) {
  const told = teller();
  const verdict = h("div");
  const size = receipt.checkpoint.split("\n")[1];
  const rows = [
    [t("entries.time"), formatMoment(entry.time)],
    [t("entries.user"), h("button.link", { type: "button", title: t("entries.same-user"), onclick: () => onUser(entry.actor) }, entry.actor)],
    [t("entries.purpose"), entry.purpose || "–"],
    [t("entries.parents"), entry.parents.length ? entry.parents.map((/** @type {number} */ one) => h("button.link", { type: "button", onclick: () => onOpen(one) }, formatNumber(one))) : "–"],
    ...Object.entries(entry.data).map(([name, value]) => [h("code", {}, name), factText(value)]),
    [t("proof.leaf"), h("code", {}, receipt.leaf_hash)],
  ];
  const prove = h("button.primary", { type: "button", onclick: () => told.attempt(async () => fill(verdict, verdictCard(await post("/v1/audit/checks", new Blob([JSON.stringify(receipt)])))), prove) }, icon("check"), t("entry.prove"));
  return h(
    "article.case",
    {},
    h("button.quiet", { type: "button", onclick: onBack }, icon("left"), t("entry.back")),
    h("h2", { tabindex: "-1" }, t("entry", { number: entry.seq }), " ", h("code", {}, entry.type)),
    h("dl.facts", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    h("h3", {}, t("entry.proof")),
    h("p", {}, t("entry.proof.text", { size: formatNumber(Number(size)), origin: receipt.origin })),
    h(
      "div.row",
      {},
      prove,
      h("button", { type: "button", onclick: () => saveJson(receipt, `receipt-${entry.seq}.json`) }, icon("download"), t("entry.receipt")),
    ),
    told.element,
    verdict,
    offline(`receipt-${entry.seq}.json`),
  );
}

/** @param {Record<string, unknown>} data */
function factsLine(data) {
  return Object.entries(data)
    .filter(([, value]) => typeof value !== "object")
    .slice(0, 4)
    .map(([name, value]) => `${name} ${String(value).slice(0, 40)}`)
    .join(" · ");
}

/** @param {unknown} value */
function factText(value) {
  if (value === null) return "–";
  return typeof value === "object" ? h("code", {}, JSON.stringify(value, null, 1)) : String(value);
}

/**
 * @param {string} key
 * @param {HTMLElement} control
 */
function labelled(key, control) {
  return h("label.labelled", {}, h("span.label", {}, t(key)), control);
}

/** @param {string} day YYYY-MM-DD; a search ends before the day behind the one that was named. */
function nextDay(day) {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
