/** An answer: its sentences by kind, what they rest on, how much was read for it, and its proof. */

import { calculationTable } from "./calculation.js";
import { numbered, ofPassage } from "./citations.js";
import { fill, h, icon } from "./dom.js";
import { exportMenu } from "./exports.js";
import { feedbackForm } from "./feedback.js";
import { formatMoment, formatNumber, formatSeconds, knows, t } from "./i18n.js";
import { stepList } from "./steps.js";
import { headline } from "./values.js";

/**
 * @typedef {(list: import("./citations.js").Citation[], index: number, opener: HTMLElement,
 *   options?: {keepsFocus?: boolean}) => void} OpenEvidence
 */

/**
 * @param {any} record An analysis with its answer, as `/v1/analyses/{id}` gives it.
 * @param {{onEvidence: OpenEvidence, isOwn?: boolean}} options `isOwn` offers export and feedback.
 * @returns {HTMLElement}
 */
export function answerView(record, { onEvidence, isOwn = true }) {
  const { answer } = record;
  const cited = numbered(answer);
  const chip = (/** @type {any} */ citation) => citationButton(citation, cited, onEvidence);
  return h(
    "div.answer",
    { "data-status": answer.status },
    standing(record.review),
    opening(answer),
    sentences(answer, chip),
    nearest(answer, onEvidence),
    h(
      "footer.answer-foot",
      {},
      coverage(answer),
      h("div.answer-more", {}, workings(answer), proof(answer), isOwn && exportMenu(answer), isOwn && feedbackForm(answer.id)),
    ),
  );
}

/** What reviewers made of the answer, before anything else is read. */
function standing(/** @type {any} */ review) {
  if (!review) return null;
  const tone = ["override", "reject"].includes(review.state) ? "bad" : review.state === "open" ? "soft" : "good";
  return h(
    "p.standing",
    { "data-tone": tone },
    icon(tone === "bad" ? "alert" : "eye"),
    h("span", {}, t(`review.${review.state}`), review.correction ? h("q.corrected", {}, review.correction) : null),
  );
}

/** The notices, less the one that says as what the question was understood: that stands above the answer. */
function notices(/** @type {any} */ answer) {
  return answer.sentences.filter(
    (/** @type {any} */ one) => one.kind === "notice" && !(answer.asked_as && one.text.endsWith(answer.asked_as)),
  );
}

/** Whether there is no answer, only the reason why. */
function isWithout(/** @type {any} */ answer) {
  return answer.status === "abstained" || answer.status === "refused";
}

/** The result in a line, or that there is none. */
function opening(/** @type {any} */ answer) {
  const result = headline(answer.value);
  const status = h("span.status", { "data-status": answer.status }, t(`status.${answer.status}`));
  if (isWithout(answer)) {
    const [reason] = notices(answer);
    return [
      h("div.opening", {}, h("p.result.none", {}, t(`result.${answer.status}`)), status),
      reason ? h("p.reason", {}, reason.text) : null,
    ];
  }
  return h("div.opening", {}, result === null ? null : h("p.result", {}, result), status);
}

/**
 * @param {any} answer
 * @param {(citation: any) => HTMLElement} chip
 */
function sentences(answer, chip) {
  const said = answer.sentences.filter((/** @type {any} */ sentence) => sentence.kind !== "notice");
  const remarks = notices(answer).slice(isWithout(answer) ? 1 : 0);
  return h(
    "div.sentences",
    {},
    said.map((/** @type {any} */ sentence) => sentenceView(sentence, chip)),
    remarks.length
      ? h(
          "ul.notices",
          { "aria-label": t("notices") },
          remarks.map((/** @type {any} */ notice) => h("li", {}, icon("info"), h("span", {}, notice.text))),
        )
      : null,
  );
}

/**
 * @param {any} sentence
 * @param {(citation: any) => HTMLElement} chip
 */
