// How every client of S3 is made, for AWS and for what speaks like it. Plain options of the driver, for its adapters don't
// know each other.

/** Where objects are, and who asks for them. */
export interface S3Place {
  /** Undefined for AWS' own of the region. */
  readonly url: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Both or none: without them the machine says who it is, as AWS' tools find out. Never logged. */
  readonly keyId: string | undefined;
  readonly secret: string | undefined;
  /** The bucket in the path of addresses rather than in the host's name, as most servers but AWS want it. */
  readonly isPathStyle: boolean;
  /** Before every key, ends with a slash: adapters and installations share a bucket. */
  readonly prefix: string;
}

/** Milliseconds. */
const connectionTimeout = 2_000;
/** Nothing coming for so long. */
const socketTimeout = 5_000;

export function s3Options({ url, region, keyId, secret, isPathStyle }: S3Place) {
  const isKnown = keyId !== undefined && secret !== undefined;
  return {
    region,
    forcePathStyle: isPathStyle,
    ...(url !== undefined && { endpoint: url }),
    ...(isKnown && { credentials: { accessKeyId: keyId, secretAccessKey: secret } }),
    maxAttempts: 3,
    // Not every server knows the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout, socketTimeout },
  } as const;
}
