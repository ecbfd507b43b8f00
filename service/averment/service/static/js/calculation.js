/** A recorded calculation as a table: the cells it rests on, the expression, the exact result. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { formatFigure } from "./values.js";

/**
 * @param {any} calculation
 * @param {(citation: any) => HTMLElement} chip
 */
export function calculationTable(calculation, chip) {
  return h(
    "div.calculation",
    { role: "region", "aria-label": t("calculation"), tabindex: "0" },
    h(
      "table",
      {},
      h("caption.visually-hidden", {}, t("calculation")),
      h(
        "thead",
        {},
        h("tr", {}, ["name", "cell", "period", "value", "place"].map((name) => h("th", { scope: "col" }, t(`calculation.${name}`)))),
      ),
      h("tbody", {}, calculation.operands.map((/** @type {any} */ operand) => row(operand, chip))),
      h(
        "tfoot",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "row", colspan: 3 }, h("code", {}, calculation.expression), rounding(calculation)),
          h("td.figure.total", {}, formatFigure(calculation.value, calculation.unit)),
          h("td"),
        ),
      ),
    ),
  );
}

/**
 * @param {any} operand
 * @param {(citation: any) => HTMLElement} chip
 */
function row(operand, chip) {
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, h("code", {}, operand.name)),
    h("td", {}, label(operand.label), operand.concept ? h("code.concept", {}, operand.concept) : null),
    h("td", {}, operand.period ?? ""),
    h("td.figure", {}, formatFigure(operand.value, operand.unit, operand.scale)),
    h("td", {}, chip(operand.citation)),
  );
}

/** Headers of rows stand before the dot, those of columns behind it, levels parted by bars. */
function label(/** @type {string} */ text) {
  const [rows, ...columns] = text.split(" · ");
  const levels = rows.split(" | ").map((level) => level.replace(/:$/, ""));
  const last = levels.pop();
  const rest = [...levels, ...columns.map(joined)].join(" · ");
  return [h("span.cell-name", {}, last), rest ? h("span.cell-rest", {}, rest) : null];
}

/** Levels of a header as one; a comma at the end of one is its own. */
function joined(/** @type {string} */ header) {
  return header.split(" | ").map((level) => level.replace(/[,:]$/, "")).join(", ");
}

function rounding(/** @type {any} */ calculation) {
  const notes = [calculation.rounding, calculation.calendar].filter(Boolean);
  return notes.length ? h("span.cell-rest", {}, notes.join(", ")) : null;
}
