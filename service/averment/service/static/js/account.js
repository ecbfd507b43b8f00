/** Who is signed in, what they may see, and how they sign out. */

import { endSession } from "./api.js";
import { fill, h } from "./dom.js";
import { knows, t } from "./i18n.js";
import { tellOtherTabs } from "./signin.js";

/** The views, in their order, with who has use for them; the service decides what is behind them. */
const VIEWS = [
  { name: "ask", scope: "ask", roles: ["analyst"] },
  { name: "documents", scope: "documents", roles: ["analyst", "reviewer", "compliance-officer"] },
  { name: "oversight", scope: "oversight", roles: ["reviewer"] },
  { name: "compliance", scope: "audit", roles: ["compliance-officer"] },
];

/**
 * @param {any} session
 * @returns {string[]} The names of the views that this session has use for.
 */
export function viewsOf(session) {
  const { scopes, principal } = session;
  return VIEWS.filter(({ scope }) => !scopes.length || scopes.includes(scope))
    .filter(({ roles }) => roles.some((role) => principal.roles.includes(role)))
    .map(({ name }) => name);
}

/** @param {any} session */
export function account(session) {
  const { subject, roles } = session.principal;
  const names = roles.map((/** @type {string} */ role) => (knows(`role.${role}`) ? t(`role.${role}`) : role));
  const told = h("span", { role: "alert" });
  const leave = async () => {
    try {
      const next = await endSession();
      tellOtherTabs("out");
      fill(document.body); // so that no way back shows what was there
      location.replace(next);
    } catch {
      fill(told, t("offline"));
    }
  };
  return [
    h("p.account", { title: subject }, h("strong", {}, subject.slice(subject.indexOf("#") + 1)), h("small", {}, names.join(", "))),
    h("button.quiet", { type: "button", onclick: leave }, t("signout"), " ", told),
  ];
}
