/** Lets somebody sign in, in the way that the service offers: with the issuer, or with a key. */

import { Problem, getSession, hasIssuer, openSession } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

/** Tabs of this browser tell each other of sign-in and sign-out by it: that, and nothing of who or how. */
const channel = new BroadcastChannel("averment.session");
/** Where the tab ends that was opened for the issuer alone. */
const SIGNED_IN = "#/signed-in";

/** @param {"in" | "out"} what */
export function tellOtherTabs(what) {
  channel.postMessage(what);
}

/** @param {"in" | "out"} what @param {() => void} listener */
function onOtherTabs(what, listener) {
  const heard = (/** @type {MessageEvent} */ event) => event.data === what && listener();
  channel.addEventListener("message", heard);
  return () => channel.removeEventListener("message", heard);
}

/** Let nothing be seen here any more once somebody signs out in another tab. */
export function leaveWithOtherTabs() {
  onOtherTabs("out", () => location.reload());
}

/** Close this tab if it was opened for the issuer alone and has done its work. */
export function closeIfDone() {
  if (location.hash === SIGNED_IN) window.close();
}

/**
 * Stand in a place until there is a session.
 * @param {HTMLElement} place
 * @param {{isAgain: boolean}} options Whether a page waits behind it, which must not be left.
 * @returns {Promise<any>} The session.
 */
export async function signIn(place, { isAgain }) {
  const told = h("p.hint", { role: "alert" });
  const way = h("div.sign-in-way");
  fill(
    place,
    h(
      "main.sign-in-page",
      {},
      h("div.sign-in", {}, h("h1", {}, "Averment"), h("p", {}, t(isAgain ? "signin.again" : "signin.text")), way, told),
    ),
  );
  /** @type {() => void} */
  let stop = () => {};
  const session = await new Promise((resolve) => {
    const look = () => getSession().then((found) => found && resolve(found), () => fill(told, t("offline")));
    stop = onOtherTabs("in", look);
    hasIssuer().then(
      (has) => {
        fill(way, has ? withIssuer(isAgain) : withKey(told, look));
        /** @type {HTMLElement | null} */ (way.querySelector("input, button"))?.focus();
      },
      () => fill(told, t("offline")),
    );
  });
  stop();
  return session;
}

/** The issuer has a page of its own; where a page waits here, it gets a tab of its own too. */
function withIssuer(/** @type {boolean} */ isAgain) {
  const login = (/** @type {string} */ hash) => `/auth/login?return_to=${encodeURIComponent(`/${hash}`)}`;
  const go = () => (isAgain ? window.open(login(SIGNED_IN)) : location.assign(login(location.hash)));
  return [h("button.primary", { type: "button", onclick: go }, t("signin")), h("p.hint", {}, t("signin.issuer"))];
}

/**
 * @param {HTMLElement} told
 * @param {() => void} onDone
 */
function withKey(told, onDone) {
  const field = /** @type {HTMLInputElement} */ (
    h("input", { id: "key", type: "password", name: "key", autocomplete: "off", spellcheck: "false", maxlength: 4096 })
  );
  return h(
    "form",
    {
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        const key = field.value.trim();
        field.value = "";
        try {
          await openSession(key);
          onDone();
        } catch (error) {
          fill(told, !(error instanceof Problem) ? t("offline") : error.status === 401 ? t("signin.wrong") : error.message);
          field.focus();
        }
      },
    },
    h("label.labelled", { for: "key" }, h("span.label", {}, t("signin.key")), field),
    h("button.primary", { type: "submit" }, t("signin")),
    h("p.hint", {}, t("signin.hint")),
    h("p.hint", {}, t("signin.link")),
  );
}
