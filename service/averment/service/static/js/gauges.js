/** What the parts of the operations page show things with: facts, bars, and the button that looks again. */

import { h, icon } from "./dom.js";
import { formatNumber, t } from "./i18n.js";

/**
 * @param {ReturnType<typeof import("./telling.js").teller>} told
 * @param {() => Promise<void>} load
 */
export function again(told, load) {
  /** @type {HTMLElement} */
  const button = h("button.quiet", { type: "button", onclick: () => told.attempt(load, button) }, icon("again"), t("operations.again"));
  return h("div.row.end", {}, button);
}

/** Of a store that does not answer nothing is known. */
export function down() {
  return h("p", { "data-tone": "bad" }, icon("alert"), t("operations.down"));
}

/** @param {string[][]} rows */
export function facts(rows) {
  return h("dl.facts", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/**
 * A bar of how much of something is taken, with the figures beside it.
 * @param {string} name
 * @param {number} value
 * @param {number} most
 * @param {string | null} [more]
 * @param {(value: number) => string} [write]
 */
export function meter(name, value, most, more = null, write = formatNumber) {
  const label = `${name}: ${t("operations.of", { value: write(value), most: write(most) })}`;
  const bar = h("meter", { min: 0, max: most, high: most * 0.8, value, "aria-label": label });
  return h("div.meter", {}, h("span", {}, name), h("span.figure", {}, t("operations.of", { value: write(value), most: write(most) })), bar, more ? h("p.hint", {}, more) : null);
}
