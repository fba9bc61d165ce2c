// Entity tags (RFC 9110): whether a caller has what would be answered.

/** Whether `If-None-Match` names what is there: then the answer is 304. Compares weakly, as GET does. */
export function isKnownToCaller(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}
