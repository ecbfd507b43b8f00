/** The page of those who operate the service: its parts, each under an address of its own. */

import { getAll, getJson } from "./api.js";
import { costsPart } from "./costs.js";
import { fileName } from "./composer.js";
import { fill, h, icon } from "./dom.js";
import { endpointsPart } from "./endpoints.js";
import { flowsPart } from "./flows.js";
import { again, down, facts, meter } from "./gauges.js";
import { formatBytes, formatMoment, formatNumber, knows, t } from "./i18n.js";
import { card } from "./logstate.js";
import { pageOfParts } from "./parts.js";
import { table } from "./table.js";
import { teller } from "./telling.js";

/** @type {Record<string, () => HTMLElement>} */
const PARTS = {
  overview: overviewPart,
  flows: flowsPart,
  endpoints: endpointsPart,
  quarantine: quarantinePart,
  costs: costsPart,
};

/** @param {string | undefined} wanted Which part. */
export function operationsView(wanted) {
  return pageOfParts("operations", { parts: PARTS, words: (one) => t(`operations.${one}`) }, wanted);
}

/** Whether every part answers, how full the stores are, and what waits. */
function overviewPart() {
  const told = teller();
  const shown = h("div", {}, h("p.hint", {}, t("loading")));

  async function load() {
    const found = await getJson("/v1/operations");
    fill(shown, readiness(found), h("div.cards", {}, indexCard(found.index), catalogCard(found), logCard(found.log), diskCard(found)));
  }

  told.attempt(load);
  return h("div", {}, again(told, load), told.element, shown);
}

function readiness(/** @type {any} */ found) {
  const tone = found.ready ? "good" : "bad";
  return h(
    "section.readiness",
    { "data-tone": tone, "aria-label": t("operations.readiness") },
    h("h2", {}, icon(found.ready ? "check" : "alert"), t(found.ready ? "operations.ready" : "operations.not-ready")),
    h(
      "ul.states",
      {},
      Object.entries(found.parts).map(([name, state]) => {
        const isOk = state === "ok";
        const sign = h("span.state", { "data-tone": isOk ? "good" : "bad" }, icon(isOk ? "check" : "cross"), t(`operations.part.${name}`));
        return h("li", {}, sign, isOk ? h("span.visually-hidden", {}, t("operations.ok")) : h("p.hint", {}, String(state)));
      }),
    ),
    h("p.hint", {}, t("operations.since", { when: formatMoment(found.service.started_at) })),
    meter(t("operations.analyses"), found.service.running, found.service.most, t("operations.waiting-turn", { n: found.service.queued })),
  );
}

function indexCard(/** @type {any} */ found) {
  if (!found) return card(t("operations.index"), [down()]);
  const isWhole = found.points === found.expected;
  return card(t("operations.index"), [
    h("p.big", {}, formatNumber(found.points), " ", h("small", {}, t("operations.points", { n: found.points }))),
    isWhole ? null : h("p", { "data-tone": "bad" }, icon("alert"), t("operations.points.expected", { n: found.expected })),
    found.most_points === null ? null : meter(t("operations.room"), found.points, found.most_points),
    facts([
      [t("operations.engine"), knows(`operations.engine.${found.engine}`) ? t(`operations.engine.${found.engine}`) : found.engine],
      [t("operations.size"), found.size_bytes === null ? t("operations.elsewhere") : formatBytes(found.size_bytes)],
    ]),
  ]);
}

function catalogCard(/** @type {any} */ { catalog, set_aside: setAside }) {
  if (!catalog) return card(t("operations.catalog"), [down()]);
  const all = Object.values(catalog.documents).reduce((sum, n) => sum + Number(n), 0);
  const nAside = Object.values(setAside ?? {}).reduce((sum, n) => sum + Number(n), 0);
  return card(t("operations.catalog"), [
    h("p.big", {}, formatNumber(all), " ", h("small", {}, t("operations.documents", { n: all }))),
    facts([
      ...Object.entries(catalog.documents).map(([status, n]) => [t(`document.status.${status}`), formatNumber(Number(n))]),
      [t("operations.size"), catalog.size_bytes === null ? t("operations.elsewhere") : formatBytes(catalog.size_bytes)],
    ]),
    h("a", { href: "#/operations/quarantine" }, t("operations.aside", { n: nAside })),
  ]);
}

function logCard(/** @type {any} */ log) {
  return card(t("operations.log"), [
    h("p.big", {}, formatNumber(log.entries), " ", h("small", {}, t("state.entries", { n: log.entries }))),
    log.problem ? h("p", { "data-tone": "bad" }, icon("alert"), log.problem) : null,
    meter(t("operations.unsealed"), log.unsealed, log.most_unsealed),
    meter(t("operations.unwritten"), log.waiting, log.most_waiting),
    facts([
      [t("operations.checkpoint"), formatMoment(log.checkpoint_at)],
      [t("operations.size"), formatBytes(log.size_bytes)],
    ]),
  ]);
}

function diskCard(/** @type {any} */ { disk }) {
  const used = disk.total_bytes - disk.free_bytes;
  return card(t("operations.disk"), [
    h("p.big", {}, formatBytes(disk.free_bytes), " ", h("small", {}, t("operations.free"))),
    meter(t("operations.used"), used, disk.total_bytes, null, formatBytes),
  ]);
}

/** What could not be read, with the reason and what mends it. */
function quarantinePart() {
  const told = teller();
  const shown = h("div.stack", {}, h("p.hint", {}, t("loading")));

  async function load() {
    const rows = await getAll("/v1/documents/quarantine");
    fill(
      shown,
      table({
        label: t("quarantine"),
        none: t("operations.quarantine.none"),
        rows,
        columns: [
          { name: t("quarantine.file"), by: (row) => fileName(row.failure.source_uri), cell: (row) => fileName(row.failure.source_uri) },
          { name: t("quarantine.reason"), by: (row) => row.failure.code, cell: (row) => [h("code", {}, row.failure.code), " ", row.failure.message, row.failure.hint ? h("p.hint", {}, row.failure.hint) : null] },
          { name: t("quarantine.since"), by: (row) => row.failed_at, cell: (row) => formatMoment(row.failed_at) },
          { name: t("quarantine.way"), by: (row) => Number(row.is_releasable), cell: (row) => h("code", {}, row.is_releasable ? "averment documents release" : "averment documents retry") },
        ],
      }),
      h("p", {}, h("a", { href: "#/documents" }, t("operations.to-documents"))),
    );
  }

  told.attempt(load);
  return h("div", {}, again(told, load), told.element, shown);
}
