/** The documents that the reader may ask about, how completely each was read, and what was set aside. */

import { Problem, getAll } from "./api.js";
import { fileName } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { formatMoment, formatNumber, knows, t } from "./i18n.js";

/** @returns {Promise<any[]>} Every document the reader may see, by title. */
export async function allDocuments() {
  const found = await getAll("/v1/documents");
  return found.sort((one, other) => one.title.localeCompare(other.title));
}

/** @param {{about: any, onEvidence: import("./answer.js").OpenEvidence}} options */
export function documentsView({ about, onEvidence }) {
  const list = h("div.document-list", {}, h("p.hint", { role: "status" }, t("loading")));
  const quarantine = h("div");
  const element = h(
    "section.page",
    { "aria-labelledby": "documents-title" },
    h("header", {}, h("h1", { id: "documents-title", tabindex: "-1" }, t("documents")), h("p.lead", {}, t("documents.text"))),
    quarantine,
    list,
  );

  async function load() {
    try {
      const documents = await allDocuments();
      fill(list, documents.length ? documents.map((one) => row(one, onEvidence)) : h("p.hint", {}, t("documents.none")));
      if (about.roles.includes("administrator")) fill(quarantine, await setAside());
    } catch (error) {
      fill(list, h("p.hint", { role: "alert" }, error instanceof Problem ? error.message : t("offline")));
    }
  }

  load();
  return { element, focus: () => element.querySelector("h1")?.focus() };
}

/**
 * @param {any} document
 * @param {import("./answer.js").OpenEvidence} onEvidence
 */
function row(document, onEvidence) {
  const facts = [
    t(`document.${document.kind}`),
    document.n_pages ? t("document.pages", { n: document.n_pages }) : null,
    document.document_date,
    document.parties.join(", ") || document.issuer,
  ].filter(Boolean);
  /** @type {HTMLElement} */
  const look = h("button.quiet", { type: "button", onclick: () => onEvidence([beginning(document)], 0, look) }, icon("page"), t("document.look"));
  return h(
    "article.document",
    {},
    h(
      "div.document-main",
      {},
      h("h2", {}, document.title),
      h("p.hint", {}, fileName(document.source_uri)),
      h("p.document-facts", {}, facts.map((fact) => h("span", {}, fact))),
    ),
    h("div.document-side", {}, badge(document), document.text_hash ? look : null),
    certificate(document),
  );
}

/** Where a document is opened when no quotation is asked for. */
function beginning(/** @type {any} */ document) {
  const first = { start: 0, end: Math.min(1, document.n_chars ?? 1), quote: "", page: document.n_pages ? 1 : null };
  return { document_id: document.document_id, text_hash: document.text_hash, title: document.title, ...first };
}

function badge(/** @type {any} */ document) {
  const tone = document.status === "ready" ? "good" : "bad";
  return h("span.badge", { "data-tone": tone }, icon(tone === "good" ? "check" : "alert"), t(`document.status.${document.status}`));
}

/** The account of a document: what the second reading of its file found, and whether the text has it. */
function certificate(/** @type {any} */ document) {
  const found = document.certificate;
  if (!found) return null;
  const { whole } = found;
  const leftOut = Object.values(whole.left_out).reduce((sum, n) => sum + Number(n), 0);
  const warnings = Object.entries(document.warnings ?? {});
  const rows = [
    [t("certificate.method"), found.method],
    [t("certificate.characters"), formatNumber(whole.n_chars)],
    [t("certificate.accounted"), formatNumber(whole.n_accounted)],
    [t("certificate.left-out"), formatNumber(leftOut)],
    [t("certificate.unaccounted"), formatNumber(whole.n_unaccounted)],
    [t("certificate.added"), formatNumber(whole.n_added)],
    [t("certificate.hidden"), formatNumber(whole.n_hidden)],
    [t("certificate.numbers"), formatNumber(found.n_numbers)],
    [t("certificate.cells"), formatNumber(found.n_cells)],
    [t("certificate.failed"), found.failed_pages.join(", ") || t("certificate.none")],
    ...warnings.map(([code, n]) => [warningName(code), formatNumber(Number(n))]),
    document.ingested_at ? [t("certificate.read"), formatMoment(document.ingested_at)] : [],
  ];
  return h(
    "details.certificate",
    {},
    h("summary", {}, t(found.verdict === "complete" ? "certificate" : "certificate.incomplete")),
    h("dl.facts", {}, rows.filter((one) => one.length).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  );
}

/** @param {string} code */
function warningName(code) {
  return knows(`warning.${code}`) ? t(`warning.${code}`) : code.replaceAll("_", " ");
}

/** What could not be read, with the reason and what mends it. */
async function setAside() {
  const data = await getAll("/v1/documents/quarantine");
  if (!data.length) return null;
  return h(
    "section.quarantine",
    { "aria-label": t("quarantine") },
    h("h2", {}, t("quarantine")),
    data.map((/** @type {any} */ one) =>
      h(
        "article.document",
        {},
        h("h3", {}, fileName(one.failure.source_uri)),
        h("p", {}, `${one.failure.code}: ${one.failure.message}`),
        one.failure.hint ? h("p.hint", {}, one.failure.hint) : null,
      ),
    ),
  );
}
