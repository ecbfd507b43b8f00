/** Words, numbers and times in the reader's language. Dictionaries are files; a missing word shows its key. */

export const LANGUAGES = ["en", "de"];

/** @type {Record<string, string>} */
let words = {};
let language = "en";
/** The language as it is written where the reader is: days and numbers differ between regions. */
let locale = "en";

/** @returns {string} */
export function currentLanguage() {
  return language;
}

/** @param {string} chosen One of LANGUAGES. */
export async function loadLanguage(chosen) {
  const response = await fetch(`/static/i18n/${chosen}.json`);
  if (!response.ok) throw new Error(`no words for ${chosen}`);
  words = await response.json();
  language = chosen;
  locale = navigator.languages.find((tag) => tag.slice(0, 2) === chosen) ?? chosen;
  document.documentElement.lang = chosen;
}

/**
 * @param {string} key
 * @param {Record<string, string | number>} [parts] What fills the places in braces; `n` chooses `key.one` or `key`.
 * @returns {string}
 */
export function t(key, parts = {}) {
  const one = parts.n === 1 ? words[`${key}.one`] : undefined;
  const text = one ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const part = parts[name] ?? "";
    return typeof part === "number" ? formatNumber(part) : part;
  });
}

/**
 * @param {string} key
 * @returns {boolean} Whether there are words for it: codes of the service may be newer than they.
 */
export function knows(key) {
  return key in words;
}

/**
 * @param {number | string} value A number, or an exact decimal as text.
 * @param {Intl.NumberFormatOptions} [options]
 */
export function formatNumber(value, options = {}) {
  const digits = { maximumFractionDigits: 20, ...options };
  return new Intl.NumberFormat(locale, digits).format(/** @type {any} */ (value));
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  const power = Math.min(4, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)));
  const unit = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"][power];
  return formatNumber(bytes / 1000 ** power, { style: "unit", unit, maximumFractionDigits: power ? 1 : 0 });
}

/** @param {string | number} moment RFC 3339, or milliseconds. */
export function formatMoment(moment) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(moment));
}

/** @param {string} day YYYY-MM-DD */
export function formatDay(day) {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}

/** @param {number} seconds */
export function formatSeconds(seconds) {
  return `${formatNumber(seconds, { minimumFractionDigits: 1, maximumFractionDigits: 1 })} s`;
}
