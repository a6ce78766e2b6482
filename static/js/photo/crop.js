// Which square of a picture is kept. Pure: knows no document.

const MOST_ZOOM = 4;

/** A square window onto a picture: moved and made smaller, it never leaves the picture. */
export class Crop {
  /** How many times the largest square that fits. */
  zoom = 1;

  /**
   * @param {number} width of the picture
   * @param {number} height
   */
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.x = (width - this.side) / 2;
    this.y = (height - this.side) / 2;
  }

  /** The side of the square, in dots of the picture. */
  get side() {
    return Math.min(this.width, this.height) / this.zoom;
  }

  /**
   * Move the picture under the window, by parts of the window.
   * @param {number} across
   * @param {number} down
   */
  drag(across, down) {
    this.#place(this.x - across * this.side, this.y - down * this.side);
  }

  /** Show so many times as much of it; what is in the middle stays there. @param {number} zoom */
  zoomTo(zoom) {
    const [middle, height] = [this.x + this.side / 2, this.y + this.side / 2];
    this.zoom = Math.min(MOST_ZOOM, Math.max(1, zoom));
    this.#place(middle - this.side / 2, height - this.side / 2);
  }

  /** Where the window is, in percent of how far it can go. */
  get where() {
    const part = (/** @type {number} */ at, /** @type {number} */ whole) =>
      whole - this.side < 1 ? 50 : Math.round((100 * at) / (whole - this.side));
    return { across: part(this.x, this.width), down: part(this.y, this.height) };
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #place(x, y) {
    this.x = Math.min(Math.max(0, x), this.width - this.side);
    this.y = Math.min(Math.max(0, y), this.height - this.side);
  }
}
