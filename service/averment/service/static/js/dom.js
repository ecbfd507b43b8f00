/**
 * Builds elements. Data reaches the page as text nodes and checked attributes only: nothing here, or anywhere else in
 * these modules, parses markup, so that what a document says can never become part of the page.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

const SVG = "http://www.w3.org/2000/svg";

/** Attributes that may be set by name; everything else is a property of the builder below or a mistake. */
const ATTRIBUTE = /^(aria-[a-z]+|data-[a-z-]+|id|role|for|href|src|alt|type|name|value|placeholder|title|lang|dir|rows|min|max|maxlength|tabindex|download|scope|colspan|datetime|autocomplete|accept|spellcheck|enterkeyhint|inputmode)$/;

/**
 * @param {string} tag An element's name, with classes behind dots: `p.note`.
 * @param {Record<string, any>} [options] Attributes; `on*` are listeners; true and false are boolean attributes.
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, options = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(options)) setOption(element, key, value);
  element.append(...nodes(children));
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {string} key
 * @param {any} value
 */
function setOption(element, key, value) {
  if (value === null || value === undefined) return;
  if (key.startsWith("on") && typeof value === "function") element.addEventListener(key.slice(2), value);
  else if (typeof value === "boolean" && !key.startsWith("aria-")) element.toggleAttribute(key, value);
  else if (!ATTRIBUTE.test(key)) throw new Error(`no attribute ${key} is set here`);
  else if ((key === "href" || key === "src") && !/^(#|\/|blob:)/.test(String(value))) throw new Error("an address outside");
  else element.setAttribute(key, String(value));
}

/**
 * @param {(Child | Child[])[]} children
 * @returns {(Node | string)[]}
 */
function nodes(children) {
  return children
    .flat(3)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/**
 * Put other children in the place of those an element has.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...nodes(children));
}

/** Outlines of icons on a 24 by 24 grid. */
const ICONS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M7 7l10 10M17 7L7 17",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.5",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  filter: "M4 6h16M7 12h10M10 18h4",
  page: "M7 3h7l4 4v14H7zM14 3v4h4",
  text: "M5 6h14M5 10h14M5 14h14M5 18h9",
  chat: "M4 5h16v11H9l-5 4z",
  eye: "M3 12c3-5 6-7 9-7s6 2 9 7c-3 5-6 7-9 7s-6-2-9-7zM12 9a3 3 0 100 6 3 3 0 000-6z",
  info: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 11v5M12 8v.5",
  receipt: "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
  sort: "M8 10l4-4 4 4M8 14l4 4 4-4",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
};

/**
 * @param {keyof typeof ICONS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button with an icon, named for who does not see it.
 * @param {keyof typeof ICONS} name
 * @param {string} label
 * @param {Record<string, any>} [options]
 */
export function iconButton(name, label, options = {}) {
  return h("button.icon-button", { type: "button", "aria-label": label, title: label, ...options }, icon(name));
}
