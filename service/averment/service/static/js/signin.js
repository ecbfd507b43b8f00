/** Asks for the key until there is one that the service takes. */

import { Problem, getJson, setKey } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

/**
 * @param {HTMLElement} place
 * @param {() => void} onDone
 */
export function signIn(place, onDone) {
  const told = h("p.hint", { role: "alert" });
  const field = /** @type {HTMLInputElement} */ (
    h("input", { id: "key", type: "password", name: "key", autocomplete: "current-password", spellcheck: "false", maxlength: 4096 })
  );
  const form = h(
    "form.sign-in",
    {
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        setKey(field.value.trim());
        try {
          await getJson("/v1/about");
          onDone();
        } catch (error) {
          setKey(null);
          fill(told, error instanceof Problem && error.status === 401 ? t("signin.wrong") : t("offline"));
          field.focus();
        }
      },
    },
    h("h1", {}, "Averment"),
    h("p", {}, t("signin.text")),
    h("label.labelled", { for: "key" }, h("span.label", {}, t("signin.key")), field),
    told,
    h("button.primary", { type: "submit" }, t("signin")),
    h("p.hint", {}, t("signin.hint")),
  );
  fill(place, h("main.sign-in-page", {}, form));
  field.focus();
}
