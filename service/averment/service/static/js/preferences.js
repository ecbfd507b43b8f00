/** What a reader chose on this device: language, light or dark, and which notice they have read. No content. */

import { LANGUAGES } from "./i18n.js";

const PREFIX = "averment.";

/** @param {string} name */
function read(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null; // storage may be forbidden; nothing depends on it
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function write(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // as above
  }
}

export function preferredLanguage() {
  const wanted = [read("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find((tag) => tag !== null && LANGUAGES.includes(tag)) ?? "en";
}

/** @param {string} language */
export function keepLanguage(language) {
  write("language", language);
}

/** @returns {"auto" | "light" | "dark"} */
export function theme() {
  const kept = read("theme");
  return kept === "light" || kept === "dark" ? kept : "auto";
}

/** @param {"auto" | "light" | "dark"} chosen */
export function applyTheme(chosen) {
  write("theme", chosen);
  document.documentElement.dataset.theme = chosen;
}

/** @param {string} version */
export function isNoticeRead(version) {
  return read("notice") === version;
}

/** @param {string} version */
export function keepNoticeRead(version) {
  write("notice", version);
}
