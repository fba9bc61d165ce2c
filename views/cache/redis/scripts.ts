// What Redis does in one step each, as Lua scripts on one key, so that it is guarded whatever others do meanwhile. A record
// is one string, so that readers get many with one MGET:
//
//     <version> <fresh until> <kept until> <leased until> <lease> <kind> <JSON>
//
// `kind`: `v` a value, `n` there is none, `f` only the version is known; `lease`: `-` for none. Times are milliseconds since
// the Unix epoch by Redis' own clock, which drops the record when nothing of it is good any more.
import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  /** By which the server knows it once it has seen it. */
  readonly sha1: string;
}

/** The parts of a record; the JSON is what follows. */
export const headPattern = /^(-?\d+) (\d+) (\d+) (\d+) (\S+) ([vnf]) /;

const common = `
  local now = tonumber(ARGV[1])
  if not now then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end

  local stored = redis.call('GET', KEYS[1])
  local version, fresh, kept, leased, lease, kind = -1, 0, 0, 0, '-', 'f'
  local json = 1
  if stored then
    local _, ends
    _, ends, version, fresh, kept, leased, lease, kind = string.find(stored, '^(%-?%d+) (%d+) (%d+) (%d+) (%S+) ([vnf]) ')
    version, fresh, kept, leased = tonumber(version), tonumber(fresh), tonumber(kept), tonumber(leased)
    json = ends + 1
    if kept <= now then kind = 'f' end
    if kept <= now and leased <= now then stored = false end
  end
  if not stored then version, leased, lease, kind = -1, 0, '-', 'f' end

  local function whole(number) return string.format('%.0f', number) end

  -- Text: what follows the head, or nothing to keep what is there.
  local function write(version, fresh, kept, leased, lease, kind, text)
    local ends = math.max(kept, leased)
    if ends <= now then
      redis.call('DEL', KEYS[1])
      return
    end
    if not text then text = kind == 'f' and '' or string.sub(stored, json) end
    local head = { whole(version), whole(fresh), whole(kept), whole(leased), lease, kind, text }
    redis.call('SET', KEYS[1], table.concat(head, ' '), 'PX', whole(ends - now))
  end
`;

const endUnlessLeased = `
  if not stored or lease ~= ARGV[2] or leased <= now then return end
`;

function script(...parts: readonly string[]): Script {
  const text = [common, ...parts].join('');
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** now, lease, how long it lasts. Gives what to do, and the record that is there. */
export const lookScript = script(`
  if kind ~= 'f' and (fresh > now or leased > now) then return { 'hit', stored } end
  if leased > now then return { 'wait' } end
  write(version, fresh, kept, now + ARGV[3], ARGV[2], kind)
  return { 'fill', kind ~= 'f' and stored or false }`);

/** now, lease, version, how long it is fresh, kept, kind, JSON. */
export const fillScript = script(
  endUnlessLeased,
  `
  if version > tonumber(ARGV[3]) then
    write(version, fresh, kept, 0, '-', kind)
  else
    write(ARGV[3], now + ARGV[4], now + ARGV[5], 0, '-', ARGV[6], ARGV[7])
  end`,
);

/** now, lease. */
export const releaseScript = script(endUnlessLeased, `write(version, fresh, kept, 0, '-', kind)`);

/** now, version, how long it is fresh, kept, JSON, when it was decided, how long a floor stands. */
export const applyScript = script(`
  if version >= tonumber(ARGV[2]) then return end
  if kind ~= 'f' then
    write(ARGV[2], now + ARGV[3], now + ARGV[4], 0, '-', 'v', ARGV[5])
  else
    write(ARGV[2], 0, math.min(ARGV[6], now) + ARGV[7], leased, lease, 'f', '')
  end`);
