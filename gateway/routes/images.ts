// Images of products: sellers upload them, everybody reads them, a CDN in front keeps them for ever. An address never
// shows anything else: a picture that changes is another image.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { topics } from '../../schemas/topics.ts';
import type { AuditEntry } from '../../schemas/types.generated.ts';
import { principalOf } from '../auth.ts';
import { isKnownToCaller } from '../entity-tag.ts';
import type { ImageDesk, KeptImage } from '../images/image-desk.ts';
import { typeOf } from '../images/image-desk.ts';
import type { ImageUrls } from '../images/image-urls.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import {
  ImageBytes,
  ImageFileParams,
  ImageForm,
  ImageParams,
  ImageRemoval,
  imageTypes,
  UploadedImage,
} from '../shapes/images.ts';
import { invalidRequest } from '../validation.ts';

const form = 'multipart/form-data';
/** What a form has around its file. */
const formBytes = 16 * 1024;
/** A body that takes longer is given up: it holds memory, and a place that others wait for. Milliseconds. */
const longestUploadMs = 120_000;

/** Its body parsers are for its own routes alone: give it a scope of its own. */
export function imageRoutes(scope: App, gateway: Gateway, desk: ImageDesk): void {
  uploadImage(scope, gateway, desk);
  readImage(scope, gateway);
  deleteImage(scope, gateway, desk);
}

function uploadImage(scope: App, { clock, settings, imageUrls }: Gateway, desk: ImageDesk): void {
  const bytes = { parseAs: 'buffer', bodyLimit: settings.imageBytes + formBytes } as const;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([...imageTypes, form], bytes, (_request, body, done) => done(null, body));
  scope.post(
    '/v1/images',
    {
      ...config(['seller'], ['IMAGE_UNREADABLE', 'IMAGE_TOO_LARGE', 'IMAGES_UNAVAILABLE']),
      bodyLimit: settings.imageBytes + formBytes,
      preParsing: (request, reply, _payload, done) => {
        try {
          endWith(
            reply,
            desk.begin(),
            clock.schedule(longestUploadMs, () => request.raw.destroy()),
          );
          done(null);
        } catch (error) {
          done(error as Refusal);
        }
      },
      schema: {
        ...about(
          'Products',
          'Upload an image',
          'JPEG, PNG, WebP, AVIF or GIF, as it is or as the one file of a form; 10 MB and 50 megapixels at most. It is turned upright and resized; what cameras wrote into it is left out. The same file again is the same image, so it needs no Idempotency-Key.',
        ),
        body: {
          content: {
            ...Object.fromEntries(imageTypes.map((type) => [type, { schema: ImageBytes }])),
            [form]: { schema: ImageForm },
          },
        },
        response: { 201: UploadedImage },
      },
    },
    async (request, reply) => {
      const file = await fileOf(request);
      if (file.length > settings.imageBytes) throw new Refusal('BODY_TOO_LARGE');
      const uploaded = answerOf(await desk.keep(file), imageUrls);
      return reply.code(201).header('location', uploaded.url).send(uploaded);
    },
  );
}

/** Both are called once the answer is out or the caller is gone. */
function endWith(reply: FastifyReply, ...ends: readonly (() => void)[]): void {
  for (const event of ['finish', 'close']) {
    reply.raw.once(event, () => {
      for (const end of ends) end();
    });
  }
}

/** @throws REQUEST_INVALID if a form has not one file */
async function fileOf({ mediaType, headers, body }: FastifyRequest): Promise<Uint8Array> {
  const bytes = body as Buffer<ArrayBuffer>;
  if (mediaType !== form) return bytes;
  const type = headers['content-type'] ?? form;
  const fields = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalidRequest([{ path: 'content-type', message: 'the body is not a form with this boundary' }]);
  });
  const files = [...fields.values()].filter((value) => typeof value !== 'string');
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw invalidRequest([{ path: 'image', message: `must be the one file of the form, which has ${files.length}` }]);
  }
  return new Uint8Array(await file.arrayBuffer());
}

