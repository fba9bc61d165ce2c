// What Redis does in one step each, as Lua scripts. A record is one MessagePack string, which takes a quarter less memory than a hash:
//
//     running: fingerprint, expiresAt, token, leaseUntil
//     done:    fingerprint, expiresAt, status, headers, body
//
// Redis drops it when it has expired. `expiresAt` says so, too, for a clock that a test steps doesn't move Redis' own.
import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  /** By which the server knows it once it has seen it. */
  readonly sha1: string;
}

const common = `
  local stored = redis.call('GET', KEYS[1])
  local record = stored and cmsgpack.unpack(stored)
  local isRunning = record and #record == 4

  -- Of the server, so that a lease is as long for every gateway, however wrong their clocks are.
  local now = tonumber(ARGV[1])
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end

  local function keep(milliseconds, ...)
    redis.call('SET', KEYS[1], cmsgpack.pack({ ... }), 'PX', milliseconds)
  end

  local function run(fingerprint, token, lease, window)
    keep(lease + window, fingerprint, now + lease + window, token, now + lease)
  end
`;

// Nothing is changed for one whose claim was taken over, released, completed or forgotten.
const endUnlessOurs = `
  if not isRunning or record[3] ~= ARGV[2] then return 0 end
`;

function script(...parts: readonly string[]): Script {
  const text = [common, ...parts].join('');
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** now, fingerprint, token, lease, window. Takes a free key, an expired one, or one whose lease is over. */
export const claimScript = script(`
  local fingerprint = ARGV[2]
  local isFree = not record or record[2] <= now
  local isLapsed = isRunning and record[1] == fingerprint and record[4] <= now
  if isFree or isLapsed then
    run(fingerprint, ARGV[3], ARGV[4], ARGV[5])
    return { 'claimed' }
  end
  if record[1] ~= fingerprint then return { 'mismatch' } end
  if isRunning then return { 'running', record[4] - now } end
  return { 'done', record[3], record[4], record[5] }`);

/** now, token, lease, window. */
export const renewScript = script(
  endUnlessOurs,
  `
  run(record[1], ARGV[2], ARGV[3], ARGV[4])
  return 1`,
);

/** now, token, window, status, headers, body. */
export const completeScript = script(
  endUnlessOurs,
  `
  keep(ARGV[3], record[1], now + ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6])
  return 1`,
);

/** now, token. */
export const releaseScript = script(
  endUnlessOurs,
  `
  redis.call('DEL', KEYS[1])
  return 1`,
);