function sentenceView(sentence, chip) {
  const { kind, claim } = sentence;
  const hasTable = claim.calculation !== null && claim.calculation.operands.length > 0;
  const cells = hasTable ? claim.calculation.operands.map((/** @type {any} */ operand) => operand.citation) : [];
  const chips = claim.citations.filter(
    (/** @type {any} */ one) => !cells.some((/** @type {any} */ cell) => cell.start === one.start && cell.text_hash === one.text_hash),
  );
  const text = h(kind === "quote" ? "blockquote" : "p", {}, quoted(sentence), chips.map(chip));
  return h(
    "section.sentence",
    { "data-kind": kind, "aria-label": t(`kind.${kind}`) },
    h("div.kind", {}, h("span.kind-name", {}, t(`kind.${kind}`)), claim.checks.length ? verdict(claim) : null),
    hasTable ? [calculationTable(claim.calculation, chip), recorded(sentence.text)] : text,
  );
}

/** A calculation's sentence as the log holds it, behind the table that shows the same. */
function recorded(/** @type {string} */ text) {
  return h("details.recorded", {}, h("summary", {}, t("calculation.sentence")), h("p", {}, text));
}

/** Line breaks of the page in a quotation are the page's, not the clause's. */
function quoted(/** @type {any} */ sentence) {
  return sentence.kind === "quote" ? sentence.text.replace(/[ \t]*\n[ \t]*/g, " ") : sentence.text;
}

function verdict(/** @type {any} */ claim) {
  const passed = claim.checks.filter((/** @type {any} */ check) => check.passed).length;
  return h(
    "details.verdict",
    { "data-verdict": claim.verdict },
    h("summary", {}, icon(claim.verdict === "supported" ? "check" : "alert"), t(`verdict.${claim.verdict}`)),
    h(
      "div.checks",
      {},
      h("p", {}, t("checks", { passed, of: claim.checks.length })),
      h(
        "ul",
        {},
        claim.checks.map((/** @type {any} */ check) =>
          h("li", { "data-passed": String(check.passed) }, icon(check.passed ? "check" : "cross"), checkName(check)),
        ),
      ),
    ),
  );
}

function checkName(/** @type {any} */ check) {
  const name = knows(`check.${check.name}`) ? t(`check.${check.name}`) : check.name;
  return h("span", {}, name, check.passed ? null : h("span.failed", {}, ` ${t("check.failed")}`));
}

/**
 * @param {any} citation
 * @param {ReturnType<typeof numbered>} cited
 * @param {OpenEvidence} onEvidence
 */
function citationButton(citation, cited, onEvidence) {
  const number = cited.number(citation);
  const where = citation.page ? t("citation.page", { title: citation.title, page: citation.page }) : citation.title;
  /** @type {HTMLElement} */
  const button = h(
    "button.citation",
    {
      type: "button",
      title: where,
      "aria-label": t("citation.open", { number, where }),
      "data-number": number,
      onclick: () => onEvidence(cited.list, number - 1, button),
    },
    String(number),
  );
  return button;
}

/**
 * @param {any} answer
 * @param {OpenEvidence} onEvidence
 */
function nearest(answer, onEvidence) {
  if (answer.status !== "abstained" || !answer.nearest.length) return null;
  const list = answer.nearest.slice(0, 3).map(ofPassage);
  return h(
    "section.nearest",
    {},
    h("h3", {}, t("nearest")),
    h(
      "ol",
      {},
      list.map((/** @type {any} */ passage, /** @type {number} */ index) => {
        /** @type {HTMLElement} */
        const button = h(
          "button.passage",
          { type: "button", onclick: () => onEvidence(list, index, button) },
          h("span.passage-title", {}, passage.page ? t("citation.page", { title: passage.title, page: passage.page }) : passage.title),
          h("span.passage-text", {}, shortened(passage.quote, 220)),
        );
        return h("li", {}, button);
      }),
    ),
  );
}

