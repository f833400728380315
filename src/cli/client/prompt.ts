// The last row of a terminal: a prompt with what is being typed. What happens meanwhile is printed above it.

import type { Host } from "../../transport/host.ts";
import { Editor, type Typing } from "./editor.ts";
import { paint } from "../paint.ts";
import { widthOf } from "../text_width.ts";

const CLEAR_ROW = "\r\x1b[K";
const CLEAR_SCREEN = "\x1b[H\x1b[2J";

/** How a prompt looks: what it says, and in which colour. */
export interface Label {
  readonly text: string;
  readonly color: "green" | "yellow" | "red";
}

/** Draws it; keys are read until `close()`. */
export class Prompt {
  readonly #host: Pick<Host, "onKeys" | "stdout" | "terminal">;
  readonly #editor = new Editor();
  readonly #stopKeys: () => void;
  #label: Label = { text: "", color: "yellow" };
  #isClosed = false;

  constructor(
    host: Pick<Host, "onKeys" | "stdout" | "terminal">,
    typing: Omit<Typing, "clear">,
  ) {
    this.#host = host;
    const clear = () => void host.stdout(CLEAR_SCREEN);
    this.#stopKeys = host.onKeys((keys) => {
      this.#editor.type(keys, { ...typing, clear });
      this.#draw();
    });
  }

  /** Shows another label. */
  label(label: Label): void {
    if (label.text === this.#label.text) return;
    this.#label = label;
    this.#draw();
  }

  /** Prints lines above it. */
  print(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\r\n`).join("");
    this.#host.stdout(`${CLEAR_ROW}${text}`);
    this.#draw();
  }

  /** Takes it away and gives the terminal back. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopKeys();
    this.#host.stdout(CLEAR_ROW);
  }

  // A line that is longer than the row shows the part around the cursor.
  #draw(): void {
    if (this.#isClosed) return;
    const { columns, hasColors } = this.#host.terminal()!;
    const label = `${this.#label.text}> `;
    const room = Math.max(10, columns - label.length - 1);
    const before = tail(this.#editor.before, room);
    const after = head(this.#editor.after, room - widthOf(before));
    const at = label.length + widthOf(before);
    this.#host.stdout(
      `${CLEAR_ROW}${paint(label, this.#label.color, hasColors)}${before}${after}\r\x1b[${at}C`,
    );
  }
}

// As many characters as fit, from the end or from the beginning.
function tail(characters: readonly string[], width: number): string {
  let from = characters.length;
  for (let left = width; from > 0; from--) {
    left -= widthOf(characters[from - 1]!);
    if (left < 0) break;
  }
  return characters.slice(from).join("");
}

function head(characters: readonly string[], width: number): string {
  let to = 0;
  for (let left = width; to < characters.length; to++) {
    left -= widthOf(characters[to]!);
    if (left < 0) break;
  }
  return characters.slice(0, to).join("");
}
