// Messages to many sessions, wherever they are: sent to those nodes alone that have some, and counted or answered there.

import type { Bus, Message } from "../bus/bus.ts";
import { seal, unseal } from "../bus/envelope.ts";
import { RequestError } from "../codec/request_error.ts";
import { BUS_DEADLINE_MS } from "../limits/bus.ts";
import type { Application } from "../messaging/application.ts";
import { checkSendable } from "../messaging/message.ts";
import type { Answer, Answerer, Audience, Sent } from "../messaging/audience.ts";
import type { Outgoing, Selection, SessionReference, Target } from "../messaging/remote.ts";
import { subjectOf, type ToMany } from "./letters.ts";
import type { Transit } from "./transit.ts";

/** One of many answers as it travels: so many bytes of those behind the fields, or why there are none. */
type AnswerFields =
  & { readonly id: string; readonly user: string }
  & (
    | { readonly byteLength: number }
    | {
      readonly code: number;
      readonly name: string;
      readonly message: string;
      readonly by: "server" | "client";
    }
  );

/** The part of a node that sends to many, and gives what others send to its own sessions. */
export class Many {
  readonly #app: Application;
  readonly #bus: Bus;
  readonly #refer: (id: string) => SessionReference;
  readonly #transit: Transit;
  #lastNumber = 0;
  /** What ends the listening for each subject. */
  readonly #subjects: Map<string, () => void> = new Map();

  constructor(
    app: Application,
    bus: Bus,
    transit: Transit,
    refer: (id: string) => SessionReference,
  ) {
    this.#app = app;
    this.#bus = bus;
    this.#transit = transit;
    this.#refer = refer;
    this.listen({ kind: "everyone" }, true);
    this.listen({ kind: "user", name: "" }, true);
  }

  /** Has this node hear what is for `target`, or no more. */
  listen(target: Target, isOn: boolean): void {
    const subject = subjectOf(target);
    const stop = this.#subjects.get(subject);
    if (isOn === (stop !== undefined)) return;
    if (!isOn) {
      stop!();
      this.#subjects.delete(subject);
      return;
    }
    const unsubscribe = this.#bus.subscribe(subject, this.#arrived);
    const unserve = this.#bus.serve(subject, this.#asked);
    this.#subjects.set(subject, () => {
      unsubscribe();
      unserve();
    });
  }

  // To the others first: what is passed on behind a session that goes must not overtake it.

  send(target: Target, { route, bytes }: Outgoing, selection: Selection): void {
    checkSendable(route, bytes);
    const letter: ToMany = { op: "deliver", key: this.#nextKey(), target, route, selection };
    this.#bus.publish(subjectOf(target), seal(letter, bytes));
    this.#transit.passes(letter, bytes);
  }

  async deliver(target: Target, { route, bytes }: Outgoing, selection: Selection): Promise<Sent> {
    checkSendable(route, bytes);
    const letter: ToMany = { op: "deliver", key: this.#nextKey(), target, route, selection };
    const asked = this.#request(target, seal(letter, bytes), BUS_DEADLINE_MS);
    this.#transit.passes(letter, bytes);
    const sums = { matched: 0, queued: 0, slow: 0 };
    for (const message of await asked) {
      const { matched, queued, slow } = unseal<Sent>(message);
      sums.matched += matched;
      sums.queued += queued;
      sums.slow += slow;
    }
    return sums;
  }

  async ask(
    target: Target,
    { route, bytes }: Outgoing,
    selection: Selection,
    { timeoutMs = this.#app.limits.requestTimeoutMs, first = Infinity }: {
      readonly timeoutMs?: number;
      readonly first?: number;
    },
  ): Promise<Answer[]> {
    const some = first === Infinity ? {} : { first };
    const key = this.#nextKey();
    const letter: ToMany = { op: "ask", key, target, route, selection, timeoutMs, ...some };
    const replies = await this.#request(target, seal(letter, bytes), timeoutMs + BUS_DEADLINE_MS);
    return replies.flatMap((message) => this.#answersIn(message));
  }

  async #request(target: Target, message: Message, deadlineMs: number): Promise<Message[]> {
    const replies = await this.#bus.request(subjectOf(target), message, "all", deadlineMs);
    return replies.map((reply) => reply.message);
  }

  readonly #arrived = (message: Message): void => {
    this.#app.actFor(() => this.#deliverHere(unseal<ToMany>(message)));
  };

  readonly #asked = async (message: Message): Promise<Message> => {
    const letter = unseal<ToMany>(message);
    if (letter.op === "deliver") return seal(this.#deliverHere(letter));
    const { target, route, selection, bytes, timeoutMs, first } = letter;
    const answers = await this.#here(target).request(route ?? "", bytes, {
      ...selection,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(first === undefined ? {} : { first }),
    });
    return sealAnswers(answers);
  };

  #nextKey(): string {
    return `${this.#bus.self}.${++this.#lastNumber}`;
  }

  #deliverHere(letter: ToMany & { bytes: Uint8Array }): Sent {
    const { target, route, bytes } = letter;
    const heard = this.#transit.passes(letter, bytes);
    const { except, tags } = letter.selection;
    const selection = { tags, except: heard.length === 0 ? except : [...except, ...heard] };
    const audience = this.#here(target);
    return route === null
      ? audience.broadcast(bytes, selection)
      : audience.send(route, bytes, selection);
  }

  #here(target: Target): Audience {
    const app = this.#app;
    if (target.kind === "everyone") return app.everyone.here;
    return (target.kind === "group" ? app.group(target.name) : app.user(target.name)).here;
  }

  #answersIn(message: Message): Answer[] {
    const { answers, bytes } = unseal<{ answers: AnswerFields[] }>(message);
    let offset = 0;
    return answers.map((answer) => {
      const session: Answerer = Object.assign(this.#refer(answer.id), { user: answer.user });
      if (!("byteLength" in answer)) {
        const { code, name, message, by } = answer;
        return { session, error: new RequestError(code, name, message, by) };
      }
      const start = offset;
      offset += answer.byteLength;
      return { session, bytes: bytes.slice(start, offset) };
    });
  }
}

function sealAnswers(answers: readonly Answer[]): Message {
  const parts: Uint8Array[] = [];
  let length = 0;
  const fields = answers.map((answer): AnswerFields => {
    const { session: { id, user } } = answer;
    if ("error" in answer) {
      const { code, name, message, by } = answer.error;
      return { id, user, code, name, message, by };
    }
    parts.push(answer.bytes);
    length += answer.bytes.length;
    return { id, user, byteLength: answer.bytes.length };
  });
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return seal({ answers: fields }, bytes);
}
