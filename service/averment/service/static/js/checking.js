/** Check what somebody brings: a receipt, an answer, a bundle, or the code of a report; and how to do it elsewhere. */

import { getText, post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { saveText } from "./exports.js";
import { formatNumber, t } from "./i18n.js";
import { teller } from "./telling.js";

const POLICY = "averment.tlog-policy";

export function checkPart() {
  const told = teller();
  const verdict = h("div", { "aria-live": "polite" });
  const text = /** @type {HTMLTextAreaElement} */ (h("textarea", { rows: 6, spellcheck: "false", placeholder: t("checking.paste.example"), "aria-label": t("checking.paste") }));
  const file = /** @type {HTMLInputElement} */ (h("input", { type: "file", accept: ".json,.zip,.txt,.html,.tlog-proof", "aria-label": t("checking.file"), onchange: () => file.files?.[0] && check(file.files[0]) }));
  const button = h("button.primary", { type: "button", onclick: () => (text.value.trim() ? check(new Blob([text.value])) : told.say(t("checking.nothing"))) }, icon("check"), t("checking.do"));

  /** @param {Blob} content */
  function check(content) {
    return told.attempt(async () => {
      fill(verdict);
      fill(verdict, verdictCard(await post("/v1/audit/checks", content), content instanceof File ? content.name : null));
    }, button);
  }

  const drop = h(
    "div.drop",
    {
      ondragover: (/** @type {DragEvent} */ event) => {
        event.preventDefault();
        drop.classList.add("is-over");
      },
      ondragleave: () => drop.classList.remove("is-over"),
      ondrop: (/** @type {DragEvent} */ event) => {
        event.preventDefault();
        drop.classList.remove("is-over");
        const dropped = event.dataTransfer?.files[0];
        if (dropped) check(dropped);
      },
    },
    icon("receipt"),
    h("p", {}, t("checking.drop")),
    file,
  );
  return h(
    "div.checking",
    {},
    h("p.lead", {}, t("checking.text")),
    h("div.ways", {}, drop, h("div.paste", {}, h("label.labelled", {}, h("span.label", {}, t("checking.paste")), text), button)),
    told.element,
    verdict,
    offline("FILE"),
  );
}

/**
 * @param {any} found
 * @param {string | null} [name] Of the file.
 */
export function verdictCard(found, name = null) {
  const facts = [
    name ? [t("checking.file"), name] : [],
    found.origin ? [t("proof.log"), found.origin] : [],
    found.size ? [t("checking.size"), formatNumber(found.size)] : [],
    found.entry === null ? [] : [t("checking.entry"), h("a", { href: "#/compliance/log" }, formatNumber(found.entry))],
  ].filter((one) => one.length);
  return h(
    "article.verdict-card",
    { "data-tone": found.ok ? "good" : "bad" },
    h("h2", {}, icon(found.ok ? "check" : "cross"), t(found.ok ? "checking.ok" : "checking.failed"), h("small", {}, t(`checking.kind.${found.kind}`))),
    found.failures.length ? h("ul.reasons", {}, found.failures.map((/** @type {any} */ one) => h("li", {}, h("code", {}, one.place), " ", one.reason))) : null,
    facts.length ? h("dl.facts", {}, facts.map(([key, value]) => [h("dt", {}, key), h("dd", {}, value)])) : null,
    found.checked.length ? h("ul.checked", {}, found.checked.map((/** @type {string} */ one) => h("li", {}, icon("check"), h("span", {}, one)))) : null,
    notEstablished(found.not_established),
  );
}

/** @param {string[]} lines */
export function notEstablished(lines) {
  if (!lines.length) return null;
  return h("details", {}, h("summary", {}, t("checking.not-established")), h("ul.bullets", {}, lines.map((one) => h("li", {}, one))));
}

/**
 * How the same is checked without this service.
 * @param {string} file
 */
export function offline(file) {
  const told = teller();
  const save = h("button.quiet", { type: "button", onclick: () => told.attempt(async () => saveText(await getText("/v1/audit/policy"), POLICY), save) }, icon("download"), t("checking.policy"));
  return h(
    "aside.offline",
    {},
    h("h3", {}, t("checking.offline")),
    h("p.hint", {}, t("checking.offline.text")),
    h("pre", { tabindex: "0" }, h("code", {}, `averment-verify ${file} --policy ${POLICY}`)),
    save,
    told.element,
  );
}
