/** Tables that sort by any column; where there is no room for columns each row is a card of its own. */

import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @typedef {{
 *   name: string,
 *   cell: (row: any) => import("./dom.js").Child | import("./dom.js").Child[],
 *   by?: (row: any) => string | number | null,
 *   figure?: boolean,
 * }} Column `by` is what the column sorts by; one without it does not sort.
 */

/**
 * @param {{label: string, columns: Column[], rows: any[], none: string}} options `none` is said where there is no row.
 */
export function table({ label, columns, rows, none }) {
  if (!rows.length) return h("p.empty", {}, none);
  const body = h("tbody");
  const heads = columns.map((column, at) => head(column, at));
  let sortedBy = -1;
  let isDown = false;

  /** @param {number} at */
  function sort(at) {
    isDown = sortedBy === at && !isDown;
    sortedBy = at;
    heads.forEach((one, index) => {
      if (columns[index].by) one.setAttribute("aria-sort", index !== at ? "none" : isDown ? "descending" : "ascending");
    });
    const by = /** @type {(row: any) => string | number | null} */ (columns[at].by);
    const sorted = [...rows].sort((one, other) => compare(by(one), by(other)));
    show(isDown ? sorted.reverse() : sorted);
  }

  /**
   * @param {Column} column
   * @param {number} at
   */
  function head(column, at) {
    const kind = column.figure ? "th.figure" : "th";
    if (!column.by) return h(kind, { scope: "col" }, column.name);
    const button = h("button.sort", { type: "button", onclick: () => sort(at) }, column.name, icon("sort"));
    return h(kind, { scope: "col", "aria-sort": "none" }, button);
  }

  /** @param {any[]} shown */
  function show(shown) {
    fill(body, shown.map((row) => h("tr", {}, columns.map((column) => h(column.figure ? "td.figure" : "td", { "data-name": column.name }, column.cell(row))))));
  }

  show(rows);
  return h(
    "div.grid",
    { role: "region", "aria-label": label, tabindex: "0" },
    h("table", {}, h("caption.visually-hidden", {}, `${label}. ${t("table.sorts")}`), h("thead", {}, h("tr", {}, heads)), body),
  );
}

/**
 * @param {string | number | null} one
 * @param {string | number | null} other
 */
function compare(one, other) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  return typeof one === "number" && typeof other === "number" ? one - other : String(one).localeCompare(String(other));
}
