// The report: what was found, as text for whoever helps. Pure.

/** @typedef {"waiting" | "running" | "good" | "bad" | "absent" | "skipped"} State */

/**
 * @param {{name: string, word: string, detail: string}[]} steps
 * @param {{address: string, agent: string, time: string}} about
 */
export function report(steps, { address, agent, time }) {
  const lines = steps.map(({ name, word, detail }) => `${name}: ${[word, detail].filter(Boolean).join(" – ")}`);
  return [`MiTalk ${address} · ${time}`, agent, "", ...lines].join("\n");
}
