/** What an analysis does, step by step, while it does it and afterwards. */

import { fill, h } from "./dom.js";
import { formatSeconds, knows, t } from "./i18n.js";

/** @param {any[]} steps */
export function stepList(steps) {
  return h("ol.steps", {}, steps.map(stepItem));
}

/** @param {any} step */
export function stepItem(step) {
  return h(
    "li.step",
    { "data-kind": step.kind },
    h("span.step-kind", {}, t(`step.${step.kind}`)),
    h("span.step-summary", {}, stepText(step)),
    h("span.step-time", {}, formatSeconds(step.duration_s)),
  );
}

/**
 * What a step did, in the reader's language; in English where there are no words for its code.
 * @param {{code?: string, facts?: Record<string, string | number>, summary: string}} step
 */
export function stepText(step) {
  const key = `step.did.${step.code}`;
  if (!knows(key)) return step.summary;
  const facts = Object.entries(step.facts ?? {}).map(([name, value]) => [name, wordOf(`step.${name}.${value}`, value)]);
  return t(key, Object.fromEntries(facts));
}

/** @param {string} key @param {string | number} value */
function wordOf(key, value) {
  return knows(key) ? t(key) : value;
}

/**
 * The steps of a running analysis, told to who listens, with the time used and a way to stop it.
 * @param {{onCancel: () => void}} options
 */
export function liveSteps({ onCancel }) {
  const waiting = () => h("li.step.is-waiting", {}, h("span.step-kind", {}, t("step.begin")));
  const list = h("ol.steps", {}, waiting());
  const clock = h("span.clock", { role: "timer", "aria-live": "off" }, formatSeconds(0));
  const button = h("button.quiet", { type: "button", onclick: cancel }, t("cancel"));
  const began = performance.now();
  const ticking = setInterval(() => {
    clock.textContent = formatSeconds((performance.now() - began) / 1000);
  }, 100);

  function cancel() {
    button.setAttribute("disabled", "");
    button.textContent = t("cancelling");
    onCancel();
  }

  return {
    element: h(
      "div.running",
      {},
      h("div.running-head", {}, h("span.pulse", { "aria-hidden": "true" }), h("span", {}, t("working")), clock, button),
      h("div", { role: "log", "aria-live": "polite", "aria-label": t("steps") }, list),
    ),
    /** @param {any} step */
    add(step) {
      list.querySelector(".is-waiting")?.remove();
      list.append(stepItem(step));
    },
    /** The service was started again meanwhile, and the analysis with it. */
    restart() {
      fill(list, waiting());
    },
    end() {
      clearInterval(ticking);
    },
  };
}
