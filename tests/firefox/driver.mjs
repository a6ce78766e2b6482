// One Firefox, driven over WebDriver BiDi: a line of JSON asks, a line of JSON answers. The other end is firefox.py.

import { createInterface } from "node:readline";
import puppeteer from "puppeteer-core";
import WebSocket from "ws";

// Looking at a page is no tap on it. Puppeteer has every script count as one, and then Firefox would let everything sound.
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text, ...options) {
  return send.call(this, String(text).replaceAll('"userActivation":true', '"userActivation":false'), ...options);
};

const [settings] = process.argv.slice(2).map((text) => JSON.parse(text));
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: settings.program,
  extraPrefsFirefox: settings.preferences,
  defaultViewport: { width: settings.width, height: 800 },
});
const page = await browser.newPage();
page.setDefaultTimeout(settings.patience);
/** @type {string[]} */
const complaints = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(String(error)));
for (const script of settings.scripts) await page.evaluateOnNewDocument(script);

/** @type {Record<string, (...options: any[]) => Promise<unknown>>} */
const acts = {
  cookie: (name, value, url) => browser.setCookie({ name, value, domain: new URL(url).hostname, path: "/" }),
  go: async (address) => (await page.goto(address, { waitUntil: "load" }))?.status(),
  reload: async () => void (await page.reload()),
  click: (selector) => page.locator(selector).click(),
  fill: (selector, text) => page.locator(selector).fill(text),
  press: (key) => page.keyboard.press(key),
  evaluate: (code, argument) => page.evaluate(`(${code})(${JSON.stringify(argument ?? null)})`),
  offline: (isOffline) => page.setOfflineMode(isOffline),
  show: async (width, height, path) => {
    await page.setViewport({ width, height });
    await page.screenshot({ path });
  },
  complaints: async () => complaints,
};

process.stdout.write("ready\n");
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...options] = JSON.parse(line);
  const answer = await acts[what]?.(...options).then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: String(error?.stack ?? error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
