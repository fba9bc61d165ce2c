// Where suppliers' feeds come from.
import type { FeedOrigin } from '../../inbound/feeds/origin.ts';
import type { Feed } from '../../schemas/types.generated.ts';
import type { Config } from '../config-schema.ts';
import { withSecrets } from '../feed-secrets.ts';
import { clock, directories } from './places.ts';

/** Where a feed comes from. @throws FEED_UNREADABLE if its path leads elsewhere */
export async function openFeedOrigin(config: Config, feed: Feed, thread: number): Promise<FeedOrigin> {
  const { feedDirectory, feedSecrets, feedBytes: mostBytes, feedPrivateAddresses } = config;
  const { feeds, downloads } = directories(config);
  const { feedId, origin } = feed;
  if (origin.type === 'DirectoryOrigin') {
    const { DirectoryOrigin } = await import('../../inbound/feeds/directory/directory-origin.ts');
    return new DirectoryOrigin({ ...origin, root: feedDirectory ?? feeds, mostBytes, clock });
  }
  const { HttpOrigin } = await import('../../inbound/feeds/http/http-origin.ts');
  const { isPublicAddress } = await import('../../inbound/feeds/http/addresses.ts');
  return new HttpOrigin({
    url: origin.url,
    headers: () => withSecrets(origin.headers, feedSecrets),
    mayConnect: (address) => feedPrivateAddresses || isPublicAddress(address),
    mostBytes,
    directory: downloads,
    fileName: `${feedId}-${thread}`,
    silenceMs: 60_000,
    timeoutMs: 3_600_000,
  });
}
