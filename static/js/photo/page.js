// The page of one's photo: shows the chosen picture, lets it be moved and made larger by pointer and by keyboard, and sends only
// the square that is seen. The picture is drawn here, so that nothing of its file but its dots leaves this device. Without this
// module the server takes the middle.

import { Crop } from "./crop.js";

const SENT_SIDE = 1024;
const STEP = 0.04; // of the window, for each press of an arrow key
const ZOOM_STEP = 1.1;
const QUALITY = 0.92;

/** @param {HTMLElement} main */
export function mount(main) {
  const form = /** @type {HTMLFormElement} */ (main.querySelector("#photo-form"));
  new Cropping(form).start();
}

class Cropping {
  /** @type {ImageBitmap | null} */
  #picture = null;
  #crop = new Crop(1, 1);
  #choice = 0; // the latest: those before it are given up
  #isCropped = false;
  #held = { x: 0, y: 0 };

  /** @param {HTMLFormElement} form */
  constructor(form) {
    const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (form.querySelector(selector));
    this.form = form;
    this.file = /** @type {HTMLInputElement} */ (find("input[type=file]"));
    this.part = find("#crop");
    this.view = /** @type {HTMLCanvasElement} */ (find("#crop-view"));
    this.zoom = /** @type {HTMLInputElement} */ (find("#crop-zoom"));
    this.said = find("#crop-said");
    this.where = find("#crop-where");
  }

  start() {
    this.file.addEventListener("change", () => this.#chosen());
    this.zoom.addEventListener("input", () => this.#zoomTo(Number(this.zoom.value) / 100));
    this.view.addEventListener("keydown", (event) => this.#pressed(event));
    this.view.addEventListener("pointerdown", (event) => this.#grabbed(event));
    this.view.addEventListener("pointermove", (event) => this.#dragged(event));
    this.view.addEventListener("wheel", (event) => this.#turned(event), { passive: false });
    this.form.addEventListener("submit", (event) => this.#sending(event));
    if (this.file.files?.length) this.#chosen(); // the browser kept it over a reload
  }

  async #chosen() {
    const choice = ++this.#choice;
    const file = this.file.files?.[0];
    this.part.hidden = true;
    this.said.hidden = true;
    this.#picture = null;
    if (!file) return;
    const picture = await createImageBitmap(file).catch(() => null);
    if (choice !== this.#choice) return;
    if (!picture) {
      this.said.textContent = this.form.dataset.unreadable ?? "";
      this.said.hidden = false;
      return;
    }
    this.#picture = picture;
    this.#crop = new Crop(picture.width, picture.height);
    this.zoom.value = "100";
    this.part.hidden = false;
    this.#draw();
    this.view.focus();
  }

  /** @param {PointerEvent} event */
  #grabbed(event) {
    this.view.setPointerCapture(event.pointerId);
    this.#held = { x: event.clientX, y: event.clientY };
  }

  /** @param {PointerEvent} event */
  #dragged(event) {
    if (!this.view.hasPointerCapture(event.pointerId)) return;
    const width = this.view.clientWidth || 1;
    this.#crop.drag((event.clientX - this.#held.x) / width, (event.clientY - this.#held.y) / width);
    this.#held = { x: event.clientX, y: event.clientY };
    this.#draw();
  }

  /** @param {WheelEvent} event */
  #turned(event) {
    if (document.activeElement !== this.view) return; // the page is scrolled
    event.preventDefault();
    this.#zoomTo(this.#crop.zoom * (event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP));
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const move = moves[event.key];
    if (move) this.#crop.drag(move[0], move[1]);
    else if (["+", "="].includes(event.key)) this.#crop.zoomTo(this.#crop.zoom * ZOOM_STEP);
    else if (["-", "_"].includes(event.key)) this.#crop.zoomTo(this.#crop.zoom / ZOOM_STEP);
    else return;
    event.preventDefault();
    this.#draw();
    this.#tell();
  }

  /** @param {number} zoom */
  #zoomTo(zoom) {
    this.#crop.zoomTo(zoom);
    this.#draw();
  }

  #draw() {
    this.zoom.value = String(Math.round(this.#crop.zoom * 100));
    this.#drawInto(this.view);
  }

  /** For a screen reader, after a key. */
  #tell() {
    const { across, down } = this.#crop.where;
    const places = { ZOOM: this.zoom.value, ACROSS: `${across} %`, DOWN: `${down} %` };
    this.where.textContent = (this.form.dataset.moved ?? "").replace(
      /ZOOM|ACROSS|DOWN/g,
      (word) => places[/** @type {keyof typeof places} */ (word)],
    );
  }

  /** @param {HTMLCanvasElement} canvas */
  #drawInto(canvas) {
    const pen = canvas.getContext("2d");
    if (!pen || !this.#picture) return;
    const { x, y, side } = this.#crop;
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.#picture, x, y, side, side, 0, 0, canvas.width, canvas.height);
  }

  /** The square takes the file's place; then the form goes its way. @param {SubmitEvent} event */
  #sending(event) {
    if (!this.#picture || this.#isCropped) return;
    event.preventDefault();
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = Math.max(64, Math.min(SENT_SIDE, Math.round(this.#crop.side)));
    this.#drawInto(canvas);
    // PNG would keep what is transparent; WebP does so too, where the browser writes it.
    canvas.toBlob((blob) => this.#send(blob, event.submitter), "image/webp", QUALITY);
  }

  /**
   * @param {Blob | null} blob
   * @param {HTMLElement | null} submitter
   */
  #send(blob, submitter) {
    this.#isCropped = true; // also when it failed: then the file goes as it is
    if (blob) {
      const files = new DataTransfer();
      files.items.add(new File([blob], "photo", { type: blob.type }));
      this.file.files = files.files;
    }
    this.form.requestSubmit(submitter);
    this.#isCropped = false;
  }
}
