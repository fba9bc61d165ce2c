// The part of the table of settings that is about files: the images, and the S3-compatible store that they share with
// whatever else is kept in one. settings.ts puts all together.
import { boolean, choice, optional, text, url } from './setting.ts';

export const storageSettings = {
  images: choice(['directory', 's3'], {
    group: 'Files',
    default: 'directory',
    doc: 'Where images of products are kept: below --data of this machine, or where all gateways find them.',
  }),
  imageBaseUrl: optional(
    text('url', 'an address like https://cdn.shop.example', {
      group: 'Files',
      pattern: /^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/,
      doc: 'What stands before /images/ in the addresses of images: the CDN. Without one, they are below the gateway.',
    }),
  ),
  s3: optional(
    url('http://127.0.0.1:9000', {
      group: 'Files',
      secret: true,
      doc: "A server that speaks S3. Without one, it is AWS' own of --s3-region.",
    }),
  ),
  s3Region: text('name', 'a region like eu-central-1', {
    group: 'Files',
    default: 'us-east-1',
    pattern: /^[a-z0-9-]{1,40}$/,
    doc: 'The region that requests to S3 are signed for.',
  }),
  s3Bucket: optional(
    text('name', '3 to 63 lower-case letters, digits, dots, hyphens', {
      group: 'Files',
      pattern: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      doc: 'The bucket; it is made if it is missing. Keys in it begin with --topic-prefix and --app-id, so that installations can share one.',
    }),
  ),
  s3KeyId: optional(
    text('id', 'an access key id', {
      group: 'Files',
      pattern: /^\S{1,128}$/,
      doc: "Who asks. Without one, the machine says it, as AWS' own tools find out.",
    }),
  ),
  s3Secret: optional(
    text('secret', 'a secret access key', { group: 'Files', secret: true, pattern: /^\S+$/, doc: 'Of --s3-key-id.' }),
  ),
  s3PathStyle: optional(
    boolean({
      group: 'Files',
      doc: 'The bucket is in the path of addresses, not in the name of the host. On by default with --s3.',
    }),
  ),
};
