// The part of the table of settings that is about suppliers' feeds. settings.ts puts all together.
import { boolean, integer, optional, text } from './setting.ts';

export const feedSettings = {
  feeds: boolean({
    group: 'Feeds',
    default: true,
    doc: "Let this worker take suppliers' feeds in; workers share them.",
  }),
  feedDirectory: optional(
    text('dir', 'a directory', {
      group: 'Feeds',
      pattern: /./,
      doc: "Below it lie the directories that feeds read, the same for all workers. Without one, it's feeds in --data.",
    }),
  ),
  feedSecrets: optional(
    text('dir', 'a directory', {
      group: 'Feeds',
      pattern: /./,
      doc: 'Has a file for each secret that headers of feeds name; they are read anew for every request.',
    }),
  ),
  feedBytes: integer(1024, 1024 ** 4, {
    group: 'Feeds',
    default: 4 * 1024 ** 3,
    doc: 'The most bytes of one content of a feed, unpacked.',
  }),
  feedPrivateAddresses: boolean({
    group: 'Feeds',
    default: false,
    doc: 'Let feeds come from this machine and from private networks, too. Whoever enters feeds can then look into these.',
  }),
};
