/** What analyses took, by day and purpose, and the machine's energy. */

import { getJson } from "./api.js";
import { fill, h } from "./dom.js";
import { again, facts } from "./gauges.js";
import { formatDay, formatMoment, formatNumber, t } from "./i18n.js";
import { card } from "./logstate.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

const PERIODS = [1, 7, 30, 92];
const SUMMED = ["analyses", "failed", "searches", "model_calls", "prompt_tokens", "completion_tokens", "duration_s", "model_s"];
const WHOLE = { maximumFractionDigits: 0 };
const TENTHS = { maximumFractionDigits: 1 };

export function costsPart() {
  const told = teller();
  const shown = h("div.stack", {}, h("p.hint", {}, t("loading")));
  const period = /** @type {HTMLSelectElement} */ (
    h("select", { onchange: () => told.attempt(load) }, PERIODS.map((days) => h("option", { value: days, selected: days === 30 }, t("costs.days", { n: days }))))
  );

  async function load() {
    const { spent, energy } = await getJson(`/v1/operations/costs?days=${period.value}`);
    /** @type {Record<string, number>} */
    const sums = Object.fromEntries(SUMMED.map((name) => [name, spent.reduce((/** @type {number} */ sum, /** @type {any} */ row) => sum + row[name], 0)]));
    fill(shown, h("div.cards.three", {}, workCard(sums), tokenCard(sums), energyCard(energy)), byDay(spent), h("p.hint", {}, t("costs.source")));
  }

  told.attempt(load);
  return h("div", {}, h("div.row.end", {}, h("label.labelled", {}, h("span.label", {}, t("costs.period")), period), again(told, load)), told.element, shown);
}

/** @param {Record<string, number>} sums */
function workCard(sums) {
  return card(t("costs.work"), [
    h("p.big", {}, formatNumber(sums.analyses), " ", h("small", {}, t("costs.analyses", { n: sums.analyses }))),
    facts([
      [t("costs.failed"), formatNumber(sums.failed)],
      [t("costs.searches"), formatNumber(sums.searches)],
      [t("costs.duration"), `${formatNumber(sums.duration_s, TENTHS)} s`],
      [t("costs.model"), `${formatNumber(sums.model_s, TENTHS)} s`],
    ]),
  ]);
}

/** @param {Record<string, number>} sums */
function tokenCard(sums) {
  const all = sums.prompt_tokens + sums.completion_tokens;
  return card(t("costs.tokens"), [
    h("p.big", {}, formatNumber(all), " ", h("small", {}, t("costs.tokens.unit", { n: all }))),
    facts([
      [t("costs.prompt"), formatNumber(sums.prompt_tokens)],
      [t("costs.completion"), formatNumber(sums.completion_tokens)],
      [t("costs.calls"), formatNumber(sums.model_calls)],
    ]),
  ]);
}

function energyCard(/** @type {any} */ energy) {
  return card(t("costs.energy"), [
    energy.joules === null
      ? [h("p.big", {}, "–"), h("p.hint", {}, t("costs.energy.none"), " ", energy.reason)]
      : h("p.big", {}, formatNumber(energy.joules, WHOLE), " ", h("small", {}, t("costs.joules"))),
    h("p.hint", {}, t("costs.energy.text", { when: formatMoment(energy.since) })),
  ]);
}

/** @param {any[]} spent */
function byDay(spent) {
  const figure = (/** @type {string} */ name, /** @type {Intl.NumberFormatOptions} */ options = WHOLE) => ({
    name: t(`costs.column.${name}`),
    figure: true,
    by: (/** @type {any} */ row) => row[name],
    cell: (/** @type {any} */ row) => formatNumber(row[name], options),
  });
  return table({
    label: t("costs.by-day"),
    none: t("costs.none"),
    rows: spent,
    columns: [
      { name: t("costs.day"), by: (row) => row.day, cell: (row) => h("span.one-line", {}, formatDay(row.day)) },
      { name: t("flows.purpose"), by: (row) => row.purpose, cell: (row) => row.purpose },
      figure("analyses"),
      figure("answered"),
      figure("failed"),
      figure("searches"),
      figure("model_calls"),
      figure("prompt_tokens"),
      figure("completion_tokens"),
      ...(spent.some((row) => row.escalated_tokens) ? [figure("escalated_tokens")] : []),
      figure("duration_s", TENTHS),
      figure("model_s", TENTHS),
    ],
  });
}
