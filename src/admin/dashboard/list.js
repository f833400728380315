// A list of the API as a table: one page of it, sorted and cut by the server, kept up to date while it is looked at.

import { call, queryOf } from "./api.js";
import { make, say, visible } from "./dom.js";
import { number } from "./format.js";

const PAGE_ITEMS = 50;

/**
 * A table of `path`, newest or largest first as `sort` says. Each column has a `title`, a `text` of an item, and maybe
 * the name it is `sort`ed by, a `kind` (a class of its cells) and a `hint`. `open` is where the link of a row leads.
 */
export function makeList({ path, caption, columns, sort, idOf, open, noun }) {
  const heads = columns.map((column) => makeHead(column, sortBy));
  const body = make("tbody");
  const table = make(
    "table",
    {},
    make("caption", { class: "unseen" }, caption),
    make("thead", {}, make("tr", {}, heads.map(({ node }) => node))),
    body,
  );
  const error = make("p", { class: "error", role: "alert" });
  const none = make("p", { class: "none-found quiet", hidden: true }, `No ${noun} matches`);
  const where = make("span", { class: "quiet" });
  const back = make("button", { type: "button", click: () => turn(-1) }, "Back");
  const next = make("button", { type: "button", click: () => turn(1) }, "Next");
  const rows = new Map();
  let filter = {};
  // The cursor of each page from the first to this one.
  let cursors = [null];
  let nextCursor = null;
  let loading = null;

  async function load() {
    loading?.abort();
    const mine = loading = new AbortController();
    const { signal } = mine;
    const query = queryOf({ ...filter, sort, limit: PAGE_ITEMS, cursor: cursors.at(-1) });
    try {
      const page = await call("GET", `${path}?${query}`, { signal });
      if (signal.aborted) return;
      say(error, "");
      show(page);
    } catch (failure) {
      // That the API is not reached at all stands at the top of the page.
      if (failure.status !== undefined && !signal.aborted) say(error, failure.message);
    } finally {
      if (loading === mine) loading = null;
    }
  }

  function show({ items, matched, nextCursor: following }) {
    nextCursor = following;
    const ids = new Set(items.map(idOf));
    for (const [id, row] of rows) {
      if (ids.has(id)) continue;
      row.node.remove();
      rows.delete(id);
    }
    items.forEach((item, i) => {
      const id = idOf(item);
      if (!rows.has(id)) rows.set(id, makeRow(columns, open));
      const row = rows.get(id);
      row.update(item);
      // Only what stands elsewhere is moved: moving takes the focus away.
      if (body.children[i] !== row.node) body.insertBefore(row.node, body.children[i] ?? null);
    });
    none.hidden = items.length > 0;
    table.hidden = items.length === 0;
    const first = (cursors.length - 1) * PAGE_ITEMS;
    const here = items.length === 0 ? "0" : `${number(first + 1)}–${number(first + items.length)}`;
    say(
      where,
      matched > items.length ? `${here} of ${number(matched)}` : `${number(matched)} in all`,
    );
    back.disabled = cursors.length === 1;
    next.disabled = nextCursor === null;
    heads.forEach((head) => head.update(sort));
  }

  function turn(pages) {
    if (pages > 0 && nextCursor !== null) cursors.push(nextCursor);
    if (pages < 0 && cursors.length > 1) cursors.pop();
    return load();
  }

  function restart() {
    cursors = [null];
    return load();
  }

  function sortBy(field) {
    // Largest first, unless that is how it is already.
    sort = sort === `-${field}` ? field : `-${field}`;
    return restart();
  }

  return {
    node: make(
      "div",
      { class: "list" },
      error,
      make("div", { class: "scroll" }, table),
      none,
      make("div", { class: "pager" }, where, back, next),
    ),
    /** Looks again, unless it is looking. */
    refresh: () => loading === null ? load() : undefined,
    setFilter(fields) {
      filter = fields;
      return restart();
    },
  };
}

function makeHead({ title, sort, kind = "", hint = null }, sortBy) {
  const button = sort && make("button", { type: "button", click: () => sortBy(sort) }, title);
  const node = make("th", { scope: "col", class: kind, title: hint }, button ?? title);
  return {
    node,
    update(current) {
      const order = { [sort]: "ascending", [`-${sort}`]: "descending" }[current];
      if (sort === undefined || order === undefined) node.removeAttribute("aria-sort");
      else node.setAttribute("aria-sort", order);
    },
  };
}

function makeRow(columns, open) {
  const cells = columns.map(({ kind = "" }, i) =>
    make("td", { class: kind }, i === 0 ? make("a") : null)
  );
  const link = cells[0].firstChild;
  let current;
  const node = make("tr", {
    click: ({ target }) => {
      // A text that is being marked is not to be taken away.
      if (target.closest("a") === null && getSelection().isCollapsed) link.click();
    },
  }, cells);
  link.addEventListener("click", () => open.remember?.(current));
  return {
    node,
    update(item) {
      current = item;
      link.href = open.address(item);
      columns.forEach(({ text, kind }, i) => {
        say(i === 0 ? link : cells[i], text(item));
        if (kind?.includes("cut")) cells[i].title = visible(text(item));
      });
    },
  };
}
