// Where images are reached. Kept are addresses below this gateway, whatever a CDN in front is called; shown are those of
// the CDN, if there is one. Addresses elsewhere stay as they are.

const folder = '/images/';

export class ImageUrls {
  readonly #base: string;

  /** @param base `https://cdn.shop.example`, or nothing for addresses below the gateway's own */
  constructor(base = '') {
    this.#base = base.replace(/\/+$/, '');
  }

  of(imageId: string, file: string): string {
    return this.shown(`${folder}${imageId}/${file}`);
  }

  shown(url: string): string {
    return url.startsWith(folder) ? this.#base + url : url;
  }

  /** What is kept of an address that was shown. */
  kept(url: string): string {
    return this.#base !== '' && url.startsWith(this.#base + folder) ? url.slice(this.#base.length) : url;
  }
}
