/** The reviewers' desk: what waits, the claim beside its source, the decision, and the stop. */

import { answerView } from "./answer.js";
import { Problem, getAll, post } from "./api.js";
import { numbered } from "./citations.js";
import { fill, h, icon } from "./dom.js";
import { formatMoment, knows, t } from "./i18n.js";

const DECISIONS = ["accept", "edit", "override", "reject"];
const REASONS = ["confirmed", "figure", "date", "party", "citation", "missing", "scope", "wording", "other"];
/** Where there is room for the source beside the claim. */
const BESIDE = "(min-width: 72rem)";
const CODE = String.raw`[A-Za-z0-9][A-Za-z0-9._:+\-]{0,99}`;

/** @param {{onEvidence: import("./answer.js").OpenEvidence, onLeave: () => void}} options */
export function oversightView({ onEvidence, onLeave }) {
  const stops = h("div.stops");
  const queue = h("div.queue");
  const desk = h("div.desk");
  const told = h("p", { role: "status" });
  const waiting = h("div", {}, stops, h("h2", {}, t("oversight.queue")), queue);
  const element = h(
    "section.page",
    { "aria-labelledby": "oversight-title" },
    h("header", {}, h("h1", { id: "oversight-title", tabindex: "-1" }, t("oversight")), h("p.lead", {}, t("oversight.text"))),
    waiting,
    told,
    desk,
  );

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    try {
      fill(told);
      await work();
    } catch (error) {
      fill(told, h("span.problem", {}, icon("alert"), error instanceof Problem ? error.message : t("offline")));
    }
  }

  async function load() {
    const [reviews, stopped] = await Promise.all([getAll("/v1/oversight/reviews"), getAll("/v1/oversight/stops")]);
    fill(queue, reviews.length ? reviews.map(queued) : h("p.hint", {}, t("oversight.none")));
    fill(stops, stopped.map(stopLine), stopForm(stopped.length > 0));
  }

  /** @param {any} review */
  function queued(review) {
    return h(
      "article.review",
      {},
      h(
        "div",
        {},
        h("p", {}, review.reasons.map((/** @type {string} */ one) => h("span.badge", {}, reasonName(one)))),
        h("p.hint", {}, formatMoment(review.opened_at), " · ", review.purpose, " · ", t(Object.keys(review.taken).length ? "oversight.taken" : "oversight.open")),
        review.n_reviewers > 1 ? h("p.hint", {}, icon("eye"), t("oversight.four-eyes", { of: review.n_reviewers })) : null,
      ),
      h("button", { type: "button", onclick: () => attempt(() => show(review.id)) }, t("oversight.take")),
    );
  }

  /** @param {string} id */
  async function show(id) {
    const found = await post(`/v1/oversight/reviews/${encodeURIComponent(id)}/take`);
    const record = { answer: complete(found.answer), review: null };
    const title = h("h2", { tabindex: "-1" }, found.question);
    const shown = answerView(record, { onEvidence, isOwn: false });
    const back = h("button.quiet", { type: "button", onclick: () => leave() }, icon("left"), t("oversight.back"));
    fill(desk, h("article.case", {}, back, title, shown, decisionForm(id)));
    waiting.hidden = true;
    title.focus();
    const { list } = numbered(record.answer);
    const first = /** @type {HTMLElement | null} */ (shown.querySelector(".citation"));
    if (first && list.length && matchMedia(BESIDE).matches) onEvidence(list, 0, first, { keepsFocus: true });
  }

  function leave() {
    fill(desk);
    onLeave();
    waiting.hidden = false;
    element.querySelector("h1")?.focus();
  }

  /** @param {string} id */
  function decisionForm(id) {
    const correction = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: 4, maxlength: 20000, "aria-label": t("decision.correction") }));
    const extra = h("label.labelled", { hidden: true }, h("span.label", {}, t("decision.correction")), correction);
    const reason = /** @type {HTMLSelectElement} */ (
      h("select", { name: "reason" }, REASONS.map((one) => h("option", { value: one }, t(`reason.${one}`))))
    );
    const choices = DECISIONS.map((one) => {
      const radio = h("input", { type: "radio", name: "decision", value: one, onchange: () => (extra.hidden = !corrects(one)) });
      return h("label.choice", {}, radio, h("span", {}, t(`decision.${one}`), h("small", {}, t(`decision.${one}.text`))));
    });
    return h(
      "form.decision",
      {
        onsubmit: (/** @type {SubmitEvent} */ event) => {
          event.preventDefault();
          const chosen = new FormData(/** @type {HTMLFormElement} */ (event.target)).get("decision");
          if (!chosen) return fill(told, t("decision.choose"));
          const text = corrects(String(chosen)) ? correction.value.trim() : null;
          attempt(() => decide(id, { decision: chosen, reason: reason.value, correction: text }));
        },
      },
      h("fieldset", {}, h("legend", {}, t("decision")), choices),
      h("label.labelled", {}, h("span.label", {}, t("decision.reason")), reason),
      extra,
      h("button.primary", { type: "submit" }, t("decision.send")),
    );
  }

  /**
   * @param {string} id
   * @param {Record<string, unknown>} body
   */
  async function decide(id, body) {
    const review = await post(`/v1/oversight/reviews/${encodeURIComponent(id)}/decision`, body);
    leave();
    await load();
    const isClosed = review.decisions.length >= review.n_reviewers;
    fill(told, t(review.planted ? "oversight.planted" : isClosed ? "oversight.closed" : "oversight.second", { what: review.planted ?? "" }));
  }

  /** @param {any} stop */
  function stopLine(stop) {
    const scope = stop.purpose ?? t("oversight.everything");
    return h("p.standing", { "data-tone": "bad" }, icon("stop"), t("oversight.stopped", { scope, reason: stop.reason, since: formatMoment(stop.since) }));
  }

  /** @param {boolean} isStopped */
  function stopForm(isStopped) {
    const reason = /** @type {HTMLInputElement} */ (
      h("input", { type: "text", maxlength: 100, placeholder: "wrong-figures", autocomplete: "off", "aria-label": t("oversight.stop.reason") })
    );
    reason.pattern = CODE;
    reason.required = true;
    const send = (/** @type {string} */ what) => attempt(async () => {
      if (!reason.reportValidity()) return;
      await post(`/v1/oversight/${what}`, { reason: reason.value });
      await load();
      fill(told, t(`oversight.${what}.done`));
    });
    return h(
      "details.stop",
      { open: isStopped },
      h("summary", {}, icon("stop"), t("oversight.stop")),
      h("p.hint", {}, t("oversight.stop.text")),
      h(
        "div.row",
        {},
        h("label.labelled", {}, h("span.label", {}, t("oversight.stop.reason")), reason),
        h("button.danger", { type: "button", onclick: () => send("stop") }, t("oversight.stop")),
        isStopped ? h("button", { type: "button", onclick: () => send("resume") }, t("oversight.resume")) : null,
      ),
    );
  }

  attempt(load);
  return { element, focus: () => element.querySelector("h1")?.focus() };
}

/** @param {string} decision */
function corrects(decision) {
  return decision === "edit" || decision === "override";
}

/** @param {string} code */
function reasonName(code) {
  const [kind, detail] = code.split(":");
  return knows(`reasons.${kind}`) ? t(`reasons.${kind}`, { detail: detail ?? "" }) : code;
}

/** Reviewers are shown an answer without its steps, checks and receipt; the view wants them empty, not absent. */
function complete(/** @type {any} */ answer) {
  const claim = (/** @type {any} */ one) => (one ? { checks: [], ...one } : one);
  return {
    steps: [],
    nearest: [],
    warnings: [],
    receipt: null,
    ...answer,
    sentences: answer.sentences.map((/** @type {any} */ one) => ({ ...one, claim: claim(one.claim) })),
  };
}
