/** A page of several parts, each under an address of its own. */

import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {string} page The page's name, which is its address.
 * @param {{parts: Record<string, () => HTMLElement>, words: (name: string) => string}} made What the parts are made by,
 *   and how they are called; the first is shown where none of them is wanted.
 * @param {string | undefined} wanted
 */
export function pageOfParts(page, { parts, words }, wanted) {
  const names = Object.keys(parts);
  const name = names.find((one) => one === wanted) ?? names[0];
  const part = h("section.part", { "aria-label": words(name) });
  const links = names.map((one) => h("a", { href: `#/${page}/${one}`, "aria-current": one === name ? "page" : null }, words(one)));
  const title = h("h1", { id: `${page}-title`, tabindex: "-1" }, t(page));
  const element = h(
    "section.page.wide",
    { "aria-labelledby": title.id },
    h("header", {}, title, h("p.lead", {}, words("text"))),
    h("nav.parts", { "aria-label": t(page) }, h("ul", {}, links.map((link) => h("li", {}, link)))),
    part,
  );
  fill(part, parts[name]());

  function focus() {
    links[names.indexOf(name)].scrollIntoView({ block: "nearest", inline: "nearest" }); // they may not all fit
    title.focus();
  }

  return { element, focus };
}
