// How every connection to Redis is made: it fails at once while the server is away, instead of waiting in line, and finds
// its way back by itself. Plain options of the driver, for its adapters don't know each other.

/** Milliseconds, unless the URL says otherwise: `?socketTimeout=500`. */
const connectTimeout = 5_000;
/** A connection on which nothing comes for so long while something is awaited is given up. */
const socketTimeout = 2_000;
const longestRetry = 1_000;

/** @throws Error if the URL makes no sense; it isn't told, for it has the password */
export function redisOptions(url: string) {
  const { pathname } = new URL(url);
  if (!/^\/?\d*$/.test(pathname)) throw new Error('the path of the address is not the number of a database');
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout,
    socketTimeout,
    retryStrategy: redisRetryDelay,
    connectionName: 'stockstream',
  };
}

/** Before the next try to connect, in milliseconds. */
export function redisRetryDelay(attempt: number): number {
  return Math.min(25 * 2 ** attempt, longestRetry);
}