/** What was looked at: the answer's reach, and for "there is none" what that rests on. */
function coverage(/** @type {any} */ answer) {
  const { coverage: seen, usage } = answer;
  const isDenial = answer.value?.type === "boolean" && answer.value.value === false;
  const facts = [
    t("coverage.documents", { read: seen.documents_read, scope: seen.documents_in_scope }),
    t("coverage.sections", { n: seen.sections_read }),
    seen.pages_unreadable ? t("coverage.unreadable", { n: seen.pages_unreadable }) : null,
    seen.exhaustive ? t("coverage.exhaustive") : null,
    t(`method.${answer.method}`),
    usage ? formatSeconds(usage.duration_s) : null,
  ];
  const line = h("p.coverage", {}, facts.filter(Boolean).map((fact) => h("span", {}, fact)));
  return isDenial ? [denial(seen), line] : line;
}

function denial(/** @type {any} */ seen) {
  const recall = seen.recall;
  const rows = [
    [t("denial.sections"), formatNumber(seen.sections_read)],
    [t("denial.documents"), t("coverage.of", { read: seen.documents_read, scope: seen.documents_in_scope })],
    [t("denial.unreadable"), formatNumber(seen.pages_unreadable)],
    [t("denial.exhaustive"), t(seen.exhaustive ? "value.yes" : "value.no")],
    [
      t("denial.recall"),
      recall
        ? t("denial.recall.value", { share: percent(recall.share), lower: percent(recall.lower), found: recall.n_found, n: recall.n })
        : t("denial.recall.unknown"),
    ],
  ];
  return h(
    "section.denial",
    {},
    h("h3", {}, t("denial")),
    h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  );
}

function percent(/** @type {number} */ share) {
  return formatNumber(share, { style: "percent", maximumFractionDigits: 1 });
}

/** The steps, the certainty, the tokens: for whoever wants to know how it was made. */
function workings(/** @type {any} */ answer) {
  const { confidence, usage } = answer;
  if (!usage) return null;
  const facts = [
    confidence.score === null
      ? null
      : [t("workings.confidence"), t(confidence.calibrated ? "confidence.calibrated" : "confidence.uncalibrated", {
          score: formatNumber(confidence.score, { maximumFractionDigits: 2 }),
          threshold: formatNumber(confidence.threshold ?? 0, { maximumFractionDigits: 2 }),
        })],
    [t("workings.model"), t("workings.calls", { n: usage.model_calls, tokens: usage.prompt_tokens + usage.completion_tokens })],
    usage.joules === null ? null : [t("workings.energy"), `${formatNumber(usage.joules, { maximumFractionDigits: 0 })} J`],
    [t("workings.purpose"), `${answer.purpose} (${t(`mode.${answer.mode}`)})`],
    answer.warnings.length ? [t("workings.warnings"), [...new Set(answer.warnings)].join(", ")] : null,
  ];
  return h(
    "details.workings",
    {},
    h("summary", {}, t("workings", { n: answer.steps.length })),
    stepList(answer.steps),
    h("dl.facts", {}, facts.filter((fact) => fact !== null).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  );
}

function proof(/** @type {any} */ answer) {
  const { receipt } = answer;
  if (!receipt) return null;
  return h(
    "details.proof",
    {},
    h("summary", {}, icon("receipt"), t("proof", { index: receipt.index })),
    h(
      "dl.facts",
      {},
      [
        [t("proof.log"), receipt.origin],
        [t("proof.leaf"), h("code", {}, receipt.leaf_hash)],
        [t("proof.time"), h("time", { datetime: answer.created_at }, formatMoment(answer.created_at))],
        [t("proof.answer"), h("code", {}, answer.id)],
      ].map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
    ),
    h("p.hint", {}, t("proof.hint")),
  );
}

/**
 * @param {string} text
 * @param {number} limit
 */
function shortened(text, limit) {
  const flat = text.replace(/\s+/g, " ").trim();
  return flat.length <= limit ? flat : `${flat.slice(0, limit - 1)}…`;
}

/**
 * @param {HTMLElement} place
 * @param {any} problem
 */
export function showProblem(place, problem) {
  fill(
    place,
    h(
      "div.problem",
      { role: "alert" },
      icon("alert"),
      h("div", {}, h("p", {}, problem.message ?? problem.detail ?? problem.title), problem.hint ? h("p.hint", {}, problem.hint) : null),
    ),
  );
}
