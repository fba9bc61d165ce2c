// Images as the outside uploads and reads them.
import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { oneOf, strict } from './common.ts';

export const imageTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif'] as const;

/** Only documented: what the bytes are is seen when they are read. */
export const ImageBytes = Type.Unsafe<Readable>({ type: 'string', format: 'binary', 'x-stream': true });

export const ImageForm = Type.Unsafe<Readable>({
  type: 'object',
  properties: { image: { type: 'string', format: 'binary', description: 'The one file of the form.' } },
  required: ['image'],
  'x-stream': true,
});

const url = Type.String({
  description: 'For a page, and for `images` of a product. It never changes and never shows anything else.',
  examples: ['/images/4be1f0c2b7a9/640.webp'],
});

export const UploadedImage = Type.Object(
  {
    imageId: Type.String({ description: 'The same for the same upload.' }),
    url: { ...url, description: 'Of the widest file, as WebP.' },
    width: Type.Integer({ description: 'Of that file, in pixels.' }),
    height: Type.Integer(),
    variants: Type.Array(
      Type.Object({
        width: Type.Integer(),
        height: Type.Integer(),
        url,
        type: oneOf(['image/webp', 'image/jpeg']),
      }),
      { description: 'All files, the narrowest first.' },
    ),
  },
  { description: 'Kept; all of its files can be read.' },
);

export const ImageParams = Type.Object({ imageId: Type.String({ maxLength: 100 }) });

export const ImageRemoval = strict({
  reason: Type.String({ minLength: 1, maxLength: 500, description: 'For the audit.' }),
});

export const ImageFileParams = Type.Object({
  imageId: Type.String({ maxLength: 100 }),
  file: Type.String({ maxLength: 50, description: '`<width>.webp` or `<width>.jpg`.', examples: ['640.webp'] }),
});
