/** The conversation: questions, the steps of what runs, answers, and where the next question is written. */

import { answerView, showProblem } from "./answer.js";
import { Problem, cancel, follow, getAll, getJson, post } from "./api.js";
import { composer } from "./composer.js";
import { conversations } from "./conversations.js";
import { fill, h } from "./dom.js";
import { formatDay, t } from "./i18n.js";
import { liveSteps } from "./steps.js";

const TOP_PX = 20;

/**
 * @param {{about: any, onEvidence: import("./answer.js").OpenEvidence, onAsked: (id: string) => void,
 *   documents: () => Promise<any[]>}} options
 */
export function chatView({ about, onEvidence, onAsked, documents }) {
  /** @type {string | null} */
  let last = null;
  let running = new AbortController();
  const turns = h("div.turns");
  const scroll = h("div.scroll", {}, turns);
  const writing = composer({ about, documents, onAsk: ask });
  const element = h("section.chat", { "aria-label": t("chat") }, scroll, writing.element);

  function welcome() {
    fill(
      turns,
      h(
        "div.welcome",
        {},
        h("h1", {}, t("welcome")),
        h("p", {}, t("welcome.text")),
        h(
          "ul.examples",
          { "aria-label": t("welcome.examples") },
          ["welcome.one", "welcome.two", "welcome.three"].map((key) =>
            h("li", {}, h("button", { type: "button", onclick: () => writing.suggest(t(key)) }, t(key))),
          ),
        ),
      ),
    );
  }

  /**
   * @param {string} question
   * @returns {{element: HTMLElement, body: HTMLElement}}
   */
  function addTurn(question) {
    turns.querySelector(".welcome")?.remove();
    const body = h("div.turn-body");
    const turn = h("article.turn", { tabindex: "-1" }, h("h2.question", {}, question), body);
    turns.append(turn);
    return { element: turn, body };
  }

  /** @param {import("./composer.js").Request} request */
  async function ask(request) {
    const turn = addTurn(request.question);
    writing.setBusy(true);
    bring(turn.element);
    try {
      const job = await post("/v1/analyses", { ...request, after: last });
      onAsked(job.id);
      await watch(job.id, turn);
    } catch (error) {
      fail(turn.body, error);
    } finally {
      writing.setBusy(false);
    }
  }

  /**
   * Follow an analysis to its end and show what came of it.
   * @param {string} id
   * @param {{element: HTMLElement, body: HTMLElement}} turn
   */
  async function watch(id, turn) {
    const path = `/v1/analyses/${encodeURIComponent(id)}`;
    const live = liveSteps({ onCancel: () => cancel(path).catch(() => {}) });
    fill(turn.body, live.element);
    try {
      const onEvent = (/** @type {import("./sse.js").ServerEvent} */ event) => {
        if (event.event === "step") live.add(event.data);
        else if (event.event === "restarted") live.restart();
      };
      await follow(`${path}/events`, onEvent, running.signal);
    } finally {
      live.end();
    }
    showRecord(await getJson(path, { signal: running.signal }), turn);
    bring(turn.element);
  }

  /**
   * @param {any} record
   * @param {{element: HTMLElement, body: HTMLElement}} turn
   */
  function showRecord(record, turn) {
    const { answer } = record;
    if (!answer) {
      if (record.problem) showProblem(turn.body, record.problem);
      else fill(turn.body, h("p.hint", { role: "status" }, t("cancelled")));
      return;
    }
    last = record.id;
    fill(
      turn.body,
      answer.asked_as ? h("p.asked-as", {}, h("span.label", {}, t("asked-as")), " ", answer.asked_as) : null,
      limits(record),
      answer.disclosure ? h("p.disclosure", {}, answer.disclosure) : null,
      answerView(record, { onEvidence }),
      h("p.visually-hidden", { role: "status" }, t(`done.${answer.status}`, { n: answer.sentences.length })),
    );
  }

  /**
   * @param {HTMLElement} place
   * @param {unknown} error
   */
  function fail(place, error) {
    if (running.signal.aborted) return;
    showProblem(place, error instanceof Problem ? error : { message: t("offline") });
  }

  /** Put a turn at the top of the conversation; only the conversation scrolls. */
  function bring(/** @type {HTMLElement} */ turn) {
    scroll.scrollTop += turn.getBoundingClientRect().top - scroll.getBoundingClientRect().top - TOP_PX;
  }

  function reset() {
    running.abort();
    running = new AbortController();
    last = null;
    writing.setBusy(false);
    fill(turns);
  }

  return {
    element,
    focus: writing.focus,
    begin() {
      reset();
      welcome();
    },
    /**
     * Show a conversation again, by the id of its last analysis.
     * @param {string} id
     */
    async open(id) {
      reset();
      const found = conversations(await getAll("/v1/analyses")).find((one) => one.turns.some((turn) => turn.id === id));
      const ids = found ? found.turns.map((turn) => turn.id) : [id];
      for (const one of ids) {
        const record = await getJson(`/v1/analyses/${encodeURIComponent(one)}`, { signal: running.signal });
        const turn = addTurn(record.question);
        if (record.status === "queued" || record.status === "running") {
          watch(one, turn).catch((error) => fail(turn.body, error));
        } else showRecord(record, turn);
      }
    },
  };
}

/** What the question was limited to, above its answer. */
function limits(/** @type {any} */ record) {
  const { filters, as_of: day } = record;
  const { document_id: documents = [], kind = [], date_from: from, date_to: to, ...others } = filters;
  const parts = [
    documents.length ? t("scope.some", { n: documents.length }) : null,
    ...kind.map((/** @type {string} */ one) => t(`document.${one}`)),
    ...Object.values(others).flat(),
    from || to ? `${from ?? "…"} – ${to ?? "…"}` : null,
    day ? t("scope.on", { day: formatDay(day) }) : null,
  ].filter(Boolean);
  return parts.length ? h("p.asked-as", {}, h("span.label", {}, t("limits")), " ", parts.join(" · ")) : null;
}
