// What can be done to a live session: say something to it, ask it something, end it.

import { call } from "./api.js";
import { make, say } from "./dom.js";
import { openKick } from "./dialogs.js";

/** Milliseconds that a client may take to answer what a person asks it. */
const ASK_MS = 10_000;

const RESULTS = {
  queued: "Sent.",
  slow: "It is behind: what was sent waits for it.",
  gone: "It was gone already.",
};

/** A form for one session; `changed` is called after a kick. */
export function makeActions({ id, user, address }, changed) {
  const path = `/api/v1/sessions/${encodeURIComponent(id)}`;
  const text = make("textarea", { name: "text", rows: "2", required: true });
  const route = make("input", {
    name: "route",
    placeholder: "none",
    autocomplete: "off",
    spellcheck: "false",
  });
  const outcome = make("p", { class: "outcome", role: "status" });
  const answer = make("pre", {
    class: "answer",
    hidden: true,
    tabindex: "0",
    "aria-label": "Answer",
  });
  const error = make("p", { class: "error", role: "alert" });
  const send = make("button", { class: "primary", value: "send" }, "Send");
  const ask = make("button", { value: "request" }, "Ask, and wait for the answer");
  const kick = make("button", {
    type: "button",
    class: "danger",
    click: () =>
      openKick(
        `This ends the session of ${user || "a client without a user"} at ${address}.`,
        path,
        changed,
      ),
  }, "Kick…");

  async function submit(event) {
    event.preventDefault();
    const asks = event.submitter === ask;
    const body = {
      text: text.value,
      ...(route.value.trim() === "" ? {} : { route: route.value.trim() }),
    };
    send.disabled = ask.disabled = true;
    say(error, "");
    say(outcome, asks ? "Waiting for the answer…" : "");
    answer.hidden = true;
    try {
      if (asks) {
        const said = await call("POST", `${path}/request`, {
          body: { ...body, timeoutMs: ASK_MS },
        });
        say(outcome, said.text === undefined ? "It answered, in bytes (base64):" : "It answered:");
        say(answer, said.text ?? said.base64);
        answer.hidden = false;
      } else {
        const { result } = await call("POST", `${path}/send`, { body });
        say(outcome, RESULTS[result] ?? result);
      }
    } catch (failure) {
      say(outcome, "");
      say(error, failure.message);
    } finally {
      send.disabled = ask.disabled = false;
    }
  }

  return make(
    "form",
    { class: "act", submit },
    make("label", {}, "Text for this client", text),
    make("label", {}, "Route", route),
    make("div", { class: "actions" }, send, ask, kick),
    outcome,
    answer,
    error,
  );
}
