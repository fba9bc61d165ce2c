// Errors of doing the past again; part of the catalogue of error-catalogue.ts.
// The form of an entry is that file's.

export const replayErrors = {
  REPLAY_DIVERGED: {
    message: 'The replay of task {task} differs at commit {commit}: {reason}.',
    disposition: 'fatal',
    remedy: 'Replay with the code version of the commit record. If it still differs, a processor is not pure.',
  },
  REPLAY_POINT_UNKNOWN: {
    message: 'There is nothing to replay from: {reason}.',
    disposition: 'refuse',
    remedy: 'Give a time, an offset of the commit topic, `<topic>/<partition>@<offset>` of an input, or a checkpoint.',
    status: 422,
  },
  REPLAY_RUNNING: {
    message: 'Replay {id} is running.',
    disposition: 'refuse',
    remedy: 'Wait for it; GET /v1/admin/replay tells how far it is.',
    status: 409,
  },
  REPLAY_REQUEST_INVALID: {
    message: 'The replay is not possible as asked for: {reason}.',
    disposition: 'refuse',
    remedy: 'See docs/replay.md.',
    status: 422,
  },
  REPLAY_TARGET_EXISTS: {
    message: 'Application id {into} has topics already: {topics}.',
    disposition: 'refuse',
    remedy:
      'Choose an id that was never used, or drop what is there with `stockstream replay --drop <application id>`.',
    status: 409,
  },
  REPLAY_UNCONFIRMED: {
    message: 'A replay in place writes into application {appId}, and nobody has confirmed that.',
    disposition: 'refuse',
    remedy: 'Confirm it with the application id: `--yes`, or `confirm` in the request.',
    status: 422,
  },
  REPLAY_WHILE_RUNNING: {
    message: 'Topology {topology} is at work: a worker owns its tasks.',
    disposition: 'refuse',
    remedy:
      'Stop all workers of the application, replay, start them again. One that was killed is gone after its session.',
    status: 409,
  },
  REPLAY_UNSAFE: {
    message: "Today's code decides otherwise, and what was sent then can't be taken back: {counts}.",
    disposition: 'refuse',
    remedy:
      'Look at the differences with `--dry-run`. Replay into another application id, or mend single orders with `reconcile`.',
    status: 409,
  },
} as const;
