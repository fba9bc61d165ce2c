// The part of the error catalogue that is about suppliers' feeds. What they meet on their way in is shown with the feed,
// and the next look tries again. The form of an entry is error-catalogue.ts's; that file puts all together and checks it.

export const feedErrors = {
  FEED_NOT_FOUND: {
    message: 'There is no such feed.',
    disposition: 'refuse',
    remedy: 'GET /v1/admin/feeds lists them.',
    status: 404,
  },
  FEED_UNREADABLE: {
    message: 'The feed at {name} cannot be read: {reason}.',
    disposition: 'retry',
    remedy: 'None if it passes: it is looked for again, ever less often. Else check the address or the directory.',
  },
  FEED_ADDRESS_REFUSED: {
    message: 'The feed at {name} is at {address}, which only some can reach.',
    disposition: 'retry',
    remedy:
      "Feeds come from the internet. For one within your own network set --feed-private-addresses, if that's safe.",
  },
  FEED_SECRET_MISSING: {
    message: 'The headers of the feed name the secret {secret}, which this worker does not have: {reason}.',
    disposition: 'retry',
    remedy: 'Put a file of that name, with the secret in it, into the directory of --feed-secrets of every worker.',
  },
  FEED_TOO_LARGE: {
    message: 'The feed at {name} has more than {limit} bytes.',
    disposition: 'retry',
    remedy: 'Let the supplier split it, or raise --feed-bytes.',
  },
  FEED_CHANGED: {
    message: 'The file {name} was changed while it was read.',
    disposition: 'retry',
    remedy:
      'None: it is taken once it is at rest. Let suppliers write under another name (.tmp) and rename it at the end.',
  },
  FEED_DIRECTORY_FULL: {
    message: 'The directory {name} has more than {limit} files that were taken.',
    disposition: 'retry',
    remedy: 'Remove them, or let the feed move what is done.',
  },
  FEED_VIEW_BEHIND: {
    message:
      'What became of all lines of {importId} does not show yet, so what feed {feedId} has no more is not known.',
    disposition: 'retry',
    remedy: 'None if it passes. Else look at the lag of view catalogChanges.',
  },
} as const;
