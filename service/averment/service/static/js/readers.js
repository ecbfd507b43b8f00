/** Who could see what an answer rests on: when it was given, and now. That this is asked is an entry of the log. */

import { getJson } from "./api.js";
import { notEstablished } from "./checking.js";
import { fill, h } from "./dom.js";
import { formatMoment, t } from "./i18n.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

export function readersPart() {
  const told = teller();
  const shown = h("div");
  const answer = /** @type {HTMLInputElement} */ (h("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: 100, placeholder: "0198a1b2-…" }));
  answer.required = true;
  const ask = h("button.primary", { type: "submit" }, t("readers.ask"));

  async function load() {
    const found = await getJson(`/v1/audit/readers/${encodeURIComponent(answer.value.trim())}`);
    fill(
      shown,
      h("p.hint", {}, t("readers.asked", { at: formatMoment(found.asked_at), entry: found.entry })),
      h("h2", {}, t("readers.documents")),
      table({
        label: t("readers.documents"),
        none: t("readers.no-documents"),
        rows: found.documents,
        columns: [
          { name: t("entries.document"), by: (row) => row.document_id, cell: (row) => h("code", {}, row.document_id) },
          { name: t("readers.then"), cell: (row) => groups(row.then) },
          { name: t("readers.now"), cell: (row) => groups(row.now) },
        ],
      }),
      h("h2", {}, t("readers.people")),
      table({
        label: t("readers.people"),
        none: t("readers.nobody"),
        rows: found.seen,
        columns: [
          { name: t("entries.user"), by: (row) => row.who, cell: (row) => row.who },
          { name: t("readers.groups"), cell: (row) => row.groups.join(", ") },
          { name: t("readers.then"), by: (row) => Number(row.then), cell: (row) => yes(row.then) },
          { name: t("readers.now"), by: (row) => Number(row.now), cell: (row) => yes(row.now) },
          { name: t("readers.last"), by: (row) => row.last_seen, cell: (row) => formatMoment(row.last_seen) },
        ],
      }),
      h("h2", {}, t("readers.keys")),
      table({
        label: t("readers.keys"),
        none: t("readers.no-keys"),
        rows: found.keys,
        columns: [
          { name: t("readers.key"), by: (row) => row.name, cell: (row) => [row.name, " ", h("small", {}, row.subject)] },
          { name: t("readers.groups"), cell: (row) => row.groups.join(", ") },
          { name: t("readers.then"), by: (row) => Number(row.then), cell: (row) => yes(row.then) },
          { name: t("readers.now"), by: (row) => Number(row.now), cell: (row) => yes(row.now) },
        ],
      }),
      notEstablished(found.not_established),
    );
  }

  return h(
    "div",
    {},
    h("p.lead", {}, t("readers.text")),
    h(
      "form.search",
      {
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          told.attempt(load, ask);
        },
      },
      h("label.labelled.wide", {}, h("span.label", {}, t("readers.answer")), answer),
      h("div.row", {}, ask),
    ),
    told.element,
    shown,
  );
}

/** @param {any} label */
function groups(label) {
  if (!label) return t("readers.unknown");
  const more = label.n_groups - label.groups.length;
  return [...label.groups, more > 0 ? t("readers.more", { n: more }) : null].filter(Boolean).join(", ") || t("readers.nobody");
}

/** @param {boolean} value */
function yes(value) {
  return t(value ? "value.yes" : "value.no");
}
