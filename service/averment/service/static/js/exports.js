/** An answer to take along: as a report, as data, and the receipt that proves it without the system. */

import { Problem, getBlob } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @param {any} answer */
export function exportMenu(answer) {
  const told = h("p.hint", { role: "status" });
  const path = `/v1/answers/${encodeURIComponent(answer.id)}/export`;
  const item = (/** @type {string} */ format, /** @type {string} */ ending) =>
    h(
      "button.quiet",
      { type: "button", onclick: () => fetchAndSave(`${path}?format=${format}`, `answer-${answer.id}.${ending}`, told) },
      icon("download"),
      t(`export.${format}`),
    );
  return h(
    "details.exports",
    {},
    h("summary", {}, t("export")),
    h("div.row", {}, item("html", "html"), item("json", "json"), item("receipt", "tlog-proof")),
    told,
  );
}

/**
 * @param {string} path
 * @param {string} name
 * @param {HTMLElement} told
 */
async function fetchAndSave(path, name, told) {
  try {
    save(await getBlob(path), name);
    fill(told, t("export.done", { name }));
  } catch (error) {
    fill(told, error instanceof Problem ? error.message : t("offline"));
  }
}

/** @param {{content: Blob, name: string}} file */
export function saveFile(file) {
  save(file.content, file.name);
}

/**
 * @param {string} text
 * @param {string} name
 */
export function saveText(text, name) {
  save(new Blob([text], { type: "text/plain" }), name);
}

/**
 * @param {unknown} value
 * @param {string} name
 */
export function saveJson(value, name) {
  save(new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }), name);
}

/**
 * @param {Blob} content
 * @param {string} name
 */
function save(content, name) {
  const address = URL.createObjectURL(content);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
