// What changes the server and is asked for twice: kick, Broadcast and drain.

import { call } from "./api.js";
import { announce, byId, say } from "./dom.js";
import { number, several } from "./format.js";
import { filterText } from "./filter.js";

/**
 * Opens the dialog with this id; `submit` gets its form, may say what is wrong by throwing, and closes it with what it
 * returns as the news; undefined keeps it open.
 */
function open(id, prepare, submit) {
  const dialog = byId(id);
  const form = dialog.querySelector("form");
  const error = dialog.querySelector(".error");
  form.reset();
  say(error, "");
  prepare?.(form);
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close();
  form.onsubmit = async (event) => {
    event.preventDefault();
    const button = form.querySelector(".actions button:last-child");
    button.disabled = true;
    try {
      say(error, "");
      const news = await submit(form);
      if (news === undefined) return;
      dialog.close();
      announce(news);
    } catch (failure) {
      say(error, failure.message);
    } finally {
      button.disabled = false;
    }
  };
  dialog.showModal();
}

/** `what` says who is meant, `path` is what the API calls it. */
export function openKick(what, path, done) {
  open("kick", (form) => {
    say(form.querySelector("[data-what]"), what);
  }, async ({ elements: { message, afterwards } }) => {
    const { value } = afterwards;
    const then = value === ""
      ? {}
      : value === "back"
      ? { reconnect: "yes" }
      : { banSeconds: Number(value) };
    await call("DELETE", path, { body: { message: message.value, ...then } });
    done();
    return "Kicked";
  });
}

/** Counts first, and sends what was counted. */
export function openBroadcast(filter) {
  const hasFilter = Object.keys(filter).length > 0;
  let counted = null;
  let form;
  function bodyOf() {
    const { text, to } = form.elements;
    return { text: text.value, ...(to.value === "filter" ? { filter } : {}) };
  }
  function count(matched) {
    counted = matched;
    const button = form.querySelector(".actions button:last-child");
    const outcome = form.querySelector(".outcome");
    button.textContent = matched === null
      ? "Count who gets it"
      : `Send to ${several(matched, "session")}`;
    say(outcome, matched === null ? "" : `This goes to ${several(matched, "session")}, now.`);
  }
  open("broadcast", (opened) => {
    form = opened;
    form.oninput = () => count(null);
    const { to } = form.elements;
    to[1].disabled = !hasFilter;
    to.value = hasFilter ? "filter" : "everybody";
    say(form.querySelector("[data-filter]"), hasFilter ? filterText(filter) : "it is empty");
    count(null);
  }, async () => {
    if (counted === null) {
      count(
        (await call("POST", "/api/v1/broadcast", { body: { ...bodyOf(), dryRun: true } })).matched,
      );
      return undefined;
    }
    const { queued, slow } = await call("POST", "/api/v1/broadcast", { body: bodyOf() });
    return `Sent to ${several(queued, "session")}${
      slow > 0 ? `, ${number(slow)} of them behind` : ""
    }`;
  });
}

/** `begun` is called once the server drains. */
export function openDrain(sessions, begun) {
  open("drain", (form) => {
    const { word } = form.elements;
    const button = form.querySelector(".danger");
    say(form.querySelector("[data-what]"), several(sessions, "session"));
    button.disabled = true;
    form.oninput = () => button.disabled = word.value.trim() !== "drain";
  }, async () => {
    const { sessions } = await call("POST", "/api/v1/drain", { body: {} });
    begun();
    return `The server drains: ${several(sessions, "session")} told when to come back`;
  });
}
