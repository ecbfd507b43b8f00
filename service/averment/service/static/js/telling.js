/** The line in which a view says what became of something, and what went wrong. */

import { Problem } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

export function teller() {
  const element = h("p.told", { role: "status" });

  /** @param {...(import("./dom.js").Child | import("./dom.js").Child[])} words */
  const say = (...words) => fill(element, words);

  /**
   * Do something, and say so when it fails.
   * @param {() => Promise<void>} work
   * @param {HTMLElement} [button] Cannot be used while it is done.
   */
  async function attempt(work, button) {
    try {
      say();
      button?.toggleAttribute("disabled", true);
      await work();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof TypeError)) throw error;
      say(problemLine(error));
    } finally {
      button?.toggleAttribute("disabled", false);
    }
  }

  return { element, say, attempt };
}

/** @param {unknown} error */
export function problemLine(error) {
  const isProblem = error instanceof Problem;
  return h(
    "span.problem",
    {},
    icon("alert"),
    h("span", {}, isProblem ? error.message : t("offline"), isProblem && error.hint ? h("small.hint", {}, " ", error.hint) : null),
  );
}
