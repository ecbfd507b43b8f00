/** The model endpoints: whether they answer, and whether they serve what is configured. */

import { getJson } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { again, facts } from "./gauges.js";
import { formatMoment, formatNumber, t } from "./i18n.js";
import { card } from "./logstate.js";
import { teller } from "./telling.js";

export function endpointsPart() {
  const told = teller();
  const shown = h("div.cards", {}, h("p.hint", {}, t("endpoints.asking")));

  async function load() {
    const { data } = await getJson("/v1/operations/endpoints");
    fill(shown, data.length ? data.map(endpoint) : h("p.empty", {}, t("endpoints.none")));
  }

  told.attempt(load);
  return h("div", {}, again(told, load), told.element, shown);
}

function endpoint(/** @type {any} */ one) {
  const tone = one.healthy ? "good" : "bad";
  const answers = one.latency_ms === null ? t("endpoints.silent") : `${formatNumber(one.latency_ms, { maximumFractionDigits: 1 })} ms`;
  return card(t(`endpoints.${one.role}`), [
    h("p.verified", { "data-tone": tone }, icon(one.healthy ? "check" : "cross"), t(one.healthy ? "endpoints.healthy" : "endpoints.unhealthy")),
    one.problem ? h("p.hint", {}, h("code", {}, one.code), " ", one.problem) : null,
    facts([
      [t("endpoints.model"), one.model],
      [t("endpoints.address"), one.address],
      [t("endpoints.latency"), answers],
      [t("endpoints.configured"), one.configured ?? t("endpoints.unset")],
      [t("endpoints.served"), one.served ?? t("endpoints.untold")],
      [t("endpoints.failure"), one.last_failure_at ? `${formatMoment(one.last_failure_at)} · ${one.last_failure_code}` : t("endpoints.failure.none")],
    ]),
    one.agree === false ? h("p.note", { "data-tone": "bad" }, icon("alert"), t("endpoints.differ")) : null,
  ]);
}
