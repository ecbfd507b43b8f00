/** The log itself: its newest checkpoint, who else signed it, its last check, and which kinds of events it has. */

import { getJson, post } from "./api.js";
import { notEstablished, offline } from "./checking.js";
import { fill, h, icon } from "./dom.js";
import { saveText } from "./exports.js";
import { formatMoment, formatNumber, formatSeconds, t } from "./i18n.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

export function statePart() {
  const told = teller();
  const shown = h("div.cards", {}, h("p.hint", {}, t("loading")));
  const check = h("button.primary", { type: "button", onclick: () => told.attempt(verify, check) }, icon("check"), t("state.check"));

  async function verify() {
    told.say(t("state.checking"));
    const found = await post("/v1/audit/verification");
    told.say();
    await load();
    /** @type {HTMLElement | null} */ (shown.querySelector(".verification"))?.focus();
    return found;
  }

  async function load() {
    const state = await getJson("/v1/audit/state");
    fill(
      shown,
      card(t("state.checkpoint"), [
        h("p.big", {}, formatNumber(state.size), " ", h("small", {}, t("state.entries", { n: state.size }))),
        h("dl.facts", {}, [h("dt", {}, t("proof.log")), h("dd", {}, state.origin), h("dt", {}, t("state.root")), h("dd", {}, h("code", {}, state.root))]),
      ]),
      card(t("state.verified"), [verification(state.verified), check, told.element]),
      card(t("state.witnesses"), [
        table({
          label: t("state.witnesses"),
          none: t("state.witnesses.none"),
          rows: state.witnesses,
          columns: [
            { name: t("state.witness"), by: (row) => row.name, cell: (row) => row.name },
            { name: t("state.cosigned"), by: (row) => row.cosigned_at, cell: (row) => (row.cosigned_at ? formatMoment(row.cosigned_at) : t("state.not-cosigned")) },
          ],
        }),
        h("p.hint", {}, state.n_timestamps ? t("state.stamps", { n: state.n_timestamps, size: formatNumber(state.newest_timestamp_size) }) : t("state.stamps.none")),
      ]),
      card(t("state.code"), [
        h("p.hint", {}, t("state.code.text")),
        h("pre", { tabindex: "0" }, h("code", {}, state.code)),
        h("button.quiet", { type: "button", onclick: () => saveText(state.note, "checkpoint.txt") }, icon("download"), t("state.note")),
      ]),
    );
  }

  told.attempt(load);
  return h("div", {}, shown, offline("log.zip"));
}

/** @param {any} found The last check of the whole log, or null. */
export function verification(found) {
  if (!found) return h("p", {}, t("state.never"));
  const payloads = t("state.texts", { present: formatNumber(found.payloads_present), absent: formatNumber(found.payloads_absent) });
  return h(
    "div.verification",
    { tabindex: "-1" },
    h("p.verified", { "data-tone": found.ok ? "good" : "bad" }, icon(found.ok ? "check" : "cross"), t(found.ok ? "state.ok" : "state.bad")),
    h("p.hint", {}, formatMoment(found.at), " · ", formatSeconds(found.duration_s), " · ", t("state.entries.checked", { n: found.size }), " · ", payloads),
    found.failures.length ? h("ul.reasons", {}, found.failures.map((/** @type {any} */ one) => h("li", {}, h("code", {}, one.place), " ", one.reason))) : null,
    notEstablished(found.not_established),
  );
}

/**
 * @param {string} title
 * @param {import("./dom.js").Child[]} content
 */
export function card(title, content) {
  return h("section.card", {}, h("h2", {}, title), content);
}

export function coveragePart() {
  const told = teller();
  const shown = h("div");
  const form = /** @type {HTMLFormElement} */ (
    h(
      "form.search",
      {
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          told.attempt(load);
        },
      },
      h("label.labelled", {}, h("span.label", {}, t("entries.since")), h("input", { type: "date", name: "since" })),
      h("label.labelled", {}, h("span.label", {}, t("coverage.before")), h("input", { type: "date", name: "until" })),
      h("div.row", {}, h("button.primary", { type: "submit" }, t("coverage.count"))),
    )
  );

  async function load() {
    const query = new URLSearchParams(/** @type {any} */ ([...new FormData(form)].filter(([, value]) => value !== "")));
    const found = await getJson(`/v1/audit/coverage?${query}`);
    fill(
      shown,
      table({
        label: t("compliance.coverage"),
        none: t("entries.none"),
        rows: found.events.filter((/** @type {any} */ row) => row.entries),
        columns: [
          { name: t("entries.type"), by: (row) => row.type, cell: (row) => h("code", {}, row.type) },
          { name: t("coverage.serves"), by: (row) => row.serves, cell: (row) => row.serves.split("").map((/** @type {string} */ one) => `(${one})`).join(" ") },
          { name: t("coverage.entries"), figure: true, by: (row) => row.entries, cell: (row) => formatNumber(row.entries) },
          { name: t("coverage.first"), by: (row) => row.first, cell: (row) => formatMoment(row.first) },
          { name: t("coverage.last"), by: (row) => row.last, cell: (row) => formatMoment(row.last) },
        ],
      }),
      card(t("coverage.never"), [
        h("p.hint", {}, t("coverage.never.text")),
        found.never_seen.length ? h("ul.chips", {}, found.never_seen.map((/** @type {string} */ one) => h("li", {}, h("code", {}, one)))) : h("p", {}, t("coverage.none")),
      ]),
      h("details.within", {}, h("summary", {}, t("coverage.within")), h("dl.facts", {}, Object.entries(found.recorded_within).map(([name, where]) => [h("dt", {}, h("code", {}, name)), h("dd", {}, where)]))),
    );
  }

  told.attempt(load);
  return h("div", {}, h("p.lead", {}, t("coverage.text")), form, told.element, shown);
}
