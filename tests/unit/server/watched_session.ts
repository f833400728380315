// Sessions that tell whenever somebody looks at them, for the tests of what does not cost anything for each of them.

import { Session } from "../../../src/session/session.ts";

/** What was done with sessions: how often each field was read or set, and each method called. */
export type Looks = Map<string, number>;

/** Counts in the map that is returned whatever is done with `sessions` from now on. */
export function watch(sessions: Iterable<Session>): Looks {
  const looks: Looks = new Map();
  const note = (what: string) => void looks.set(what, (looks.get(what) ?? 0) + 1);
  const fields = new WeakMap<object, Record<string, unknown>>();
  let prototype: object | undefined;
  for (const session of sessions) {
    prototype ??= noticing(Object.keys(session), fields, note);
    fields.set(session, { ...session });
    for (const name of Object.keys(session)) delete session[name as keyof Session];
    Object.setPrototypeOf(session, prototype);
  }
  return looks;
}

// Private fields stay where they are: whoever looks at them comes by a method.
function noticing(
  names: readonly string[],
  fields: WeakMap<object, Record<string, unknown>>,
  note: (what: string) => void,
): object {
  const prototype: object = Object.create(Session.prototype);
  for (const name of names) {
    Object.defineProperty(prototype, name, {
      get(this: Session) {
        note(`reads ${name}`);
        return fields.get(this)![name];
      },
      set(this: Session, value: unknown) {
        note(`sets ${name}`);
        fields.get(this)![name] = value;
      },
    });
  }
  for (
    const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(Session.prototype))
  ) {
    const { get, value } = property;
    if (get !== undefined) {
      property.get = function (this: Session) {
        note(`reads ${name}`);
        return get.call(this);
      };
    } else {
      property.value = function (this: Session, ...given: unknown[]) {
        note(`calls ${name}`);
        return value.apply(this, given);
      };
    }
    Object.defineProperty(prototype, name, property);
  }
  return prototype;
}
