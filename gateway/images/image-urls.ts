// Where images are reached. Kept are addresses below this gateway, whatever a CDN in front is called; shown are those of
// the CDN, if there is one. Addresses elsewhere stay as they are.

const folder = '/images/';

export class ImageUrls {
  readonly #base: string;

  /** @param base `https://cdn.shop.example`, or nothing for addresses below the gateway's own */
  constructor(base = '') {
    this.#base = base.replace(/\/+$/, '');
  }

  /** Nothing for the gateway's own. */
  get base(): string {
    return this.#base;
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

  /** A product with the addresses as they are shown; the same one where they are kept like that. */
  shownIn<P extends Pictured>(product: P): P {
    if (this.#base === '') return product;
    return changed(product, (url) => this.shown(url));
  }

  /** What a seller says of a product, with the addresses as they are kept. */
  keptIn<P extends Partial<Pictured>>(product: P): P {
    return changed(product, (url) => this.kept(url));
  }
}

/** What has pictures: a product, and each of its variants. */
interface Pictured {
  readonly images: readonly string[];
  readonly variants: readonly { readonly image?: string }[];
}

function changed<P extends Partial<Pictured>>(product: P, change: (url: string) => string): P {
  const { images, variants } = product;
  return {
    ...product,
    ...(images && { images: images.map(change) }),
    ...(variants && {
      variants: variants.map((variant) => ({ ...variant, ...(variant.image && { image: change(variant.image) }) })),
    }),
  };
}
