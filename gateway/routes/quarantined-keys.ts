// Keys that stand still: which there are and what for, and letting one go on by its name, its dead letter kept or not.
import { principalOf } from '../auth.ts';
import { detailsOf } from '../dead-letter.ts';
import type { DeadLetterDesk } from '../dead-letter-desk.ts';
import type { QuarantinedKeys } from '../quarantined-keys.ts';
import { type App, about, config } from '../route.ts';
import { DropRequest, EditRequest } from '../shapes/dead-letters.ts';
import {
  Asked,
  QuarantinedKeyPage,
  QuarantinedKeyParams,
  QuarantinedKeyQuery,
  QuarantinedKeyShape,
  ReplayKeyRequest,
  WhichTask,
} from '../shapes/quarantined-keys.ts';

const operators = ['operator'] as const;
const path = '/v1/admin/quarantined-keys';
const usualLimit = 50;
const ofTasks = ['STATE_MOVING', 'STATE_ELSEWHERE', 'TOPOLOGY_NOT_FOUND'] as const;
const ofOne = [...ofTasks, 'QUARANTINED_KEY_NOT_FOUND'] as const;

export function quarantinedKeyRoutes(app: App, keys: QuarantinedKeys, desk: DeadLetterDesk): void {
  readKeys(app, keys);
  decideKeys(app, keys, desk);
}

function readKeys(app: App, keys: QuarantinedKeys): void {
  app.get(
    path,
    {
      ...config(operators, ofTasks),
      schema: {
        ...about(
          'Operations',
          'List keys that stand still',
          'As the tasks that hold them have committed it, wherever they run. While one moves that is 503 for a moment.',
        ),
        querystring: QuarantinedKeyQuery,
        response: { 200: QuarantinedKeyPage },
      },
    },
    async (request) => {
      const { limit = usualLimit, ...query } = request.query;
      return await keys.list({ ...query, limit });
    },
  );

  app.get(
    `${path}/:topology/:key`,
    {
      ...config(operators, ofOne),
      schema: {
        ...about('Operations', 'Read a key that stands still', 'With the record that it stands still for.'),
        params: QuarantinedKeyParams,
        querystring: WhichTask,
        response: { 200: QuarantinedKeyShape },
      },
    },
    async (request) => {
      const { key, found } = await keys.find({ ...request.params, ...request.query });
      return { key, deadLetter: detailsOf(found, undefined) };
    },
  );
}

function decideKeys(app: App, keys: QuarantinedKeys, desk: DeadLetterDesk): void {
  const words =
    'Told through the log: its task does it once it comes to that. The same as with its dead letter, which may have aged out.';
  const schema = { params: QuarantinedKeyParams, querystring: WhichTask, response: { 202: Asked } };
  const problems = [...ofOne, 'DEAD_LETTER_NOT_REPLAYABLE'] as const;
  app.post(
    `${path}/:topology/:key/replay`,
    {
      ...config(operators, problems),
      schema: { ...schema, ...about('Operations', 'Let a key go on', words), body: ReplayKeyRequest },
    },
    async (request, reply) => {
      const { key, found } = await keys.find({ ...request.params, ...request.query });
      await desk.replayHeld(found, { actor: principalOf(request).userId, reason: request.body.reason ?? '' });
      return reply.code(202).send(key);
    },
  );

  app.post(
    `${path}/:topology/:key/edit`,
    {
      ...config(operators, problems),
      schema: { ...schema, ...about('Operations', 'Let a key go on with another value', words), body: EditRequest },
    },
    async (request, reply) => {
      const { value, reason } = request.body;
      const { key, found } = await keys.find({ ...request.params, ...request.query });
      await desk.replayHeld(found, { actor: principalOf(request).userId, reason }, { json: value });
      return reply.code(202).send(key);
    },
  );

  app.post(
    `${path}/:topology/:key/drop`,
    {
      ...config(operators, problems),
      schema: { ...schema, ...about('Operations', 'Let a key go on without the record', words), body: DropRequest },
    },
    async (request, reply) => {
      const { key, found } = await keys.find({ ...request.params, ...request.query });
      await desk.dropHeld(found, { actor: principalOf(request).userId, reason: request.body.reason });
      return reply.code(202).send(key);
    },
  );
}
