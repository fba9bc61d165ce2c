// A worker's line to its group's coordinator: slow, and lossy where the plan says so. What is lost is `unavailable`, be
// it the question or the answer; the membership that drives it is the shipped one.
import type { GroupConnection } from '../../log/group-connection.ts';
import type { Link } from './link.ts';

export interface SlowConnectionParts {
  readonly inner: GroupConnection;
  readonly link: Link;
  /** Told of the generations that the coordinator formed. */
  readonly onGeneration: (generation: number) => void;
}

export function slowConnection({ inner, link, onGeneration }: SlowConnectionParts): GroupConnection {
  async function ask<T>(name: string, work: () => Promise<T>, unavailable: T): Promise<T> {
    return await link.call(name, async () => {
      if (link.loses('group')) return unavailable;
      const answer = await work();
      return link.loses('group') ? unavailable : answer;
    });
  }
  const refusal = { kind: 'refused', reason: 'unavailable' } as const;
  return {
    join: (request) => {
      const wake = () => void link.tell(request.wake);
      const join = async () => {
        const answer = await inner.join({ ...request, wake });
        if (answer.kind === 'joined') onGeneration(answer.generation);
        return answer;
      };
      return ask('join', join, refusal);
    },
    sync: (member, assignments) => ask('sync', () => inner.sync(member, assignments), refusal),
    heartbeat: (member) => ask('heartbeat', () => inner.heartbeat(member), 'unavailable'),
    leave: (member) => ask('leave', () => inner.leave(member), undefined),
  };
}
