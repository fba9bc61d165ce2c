// The part of the error catalogue that is about what views, archive, caches and images are kept in. The form of an entry
// is error-catalogue.ts's; that file puts all together and checks it.

export const storageErrors = {
  DOCUMENTS_UNAVAILABLE: {
    message: 'The documents cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy:
      'None while running: views wait and go on by themselves. At start, or if it lasts, check that the document store runs at its address and has room on its disk.',
    status: 503,
  },
  DOCUMENTS_REFUSED: {
    message: 'The document store refuses: {reason}.',
    disposition: 'fatal',
    remedy: 'Check the address, user and password in --mongo, what that user may do, and the log of the server.',
  },
  DOCUMENTS_CURSOR_INVALID: {
    message: 'The cursor does not belong to this query.',
    disposition: 'refuse',
    remedy: 'Pass the cursor of the page before, with the same filters and order; start without one.',
    status: 400,
  },
  DOCUMENTS_STORAGE_FAILED: {
    message: 'The documents at {file} could not be {action}: {reason}.',
    disposition: 'fatal',
    remedy: 'Check that the directory is writable. A damaged file may be deleted: replay the views from the log.',
  },
  SEARCH_UNAVAILABLE: {
    message: 'The search cannot answer now: {reason}.',
    disposition: 'retry',
    remedy:
      'None while running: the index waits and goes on by itself. At start, or if it lasts, check that the search engine runs at its address and has room on its disk.',
    status: 503,
  },
  SEARCH_REFUSED: {
    message: 'The search engine refuses: {reason}.',
    disposition: 'fatal',
    remedy:
      'Check the address, user and password in --elasticsearch, what that user may do, and the log of the server.',
  },
  SEARCH_CURSOR_INVALID: {
    message: 'The cursor does not belong to this search.',
    disposition: 'refuse',
    remedy: 'Pass the cursor of the page before, with the same text, filters and order; start without one.',
    status: 400,
  },
  SEARCH_STORAGE_FAILED: {
    message: 'The search index at {file} could not be {action}: {reason}.',
    disposition: 'fatal',
    remedy: 'Check that the directory is writable. A damaged index may be deleted: replay the listings from the log.',
  },
  ARCHIVE_UNAVAILABLE: {
    message: 'The archive of ended orders cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy:
      'None while running: orders stay where they are and move later. At start, or if it lasts, check that the archive runs at its address and has room on its disks.',
    status: 503,
  },
  ARCHIVE_REFUSED: {
    message: 'The archive of ended orders refuses: {reason}.',
    disposition: 'fatal',
    remedy:
      'Check the --cassandra settings, what that user may do, and that keyspace and tables are as they were made.',
  },
  ARCHIVE_STORAGE_FAILED: {
    message: 'The archive at {file} could not be {action}: {reason}.',
    disposition: 'fatal',
    remedy:
      'Check that the directory is writable. A damaged file is set aside; a rebuild of the view orders fills a new one.',
  },
  EXPIRY_UNAVAILABLE: {
    message: 'The expiry records cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy:
      'None while running: the orders themselves say when they expire. If it lasts, check that Redis runs at --redis.',
    status: 503,
  },
  EXPIRY_REFUSED: {
    message: 'The store of expiry records refuses: {reason}.',
    disposition: 'fatal',
    remedy: 'Check the address, user and password in --redis, and what that user may do.',
  },
  RANKS_UNAVAILABLE: {
    message: 'The ranks of popular products cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy: 'Try again. If it lasts, check that Redis runs at --redis.',
    status: 503,
  },
  RANKS_REFUSED: {
    message: 'The store of the ranks refuses: {reason}.',
    disposition: 'fatal',
    remedy: 'Check the address, user and password in --redis, and what that user may do.',
  },
  RANKS_CURSOR_INVALID: {
    message: 'The cursor does not belong to this rank.',
    disposition: 'refuse',
    remedy: 'Pass the cursor of the page before, with the same category and window; start without one.',
    status: 400,
  },
  CACHE_UNAVAILABLE: {
    message: 'The cache of products cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy: 'None while running: products are read from the documents. If it lasts, check that Redis runs at --redis.',
    status: 503,
  },
  CACHE_REFUSED: {
    message: 'The cache of products refuses: {reason}.',
    disposition: 'fatal',
    remedy: 'Check the address, user and password in --redis, and what that user may do.',
  },
  IMAGES_UNAVAILABLE: {
    message: 'The store of the images cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy:
      'Try again: the same upload is the same image. If it lasts, check the S3-compatible server at --s3, or that the disk of --data has room.',
    status: 503,
  },
  IMAGES_REFUSED: {
    message: 'The store of the images refuses: {reason}.',
    disposition: 'fatal',
    remedy:
      'Check --s3, --s3-bucket, --s3-region and the keys, and what docs/images.md says that they must be allowed; or that the directory of --data can be written.',
  },
  IMAGE_UNREADABLE: {
    message: 'The file is no picture that can be read: {reason}.',
    disposition: 'refuse',
    remedy: 'Send a whole JPEG, PNG, WebP, AVIF or GIF file.',
    status: 422,
  },
  IMAGE_TOO_LARGE: {
    message: 'A picture of {width} by {height} pixels is too large.',
    disposition: 'refuse',
    remedy: 'Send one of at most 50 megapixels, no side longer than 16,383.',
    status: 422,
  },
  IMAGE_NOT_FOUND: {
    message: 'There is no such image, or not of this width and type.',
    disposition: 'refuse',
    remedy: 'Take the addresses that POST /v1/images gave.',
    status: 404,
  },
  CHECKPOINTS_UNAVAILABLE: {
    message: 'The store of the checkpoints cannot be reached now: {reason}.',
    disposition: 'retry',
    remedy:
      'None while running: the next checkpoint is tried at its time, and a restore reads the changelog instead. If it lasts, check the place that --checkpoints names, and its disk.',
    status: 503,
  },
  CHECKPOINTS_REFUSED: {
    message: 'The store of the checkpoints refuses: {reason}.',
    disposition: 'fatal',
    remedy: 'Check --checkpoints, that the directory can be written, or the settings of S3 and what its keys may do.',
  },
  CHECKPOINT_DAMAGED: {
    message: 'The checkpoint {checkpoint} cannot be used: {reason}.',
    disposition: 'retry',
    remedy:
      'None for a restore: it takes the one before, then the changelog. Delete it, make a new one with `stockstream checkpoint create`, and check where it was kept.',
  },
  CHECKPOINTS_ELSEWHERE: {
    message: 'The application does not run: nobody has the tasks.',
    disposition: 'retry',
    remedy: 'Start it. Each worker takes checkpoints at the interval of --checkpoint-every, too.',
    status: 503,
  },
  CHECKPOINTS_INCOMPLETE: {
    message: 'Of {missed} of {tasks} tasks no checkpoint could be taken: {reasons}.',
    disposition: 'retry',
    remedy:
      'Ask again: tasks that have theirs get none anew. What is `moving` has an owner in a moment. For `unreachable` see that its worker runs, that others find it where --advertise says, and that it has the same --jwt-secret; for `failed` read its log.',
    status: 503,
  },
  CHECKPOINT_NOT_FOUND: {
    message: 'There is no checkpoint {checkpoint}.',
    disposition: 'refuse',
    remedy: 'See `stockstream checkpoint list` for what there is.',
    status: 404,
  },
} as const;
