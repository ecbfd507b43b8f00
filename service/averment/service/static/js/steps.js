/** What an analysis does, step by step, while it does it and afterwards. */

import { fill, h } from "./dom.js";
import { formatSeconds, t } from "./i18n.js";

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
    h("span.step-summary", {}, step.summary),
    h("span.step-time", {}, formatSeconds(step.duration_s)),
  );
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
