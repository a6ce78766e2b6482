// A page of ours as a document that is not shown: fetched, and its parts put into the one that is.

/**
 * @typedef {object} Page
 * @property {URL} url where it was found in the end
 * @property {Document} document
 * @property {HTMLElement} main
 *
 * @typedef {object} Elsewhere
 * @property {URL} url where something that is no page of ours was found
 * @property {null} main
 */

/**
 * @param {URL} url
 * @param {RequestInit} request
 * @returns {Promise<Page | Elsewhere>}
 * @throws {TypeError} the network is gone
 */
export async function fetchPage(url, request) {
  const response = await fetch(url, { ...request, headers: { Accept: "text/html" }, credentials: "same-origin" });
  const found = new URL(response.url);
  const isPage = response.headers.get("Content-Type")?.startsWith("text/html");
  if (found.origin !== url.origin || !isPage) return { url: found, main: null };
  const fetched = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = fetched.querySelector("main#main");
  found.hash = url.hash;
  return main instanceof HTMLElement ? { url: found, document: fetched, main } : { url: found, main: null };
}

/**
 * Ask for the modules that the page names, all at once, before the first of them says what it imports.
 * @param {Page} page
 */
export function preload({ document: fetched }) {
  for (const { href } of /** @type {NodeListOf<HTMLLinkElement>} */ (fetched.querySelectorAll("link[rel=modulepreload]"))) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = href;
    link.addEventListener("load", () => link.remove());
    document.head.append(link);
  }
}

/**
 * Take over whatever is around the main part: title, language, header, notice, footer, classes.
 * @param {Page} page
 */
export function dress({ document: fetched }) {
  document.title = fetched.title;
  document.documentElement.lang = fetched.documentElement.lang;
  document.body.className = fetched.body.className;
  for (const part of ["body > header", "body > .in-app", "body > footer"]) swap(part, fetched);
}

/**
 * @param {string} part
 * @param {Document} fetched
 */
function swap(part, fetched) {
  const before = document.querySelector(part);
  const after = fetched.querySelector(part);
  if (before && after) before.replaceWith(document.adoptNode(after));
  else if (after) document.body.append(document.adoptNode(after));
  else before?.remove();
}
