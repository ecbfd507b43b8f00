/** The compliance officer's page: its parts, each under an address of its own. */

import { checkPart } from "./checking.js";
import { fill, h } from "./dom.js";
import { dutiesPart } from "./duties.js";
import { t } from "./i18n.js";
import { entriesPart } from "./entries.js";
import { coveragePart, statePart } from "./logstate.js";
import { readersPart } from "./readers.js";
import { reportsPart } from "./reports.js";

/** @type {Record<string, () => HTMLElement>} */
const PARTS = {
  log: entriesPart,
  check: checkPart,
  state: statePart,
  duties: dutiesPart,
  reports: reportsPart,
  coverage: coveragePart,
  readers: readersPart,
};

/** @param {string | undefined} wanted Which part. */
export function complianceView(wanted) {
  const name = wanted !== undefined && wanted in PARTS ? wanted : "log";
  const part = h("section.part", { "aria-label": t(`compliance.${name}`) });
  const link = (/** @type {string} */ one) =>
    h("li", {}, h("a", { href: `#/compliance/${one}`, "aria-current": one === name ? "page" : null }, t(`compliance.${one}`)));
  const element = h(
    "section.page.wide",
    { "aria-labelledby": "compliance-title" },
    h("header", {}, h("h1", { id: "compliance-title", tabindex: "-1" }, t("compliance")), h("p.lead", {}, t("compliance.text"))),
    h("nav.parts", { "aria-label": t("compliance") }, h("ul", {}, Object.keys(PARTS).map(link))),
    part,
  );
  fill(part, PARTS[name]());
  return { element, focus: () => element.querySelector("h1")?.focus() };
}
