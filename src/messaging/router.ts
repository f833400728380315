// Who serves a route. Filled before the server listens, frozen from then on.

import type { Endpoint } from "./endpoint.ts";
import { isRouteName } from "./route_name.ts";

/** Routes and who serves them. Looking one up costs the same for ten and for ten thousand. */
export class Router {
  readonly #endpoints: Map<string, Endpoint> = new Map();
  #isFrozen = false;

  /** Names and patterns that are registered. */
  get names(): Iterable<string> {
    return this.#endpoints.keys();
  }

  get isFrozen(): boolean {
    return this.#isFrozen;
  }

  /**
   * Has `endpoint` serve `pattern`: a name; a name and `.*` behind it, for everything below; `*`, for everything that
   * nobody else serves; or "", the default route.
   *
   * @throws {Error} If the pattern is none, is taken, or the server listens already.
   */
  add(pattern: string, endpoint: Endpoint): void {
    if (this.#isFrozen) {
      throw new Error(`Cannot add the route "${pattern}": the server listens already`);
    }
    const name = pattern === "*" ? "" : pattern.replace(/\.\*$/, "");
    if (!isRouteName(name)) {
      throw new Error(
        `Cannot add the route "${pattern}": a route is made of the words a-z 0-9 _ - with dots between them`,
      );
    }
    if (this.#endpoints.has(pattern)) {
      throw new Error(`Cannot add the route "${pattern}": it is taken`);
    }
    this.#endpoints.set(pattern, endpoint);
  }

  /** Who serves the most specific pattern that `name` matches; undefined where there is none. */
  find(name: string): Endpoint | undefined {
    const exact = this.#endpoints.get(name);
    if (exact !== undefined || name === "") return exact;
    // Bytes that no route is made of match no pattern either.
    if (!isRouteName(name)) return undefined;
    for (let dot = name.lastIndexOf("."); dot > 0; dot = name.lastIndexOf(".", dot - 1)) {
      const endpoint = this.#endpoints.get(`${name.slice(0, dot)}.*`);
      if (endpoint !== undefined) return endpoint;
    }
    return this.#endpoints.get("*");
  }

  freeze(): void {
    this.#isFrozen = true;
  }
}
