/** Typed values in words: what an answer comes to, exact as the service computed it. */

import { formatDay, formatNumber, knows, t } from "./i18n.js";

/**
 * @param {string} value An exact decimal as text.
 * @param {string | null} unit
 * @param {number} scale
 */
export function formatFigure(value, unit, scale = 1) {
  const figure = [formatNumber(value)];
  if (scale !== 1) figure.push(knows(`scale.${scale}`) ? t(`scale.${scale}`) : `× ${formatNumber(scale)}`);
  if (unit) figure.push(unitWord(unit, value));
  return figure.join(" ");
}

/**
 * @param {string} unit
 * @param {string} value
 */
function unitWord(unit, value) {
  const key = `unit.${unit}`;
  return knows(key) ? t(key, { n: value === "1" ? 1 : 2 }) : unit;
}

/**
 * @param {any} value The `value` of an answer.
 * @returns {string | null} None for texts, which stand in the answer's sentences.
 */
export function headline(value) {
  switch (value?.type) {
    case "boolean":
      return t(value.value ? "value.yes" : "value.no");
    case "date":
      return /^\d{4}-\d\d-\d\d$/.test(value.value) ? formatDay(value.value) : value.value;
    case "number":
    case "amount":
    case "duration":
      return formatFigure(value.value, value.currency ?? value.unit, value.scale);
    case "label":
      return value.value;
    default:
      return null;
  }
}
