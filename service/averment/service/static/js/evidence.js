/** The place of a citation: the page as a picture with the quotation marked, or the text around it. */

import { Problem, getBlob, getJson } from "./api.js";
import { fill, h, iconButton } from "./dom.js";
import { t } from "./i18n.js";

const ZOOMS = [0.6, 0.8, 1, 1.3, 1.7, 2.2, 3];
const FIT = 2;
const READABLE = 4;
/** Where the panel covers the page, a whole sheet would be too small to read. */
const NARROW = "(max-width: 48rem)";

/**
 * The panel beside the conversation. One is open at a time; closing gives the focus back to what opened it.
 * @param {{onToggle: (isOpen: boolean) => void}} options
 */
export function evidencePanel({ onToggle }) {
  /** @type {import("./citations.js").Citation[]} */
  let list = [];
  let index = 0;
  let shownPage = 0;
  let zoom = FIT;
  let asText = false;
  /** @type {HTMLElement | null} */
  let opener = null;
  /** @type {AbortController | null} */
  let loading = null;
  /** @type {string | null} */
  let picture = null;

  const title = h("h2", { tabindex: "-1" });
  const position = h("p.hint", { role: "status" });
  const stage = h("div.stage", { tabindex: "0", role: "region" });
  const quote = h("blockquote.evidence-quote");
  const pageLabel = h("span.page-label");
  const previous = iconButton("left", t("evidence.previous"), { onclick: () => step(-1) });
  const next = iconButton("right", t("evidence.next"), { onclick: () => step(1) });
  const back = iconButton("left", t("evidence.page.previous"), { onclick: () => turn(-1) });
  const forth = iconButton("right", t("evidence.page.next"), { onclick: () => turn(1) });
  const smaller = iconButton("minus", t("evidence.smaller"), { onclick: () => scale(-1) });
  const larger = iconButton("plus", t("evidence.larger"), { onclick: () => scale(1) });
  const mode = h("button.quiet", { type: "button", "aria-pressed": "false", onclick: toggleText }, t("evidence.text"));
  const element = h(
    "aside.evidence",
    { "aria-label": t("evidence"), hidden: true, onkeydown: onKey },
    h(
      "header.evidence-head",
      {},
      h("div", {}, title, position),
      h("div.row", {}, previous, next, iconButton("close", t("close"), { onclick: close })),
    ),
    h("div.evidence-bar", {}, h("div.row", {}, back, pageLabel, forth), h("div.row", {}, smaller, larger, mode)),
    stage,
    h("footer", {}, h("h3", {}, t("evidence.quote")), quote),
  );

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape") close();
    else if (event.altKey && event.key === "ArrowLeft") step(-1);
    else if (event.altKey && event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  }

  /** @type {import("./answer.js").OpenEvidence} */
  function open(citations, at, from, { keepsFocus = false } = {}) {
    list = citations;
    index = at;
    opener = from;
    zoom = matchMedia(NARROW).matches ? READABLE : FIT;
    element.hidden = false;
    onToggle(true);
    show();
    if (!keepsFocus) title.focus();
  }

  function close() {
    if (element.hidden) return;
    element.hidden = true;
    loading?.abort();
    release();
    onToggle(false);
    mark(null);
    if (opener?.isConnected) opener.focus();
  }

  function release() {
    if (picture !== null) URL.revokeObjectURL(picture);
    picture = null;
  }

  /** @param {number} by */
  function step(by) {
    if (index + by < 0 || index + by >= list.length) return;
    index += by;
    show();
  }

  /** @param {number} by */
  function turn(by) {
    load(shownPage + by);
  }

  /** @param {number} by */
  function scale(by) {
    zoom = Math.min(Math.max(zoom + by, 0), ZOOMS.length - 1);
    applyZoom();
  }

  function applyZoom() {
    const sheet = /** @type {HTMLElement | null} */ (stage.querySelector(".sheet"));
    if (sheet) sheet.style.setProperty("--zoom", String(ZOOMS[zoom]));
    smaller.toggleAttribute("disabled", zoom === 0);
    larger.toggleAttribute("disabled", zoom === ZOOMS.length - 1);
    reveal();
  }

  function toggleText() {
    asText = !asText;
    mode.setAttribute("aria-pressed", String(asText));
    load(shownPage);
  }

  /** Show which citation the conversation has open. */
  function mark(/** @type {string | null} */ number) {
    document.querySelectorAll(".citation[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
    if (number === null || !opener) return;
    const answer = opener.closest(".answer");
    answer?.querySelectorAll(`.citation[data-number="${number}"]`).forEach((one) => one.setAttribute("aria-current", "true"));
  }

  function show() {
    const citation = list[index];
    title.textContent = citation.title;
    position.textContent = t("evidence.position", { at: index + 1, of: list.length });
    quote.textContent = citation.quote.replace(/\s*\n\s*/g, " ");
    previous.toggleAttribute("disabled", index === 0);
    next.toggleAttribute("disabled", index === list.length - 1);
    mark(String(index + 1));
    load(citation.page ?? 0);
  }

  /** @param {number} page 1-based; 0 for formats without pages. */
  async function load(page) {
    loading?.abort();
    const mine = new AbortController();
    loading = mine;
    shownPage = page;
    stage.setAttribute("aria-busy", "true");
    stage.setAttribute("aria-label", page ? t("evidence.stage", { page }) : t("evidence.stage.text"));
    element.classList.toggle("has-pages", page > 0);
    try {
      const shown = page ? await sheet(list[index], page, mine.signal) : await passage(list[index], mine.signal);
      if (mine.signal.aborted) return;
      fill(stage, shown);
      applyZoom();
    } catch (error) {
      if (mine.signal.aborted) return;
      fill(stage, h("p.hint", { role: "alert" }, error instanceof Problem ? error.message : t("offline")));
    } finally {
      if (loading === mine) stage.removeAttribute("aria-busy");
    }
  }

  /**
   * A page: its picture, or its text where that is wanted or there is no picture.
   * @param {import("./citations.js").Citation} citation
   * @param {number} page
   * @param {AbortSignal} signal
   */
  async function sheet(citation, page, signal) {
    const query = `text_hash=${encodeURIComponent(citation.text_hash)}&highlight=${citation.start}-${citation.end}`;
    const path = `/v1/documents/${encodeURIComponent(citation.document_id)}/pages/${page}`;
    const facts = await getJson(`${path}?${query}`, { signal });
    pageLabel.textContent = t("evidence.page", { page, of: facts.n_pages });
    back.toggleAttribute("disabled", page <= 1);
    forth.toggleAttribute("disabled", page >= facts.n_pages);
    const start = citation.start - facts.start;
    if (asText || !facts.has_picture) return markedText(facts.text, start, citation.end - facts.start);
    const sharp = window.devicePixelRatio > 1.5 ? 220 : 165;
    const content = await getBlob(`${path}.png?${query}&resolution=${sharp}`, signal);
    release();
    picture = URL.createObjectURL(content);
    const image = h("img", { src: picture, alt: t("evidence.alt", { page, quote: onPage(facts, citation) }) });
    await /** @type {HTMLImageElement} */ (image).decode();
    return h("div.sheet", {}, image, facts.highlights[0].boxes.map((/** @type {any} */ box) => outline(box, facts)));
  }

  /**
   * @param {import("./citations.js").Citation} citation
   * @param {AbortSignal} signal
   */
  async function passage(citation, signal) {
    const query = `start=${citation.start}&end=${citation.end}&around=1500&text_hash=${encodeURIComponent(citation.text_hash)}`;
    const found = await getJson(`/v1/documents/${encodeURIComponent(citation.document_id)}/window?${query}`, { signal });
    pageLabel.textContent = "";
    return markedText(found.text, citation.start - found.start, citation.end - found.start);
  }

  function reveal() {
    const first = stage.querySelector("mark, .outline");
    const frame = stage.getBoundingClientRect();
    const place = first?.getBoundingClientRect();
    stage.scrollTop += place ? place.top - frame.top - frame.height / 3 : -stage.scrollTop;
    stage.scrollLeft += place ? place.left - frame.left - frame.width / 3 : 0;
  }

  return { element, open, close };
}

/**
 * Offsets of the service count code points; those of strings here count UTF-16 units.
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
export function markedText(text, start, end) {
  const points = Array.from(text);
  const cut = (/** @type {number} */ from, /** @type {number} */ to) => points.slice(Math.max(0, from), Math.max(0, to)).join("");
  return h("div.plain-text", {}, cut(0, start), h("mark", {}, cut(start, end)), cut(end, points.length));
}

/**
 * @param {any} facts
 * @param {import("./citations.js").Citation} citation
 */
function onPage(facts, citation) {
  const points = Array.from(facts.text);
  const words = points.slice(Math.max(0, citation.start - facts.start), Math.max(0, citation.end - facts.start)).join("");
  return words.replace(/\s+/g, " ").trim().slice(0, 400);
}

/**
 * @param {{x0: number, y0: number, x1: number, y1: number}} box In points.
 * @param {{width: number, height: number}} page
 */
function outline(box, page) {
  const mark = h("span.outline", { "aria-hidden": "true" });
  mark.style.setProperty("left", `${(100 * box.x0) / page.width}%`);
  mark.style.setProperty("top", `${(100 * box.y0) / page.height}%`);
  mark.style.setProperty("width", `${(100 * (box.x1 - box.x0)) / page.width}%`);
  mark.style.setProperty("height", `${(100 * (box.y1 - box.y0)) / page.height}%`);
  return mark;
}
