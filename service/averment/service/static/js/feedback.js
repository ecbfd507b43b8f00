/** What the reader says of an answer: correct, wrong, and in words why. It goes into the log, the words encrypted. */

import { Problem, post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { t } from "./i18n.js";

/** @param {string} answerId */
export function feedbackForm(answerId) {
  const place = h("div.feedback", { role: "group", "aria-label": t("feedback") });
  const said = (/** @type {string} */ verdict) => send(place, answerId, { verdict });
  fill(
    place,
    h("button.quiet", { type: "button", onclick: () => said("correct") }, icon("check"), t("feedback.correct")),
    h("button.quiet", { type: "button", onclick: () => explain(place, answerId) }, icon("cross"), t("feedback.wrong")),
  );
  return place;
}

/**
 * @param {HTMLElement} place
 * @param {string} answerId
 */
function explain(place, answerId) {
  const words = /** @type {HTMLTextAreaElement} */ (
    h("textarea", { rows: 3, maxlength: 2000, "aria-label": t("feedback.comment"), placeholder: t("feedback.comment") })
  );
  const form = h(
    "form",
    {
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const comment = words.value.trim();
        send(place, answerId, { verdict: "wrong", comment: comment || null });
      },
    },
    words,
    h("div.row", {}, h("button", { type: "submit" }, t("feedback.send"))),
  );
  fill(place, form);
  words.focus();
}

/**
 * @param {HTMLElement} place
 * @param {string} answerId
 * @param {{verdict: string, comment?: string | null}} body
 */
async function send(place, answerId, body) {
  try {
    await post(`/v1/answers/${encodeURIComponent(answerId)}/feedback`, body);
    fill(place, h("p.hint", { role: "status" }, icon("check"), t("feedback.thanks")));
  } catch (error) {
    const message = error instanceof Problem ? error.message : t("offline");
    fill(place, h("p.hint", { role: "alert" }, message));
  }
}
