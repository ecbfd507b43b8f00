/** Work: what runs now, what ended lately, what a scheduler has planned. Never what it is about. */

import { getJson } from "./api.js";
import { fill, h } from "./dom.js";
import { again } from "./gauges.js";
import { formatMoment, formatSeconds, knows, t } from "./i18n.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

export function flowsPart() {
  const told = teller();
  const shown = h("div.stack", {}, h("p.hint", {}, t("loading")));

  async function load() {
    const found = await getJson("/v1/operations/flows");
    fill(
      shown,
      section(t("flows.underway"), underway(found.underway)),
      section(t("flows.ended"), ended(found.ended)),
      section(t("flows.ingested"), ingested(found.ingested)),
      section(t("flows.scheduled"), found.schedule ? [runs(found.schedule.upcoming, t("flows.upcoming")), runs(found.schedule.begun, t("flows.begun"))] : h("p.empty", {}, t("flows.unscheduled"), " ", h("small.hint", {}, found.unscheduled))),
    );
  }

  told.attempt(load);
  return h("div", {}, again(told, load), told.element, shown);
}

/**
 * @param {string} title
 * @param {import("./dom.js").Child | import("./dom.js").Child[]} content
 */
function section(title, content) {
  return h("section", {}, h("h2", {}, title), content);
}

/** @param {any[]} rows */
function underway(rows) {
  return table({
    label: t("flows.underway"),
    none: t("flows.underway.none"),
    rows,
    columns: [
      { name: t("flows.id"), cell: (row) => h("code", {}, row.id) },
      { name: t("flows.state"), by: (row) => row.status, cell: (row) => badge(row.status) },
      { name: t("flows.asked"), by: (row) => row.asked_at, cell: (row) => formatMoment(row.asked_at) },
      { name: t("flows.purpose"), by: (row) => row.purpose, cell: (row) => row.purpose },
      { name: t("flows.steps"), figure: true, by: (row) => row.n_events, cell: (row) => row.n_events },
    ],
  });
}

/** @param {any[]} rows */
function ended(rows) {
  return table({
    label: t("flows.ended"),
    none: t("flows.ended.none"),
    rows,
    columns: [
      { name: t("flows.when"), by: (row) => row.ended_at, cell: (row) => formatMoment(row.ended_at) },
      { name: t("flows.state"), by: (row) => row.status, cell: (row) => [badge(row.status), row.code ? [" ", h("code", {}, row.code)] : null] },
      { name: t("flows.purpose"), by: (row) => row.purpose, cell: (row) => row.purpose },
      { name: t("flows.channel"), by: (row) => row.channel, cell: (row) => row.channel ?? t("flows.unknown") },
      { name: t("flows.took"), figure: true, by: (row) => row.duration_s, cell: (row) => (row.duration_s === null ? t("flows.unknown") : formatSeconds(row.duration_s)) },
      { name: t("flows.id"), cell: (row) => h("code", {}, row.id) },
    ],
  });
}

/** @param {any[]} rows */
function ingested(rows) {
  const shown = ["added", "changed", "removed", "quarantined", "failed"];
  return table({
    label: t("flows.ingested"),
    none: t("flows.ingested.none"),
    rows,
    columns: [
      { name: t("flows.when"), by: (row) => row.ended_at, cell: (row) => formatMoment(row.ended_at) },
      { name: t("flows.source"), by: (row) => row.connector, cell: (row) => row.connector },
      { name: t("flows.state"), by: (row) => row.status, cell: (row) => badge(row.status) },
      ...shown.map((name) => ({ name: t(`flows.${name}`), figure: true, by: (/** @type {any} */ row) => row.counts[name], cell: (/** @type {any} */ row) => row.counts[name] })),
      { name: t("flows.took"), figure: true, by: (row) => row.duration_s, cell: (row) => formatSeconds(row.duration_s) },
    ],
  });
}

/**
 * @param {any[]} rows
 * @param {string} label
 */
function runs(rows, label) {
  const when = (/** @type {string | null} */ moment) => (moment ? formatMoment(moment) : "–");
  return h(
    "div",
    {},
    h("h3", {}, label),
    table({
      label,
      none: t("flows.runs.none"),
      rows,
      columns: [
        { name: t("flows.flow"), by: (row) => row.flow, cell: (row) => [row.flow, row.deployment ? ` / ${row.deployment}` : null] },
        { name: t("flows.state"), by: (row) => row.state, cell: (row) => row.state },
        { name: t("flows.planned"), by: (row) => row.scheduled_at, cell: (row) => when(row.scheduled_at) },
        { name: t("flows.started"), by: (row) => row.started_at, cell: (row) => when(row.started_at) },
        { name: t("flows.when"), by: (row) => row.ended_at, cell: (row) => when(row.ended_at) },
      ],
    }),
  );
}

/** @type {Record<string, string>} */
const TONES = { answered: "good", ok: "good", failed: "bad" };

/** @param {string} status */
function badge(status) {
  const key = [`status.${status}`, `flows.status.${status}`].find(knows);
  return h("span.badge", { "data-tone": TONES[status] ?? "warn" }, key ? t(key) : status);
}
