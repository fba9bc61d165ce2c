// The idempotency port: which request with a key came first, and what it was answered. A record is lost at worst with
// its store, never mixed up; orders stay idempotent even then, by their derived ids.
//
//     (none) --claim--> running --complete--> done --(window over)--> (none)
//       ^                |  ^
//       +---- release ---+  +-- renew; or claim, once the lease is over: the work is taken over

/** Who asks (a customer), with which key, for what (a digest of method, address and body). */
export interface IdempotentRequest {
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
}

/** An answer as it was sent, so that it can be sent again byte for byte. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export type Claim =
  /** The caller does the work, then calls `complete` or `release` with the token. */
  | { readonly kind: 'claimed'; readonly token: string }
  /** Another does it; its lease ends in so many milliseconds at the latest. */
  | { readonly kind: 'running'; readonly leftMs: number }
  | { readonly kind: 'done'; readonly answer: StoredAnswer }
  /** The key was used for something else. */
  | { readonly kind: 'mismatch' };

/** Every call fails if the records can't be reached: IDEMPOTENCY_UNAVAILABLE if that passes. */
export interface Idempotency {
  /** Of any number of claims at a time one at most is `claimed`. */
  claim(request: IdempotentRequest, leaseMs: number): Promise<Claim>;
  /** Lets the lease begin anew. False, and nothing is changed, if the claim was taken over or is done. */
  renew(request: IdempotentRequest, token: string, leaseMs: number): Promise<boolean>;
  /** Keeps the answer for the window. Changes nothing if the claim was taken over. */
  complete(request: IdempotentRequest, token: string, answer: StoredAnswer): Promise<void>;
  /** Forgets the claim, so that the next one does the work. Changes nothing if the claim was taken over. */
  release(request: IdempotentRequest, token: string): Promise<void>;
  /** Resolves if the records can be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