function answerOf({ imageId, files }: KeptImage, urls: ImageUrls) {
  const variants = files.map(({ file, width, height }) => {
    return { width, height, url: urls.of(imageId, file), type: typeOf(file) };
  });
  const { url, width, height } = variants.findLast(({ type }) => type === 'image/webp') ?? variants[0]!;
  return { imageId, url, width, height, variants };
}

function readImage(scope: App, { images }: Gateway): void {
  const options = {
    ...config('public', ['IMAGE_NOT_FOUND', 'IMAGES_UNAVAILABLE'], {
      produces: { 200: ['image/webp', 'image/jpeg'] },
    }),
    schema: {
      ...about(
        'Products',
        'Read an image',
        'For pages, and for a CDN in front: it may be kept for ever. HEAD works, too.',
      ),
      params: ImageFileParams,
      response: {
        200: Type.String({ description: 'The picture.' }),
        304: Type.Null({ description: 'The one that `If-None-Match` names.' }),
      },
    },
  };
  scope.get('/images/:imageId/:file', { ...options, exposeHeadRoute: false }, async (request, reply) => {
    const { key, type, etag } = addressed(request.params);
    // A tag may be made up: whether there is such a file is looked up even so.
    const isKnown = isKnownToCaller(request.headers['if-none-match'], etag);
    const found = isKnown ? undefined : await images.get(key);
    const bytes = isKnown ? await images.size(key) : found?.bytes;
    if (bytes === undefined) throw new Refusal('IMAGE_NOT_FOUND');
    keepForEver(reply).header('etag', etag);
    if (isKnown) return reply.code(304).send();
    return reply.type(type).header('content-length', bytes).send(found?.stream);
  });
  // Not what GET does without its body: the file needn't be opened.
  scope.head(
    '/images/:imageId/:file',
    { ...options, schema: { ...options.schema, hide: true } },
    async (request, reply) => {
      const { key, type, etag } = addressed(request.params);
      const bytes = await images.size(key);
      if (bytes === undefined) throw new Refusal('IMAGE_NOT_FOUND');
      return keepForEver(reply).header('etag', etag).type(type).header('content-length', bytes).send();
    },
  );
}

/** What an address means. What is at one never changes, so that it says the version, too. @throws IMAGE_NOT_FOUND */
function addressed({ imageId, file }: { readonly imageId: string; readonly file: string }) {
  if (!isImageId(imageId) || !/^\d{1,5}\.(webp|jpg)$/.test(file)) throw new Refusal('IMAGE_NOT_FOUND');
  return { key: `${imageId}/${file}`, type: typeOf(file), etag: `"${imageId.slice(0, 32)}-${file}"` };
}

function deleteImage(scope: App, { writer, random, clock }: Gateway, desk: ImageDesk): void {
  scope.delete(
    '/v1/images/:imageId',
    {
      ...config(['operator'], ['IMAGE_NOT_FOUND', 'IMAGES_UNAVAILABLE']),
      schema: {
        ...about(
          'Operations',
          'Take an image down',
          'For good, whichever products name it; the audit tells of it. What caches in front have, they keep: purge them.',
        ),
        params: ImageParams,
        querystring: ImageRemoval,
        response: { 204: Type.Null({ description: 'It is gone.' }) },
      },
    },
    async (request, reply) => {
      const { imageId } = request.params;
      if (!isImageId(imageId) || !(await desk.drop(imageId))) throw new Refusal('IMAGE_NOT_FOUND');
      const { userId: actor } = principalOf(request);
      const what = { action: 'take-image-down', subject: imageId, reason: request.query.reason } as const;
      const entry = { auditId: random.uuid(), at: clock.now(), actor, ...what, outcome: 'done', before: '', after: '' };
      await writer.append(topics.audit, imageId, entry as AuditEntry);
      return reply.code(204).send();
    },
  );
}

/** Whoever asks gets the same, so that a cache in between needs to look at nothing but the address. */
function keepForEver(reply: FastifyReply): FastifyReply {
  return reply
    .removeHeader('vary')
    .removeHeader('views-generation')
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('access-control-allow-origin', '*')
    .header('cross-origin-resource-policy', 'cross-origin');
}

function isImageId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
