/** The compliance officer's page: its parts, each under an address of its own. */

import { checkPart } from "./checking.js";
import { dutiesPart } from "./duties.js";
import { entriesPart } from "./entries.js";
import { t } from "./i18n.js";
import { coveragePart, statePart } from "./logstate.js";
import { pageOfParts } from "./parts.js";
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
  return pageOfParts("compliance", { parts: PARTS, words: (one) => t(`compliance.${one}`) }, wanted);
}
