// What the client shows, as data: for a person with times and colours, bare for scripts, or as JSON.

import { decodeText, escapeControls } from "../../base/text.ts";
import type { RequestError } from "../../client/errors.ts";
import type { ClientState, Gap } from "../../client/events.ts";
import { SHOWN_BYTES_MAX } from "../../limits/terminal_client.ts";
import { hexLines } from "./hex.ts";
import { jsonText } from "../json_text.ts";
import { paint } from "../paint.ts";
import { bytesText, spanText } from "../units.ts";

/** Something that happened. */
export type Happening =
  /** A command went out. */
  | { event: "sent"; number: number; command: string }
  | { event: "response"; number: number; ms: number; body: Uint8Array }
  /** A command failed: the server said so, or this side. */
  | { event: "error"; number: number; command: string; error: RequestError | Error }
  | { event: "pong"; number: number; ms: number }
  /** A command is done, and there is nothing to show for it. */
  | { event: "done"; number: number; command: string }
  | { event: "notification"; route: string; body: Uint8Array }
  | { event: "broadcast"; body: Uint8Array }
  | { event: "question"; id: number; route: string; body: Uint8Array }
  | { event: "gap"; gap: Gap }
  | { event: "state"; state: ClientState };

/** How it is shown to a person. */
export interface View {
  readonly hex: boolean;
  readonly hasColors: boolean;
}

type Color = Parameters<typeof paint>[1];

/** For a person: a time, an arrow for the direction, and the words. Lines of a hex view follow. */
export function livelyLines(happening: Happening, at: Date, { hex, hasColors }: View): string[] {
  const { sign, color, text, body } = described(happening);
  const time = paint(at.toISOString().slice(11, 23), "dim", hasColors);
  const said = body === undefined ? text : [text, hex ? sizeOf(body) : textOf(body)].join(" ");
  return [
    `${time} ${color === undefined ? sign : paint(sign, color, hasColors)} ${said.trimEnd()}`,
    ...(body !== undefined && hex ? hexLines(body, SHOWN_BYTES_MAX) : []),
  ];
}

/** For a script: what the server said and little else. */
export function bareLines(happening: Happening, hex: boolean): string[] {
  switch (happening.event) {
    case "sent":
    case "done":
      return [];
    case "pong":
      return [spanText(happening.ms)];
    case "error":
      return [`${escapeControls(happening.command)}: ${errorText(happening.error)}`];
  }
  const { text, body } = described(happening);
  if (body === undefined) return [text];
  const name = happening.event === "response" ? [] : [text];
  if (hex) return [...name, ...hexLines(body, Infinity)];
  return [[...name, textOf(body, Infinity)].join(" ").trimEnd()];
}

/** As one line of JSON. Bytes are `text` where they are that, else `base64`. */
export function jsonLine(happening: Happening, at: Date): string {
  const { event, ...fields } = happening;
  const plain = Object.entries(fields).map(([name, value]) => {
    if (value instanceof Uint8Array) return bodyFields(value);
    if (value instanceof Error) return { error: errorFields(value) };
    if (name === "ms") return { ms: Math.round(Number(value) * 1000) / 1000 };
    return name === "state" || name === "gap" ? value : { [name]: value };
  });
  return jsonText(Object.assign({ at: at.toISOString(), event }, ...plain));
}

interface Description {
  readonly sign: string;
  readonly color?: Color;
  readonly text: string;
  readonly body?: Uint8Array;
}

function described(happening: Happening): Description {
  switch (happening.event) {
    case "sent":
      return {
        sign: "→",
        color: "dim",
        text: `#${happening.number} ${escapeControls(happening.command)}`,
      };
    case "response": {
      const text = `#${happening.number} in ${spanText(happening.ms)}`;
      return { sign: "←", color: "green", text, body: happening.body };
    }
    case "error": {
      const { number, error } = happening;
      return { sign: "✗", color: "red", text: `#${number} ${errorText(error)}` };
    }
    case "pong":
      return { sign: "←", color: "green", text: `#${happening.number} ${spanText(happening.ms)}` };
    case "done":
      return { sign: "←", color: "green", text: `#${happening.number} ok` };
    case "notification":
      return {
        sign: "⇐",
        color: "bold",
        text: `notification${routeOf(happening.route)}`,
        body: happening.body,
      };
    case "broadcast":
      return { sign: "⇐", color: "bold", text: "broadcast", body: happening.body };
    case "question": {
      const text = `question ${happening.id}${routeOf(happening.route)}`;
      return { sign: "?", color: "yellow", text, body: happening.body };
    }
    case "gap":
      return { sign: "!", color: "yellow", text: gapText(happening.gap) };
    case "state":
      return { sign: "•", ...stateText(happening.state) };
  }
}

/** Where the client stands, in words. */
export function stateText(state: ClientState): { readonly color: Color; readonly text: string } {
  switch (state.state) {
    case "connecting":
      return { color: "yellow", text: `connecting, attempt ${state.attempt}` };
    case "open": {
      const how = state.recovered ? "the session goes on" : "session";
      const node = state.node === "" ? "" : ` on ${escapeControls(state.node)}`;
      return { color: "green", text: `open, ${how} ${escapeControls(state.session)}${node}` };
    }
    case "leaving":
      return { color: "yellow", text: `leaving, ${reasonText(state.reason)}` };
    case "waiting":
      return {
        color: "yellow",
        text: `back in ${spanText(state.retryInMs)}, ${reasonText(state.reason)}`,
      };
    case "closed":
      return { color: "red", text: `closed, ${reasonText(state.reason)}` };
  }
}

/** Why something ended, in words. */
export function reasonText(
  { name, message, by }: { name: string; message: string; by: string },
): string {
  const who = by === "server" ? "the server says " : "";
  return `${who}${escapeControls(name)}: ${escapeControls(message)}`;
}

function errorText(error: Error): string {
  return "code" in error ? reasonText(error as RequestError) : escapeControls(error.message);
}

function errorFields(error: Error) {
  if (!("code" in error)) return { message: error.message };
  const { code, name, message, by } = error as RequestError;
  return { code, name, message, by };
}

function gapText({ missed, fresh }: Gap): string {
  if (fresh) return "a new session: groups and what was sent meanwhile are gone";
  return `missed ${missed === null ? "some messages" : `${missed} messages`}`;
}

function routeOf(route: string): string {
  return route === "" ? "" : ` ${escapeControls(route)}`;
}

function sizeOf(body: Uint8Array): string {
  return `(${bytesText(body.length)})`;
}

function textOf(body: Uint8Array, bytesMax: number = SHOWN_BYTES_MAX): string {
  const text = decodeText(body);
  if (text === undefined) return `(${bytesText(body.length)}, no text: see "hex on")`;
  const shown = text.length > bytesMax ? `${text.slice(0, bytesMax)}… ${sizeOf(body)}` : text;
  return escapeControls(shown);
}

function bodyFields(body: Uint8Array): { text: string } | { base64: string } {
  const text = decodeText(body);
  return text === undefined ? { base64: base64Of(body) } : { text };
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
