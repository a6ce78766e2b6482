// @ts-check
// What a machine hears in sealed evidence: asked for when staff want it, shown line by line; a line leads to its place in the
// sound. Nothing is kept here or on the server.

for (const part of document.querySelectorAll("[data-transcript]")) {
  if (part instanceof HTMLElement) begin(part);
}

/** @param {HTMLElement} part */
function begin(part) {
  const button = part.querySelector("button");
  const status = part.querySelector("[role=status]");
  const list = part.querySelector("ol");
  const sound = part.parentElement?.querySelector("audio");
  if (!button || !status || !list || !sound) return;
  button.addEventListener("click", async () => {
    button.disabled = true;
    list.replaceChildren();
    status.textContent = part.dataset.working ?? "";
    try {
      await read(part.dataset.transcript ?? "", (line) => list.append(row(line, sound)));
      status.textContent = (list.childElementCount ? part.dataset.done : part.dataset.none) ?? "";
    } catch {
      status.textContent = part.dataset.failed ?? "";
    }
    button.disabled = false;
  });
}

/**
 * @param {string} address
 * @param {(line: {at: number, text: string}) => void} take
 */
async function read(address, take) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const headers = { "X-CSRFToken": token instanceof HTMLInputElement ? token.value : "" };
  const response = await fetch(address, { method: "POST", headers });
  if (!response.ok || !response.body) throw new Error(String(response.status));
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    const lines = (rest + (value ?? "")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line) take(JSON.parse(line));
    if (done) return;
  }
}

/**
 * @param {{at: number, text: string}} line
 * @param {HTMLAudioElement} sound
 */
function row(line, sound) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const time = document.createElement("time");
  button.type = "button";
  time.textContent = `${Math.floor(line.at / 60)}:${String(Math.floor(line.at % 60)).padStart(2, "0")}`;
  button.append(time, line.text);
  button.addEventListener("click", () => {
    sound.currentTime = line.at;
    void sound.play();
  });
  item.append(button);
  return item;
}
