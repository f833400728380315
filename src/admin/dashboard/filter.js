// The filter of a list: a few fields, and what of them is filled in, as the API calls it.

import { make } from "./dom.js";

/** Milliseconds without a key before what was typed counts. */
const TYPING_MS = 300;

/**
 * A form of these fields: `{ name, label, hint, choices? }`. Calls `onChange` with what is filled in. The field `tag`
 * takes `name=value`.
 */
export function makeFilter(label, fields, onChange) {
  let timer;
  const inputs = fields.map(({ name, hint = "", choices, size = 10 }) =>
    choices === undefined
      ? make("input", { name, placeholder: hint, size, autocomplete: "off", spellcheck: "false" })
      : make(
        "select",
        { name },
        make("option", { value: "" }, "any"),
        choices.map((choice) => make("option", {}, choice)),
      )
  );
  const clear = make("button", { type: "reset" }, "Clear");
  const labels = fields.map(({ label }, i) => make("label", {}, label, inputs[i]));
  const form = make(
    "form",
    { class: "filter", role: "search", "aria-label": label },
    labels,
    clear,
  );
  // Folded where there is no room for it.
  const node = make(
    "details",
    { class: "folding", open: !matchMedia("(max-width: 680px)").matches },
    make("summary", {}, "Filter"),
    form,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell();
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(tell, TYPING_MS);
  });
  // The fields are emptied after this event.
  form.addEventListener("reset", () => setTimeout(tell));

  function tell() {
    clearTimeout(timer);
    onChange(value());
  }

  function value() {
    const filled = {};
    for (const { name, value } of inputs) {
      const text = value.trim();
      if (text === "") continue;
      if (name !== "tag") filled[name] = text;
      // Without a value it is still being typed.
      else if (/^[^=]+=/.test(text)) {
        filled[`tag.${text.split("=")[0]}`] = text.slice(text.indexOf("=") + 1);
      }
    }
    return filled;
  }

  return {
    node,
    value,
    /** Fills one field and empties the others. */
    set(name, text) {
      for (const input of inputs) input.value = input.name === name ? text : "";
      tell();
    },
  };
}

/** What a filter says, for people. */
export function filterText(filter) {
  return Object.entries(filter).map(([name, value]) => `${name} ${value}`).join(", ");
}
