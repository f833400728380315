// Elements made and filled. Text goes in as text, never as HTML, with what cannot be seen written out.

const SVG = "http://www.w3.org/2000/svg";

/** The element with this id. */
export function byId(id) {
  return document.getElementById(id);
}

/** An element with attributes (a function is a listener, false and null leave one out) and children. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(
    ...children.flat().filter((child) => child !== null)
      .map((child) => child instanceof Node ? child : visible(child)),
  );
  return element;
}

/** Sets the text of an element, where it differs: a screen reader is told of changes only. */
export function say(element, text) {
  const safe = visible(text);
  if (element.textContent !== safe) element.textContent = safe;
}

/**
 * `text` with control characters and other unprintable code points written as `\u{…}`, as the log and the terminal
 * show them: what a peer sent cannot reorder what is read.
 */
export function visible(text) {
  return String(text).replace(
    /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0).toString(16)}}`,
  );
}

let hiding;

/** Tells at the foot of the page what was done, for a few seconds. */
export function announce(text) {
  const said = byId("said");
  say(said, text);
  clearTimeout(hiding);
  hiding = setTimeout(() => say(said, ""), 6000);
}
