// Which clicks and forms lead to pages that may be shown without leaving this document. Pure: knows no document.

// The staff's pages, files, signing in and out: those are other documents.
const OTHER_DOCUMENTS = ["/staff/", "/static/", "/accounts/"];
const ROOM = /^\/r\/[^/]+\/$/;

/**
 * The address of a link's page, if a click on it leads to one of ours in this window.
 * @param {{href: string, target: string, download: string, rel: string}} link as an anchor element has them
 * @param {{button: number, altKey: boolean, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean}} click
 * @param {string} here the address of this document
 * @returns {URL | null}
 */
export function followed(link, click, here) {
  if (click.button !== 0 || click.altKey || click.ctrlKey || click.metaKey || click.shiftKey) return null;
  if ((link.target && link.target !== "_self") || link.download || link.rel.includes("external")) return null;
  const url = pageOf(link.href, here);
  const isPlace = url?.hash && url.pathname === new URL(here).pathname && url.search === new URL(here).search;
  return isPlace ? null : url;
}

/**
 * @param {string} address
 * @param {string} here
 * @returns {URL | null}
 */
export function pageOf(address, here) {
  const url = new URL(address, here);
  if (url.origin !== new URL(here).origin) return null;
  if (OTHER_DOCUMENTS.some((start) => url.pathname.startsWith(start)) || /\.\w+$/.test(url.pathname)) return null;
  return url;
}

/** Whether a page is a room's. @param {URL} url */
export const isRoom = (url) => ROOM.test(url.pathname);

/**
 * What sending a form asks for.
 * @param {{action: string, method: string, enctype: string}} form as a form element has them
 * @param {FormData} data
 * @param {string} here
 * @returns {{url: URL, request: RequestInit} | null} nothing, if it leads to another document
 */
export function sent(form, data, here) {
  const url = pageOf(form.action, here);
  if (!url || !["get", "post"].includes(form.method)) return null;
  if (form.enctype === "multipart/form-data") return { url, request: { method: "POST", body: data } };
  const fields = new URLSearchParams([...data].filter(([, value]) => typeof value === "string").map(([name, value]) => [name, String(value)]));
  if (form.method === "post") return { url, request: { method: "POST", body: fields } };
  url.search = fields.toString();
  return { url, request: {} };
}
