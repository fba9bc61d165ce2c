// The delivery network for operators: warehouses, areas, routes and holidays, one by one or many at once; and whether
// anybody looks at it.
import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import type { LogisticsChange } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import type { Condition } from '../../views/documents/documents.ts';
import { principalOf } from '../auth.ts';
import { csvLines, ndjsonLines } from '../bulk-lines.ts';
import { areaLines, longestNetworkLine, type NetworkLines, routeLines, takeNetworkLines } from '../bulk-network.ts';
import { derivedId } from '../derived-id.ts';
import { idempotencyKeyOf } from '../idempotency/answer-once.ts';
import { areaChange, calendarChange, routeChange, warehouseChange } from '../network-body.ts';
import { type NetworkDesk, shown } from '../network-desk.ts';
import { csv, ndjson, takeStreams } from '../read-ahead.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { described, idempotencyHeader, NextCursor } from '../shapes/common.ts';
import {
  Area,
  AreaBody,
  Calendar,
  CalendarBody,
  CountryParams,
  NetworkReport,
  NetworkState,
  NetworkStateBody,
  PartParams,
  PartQuery,
  PendingPart,
  Route,
  RouteBody,
  RouteQuery,
  Warehouse,
  WarehouseBody,
} from '../shapes/logistics.ts';

const operators = ['operator'] as const;
const base = '/v1/admin/logistics';

interface Parts {
  readonly app: App;
  readonly gateway: Gateway;
  readonly desk: NetworkDesk;
}

/** One kind of part, as its routes need it. */
interface PartRoutes<Body extends TSchema> {
  readonly kind: 'warehouse' | 'area' | 'route' | 'calendar';
  /** In addresses and in answers. */
  readonly plural: string;
  /** For people, with its article. */
  readonly noun: string;
  readonly says: string;
  readonly shape: TSchema;
  readonly body: Body;
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly put: (id: string, body: Static<Body>) => LogisticsChange['change'];
  readonly remove?: (id: string) => LogisticsChange['change'];
}

export function logisticsRoutes(app: App, gateway: Gateway, desk: NetworkDesk): void {
  takeStreams(app);
  const parts = { app, gateway, desk };
  networkState(parts);
  partRoutes(parts, {
    kind: 'warehouse',
    plural: 'warehouses',
    noun: 'a warehouse',
    says: 'The id is the one that stock changes name.',
    shape: Warehouse,
    body: WarehouseBody,
    put: warehouseChange,
    remove: (warehouseId) => ({ type: 'RemoveWarehouse', warehouseId }),
  });
  partRoutes(parts, {
    kind: 'area',
    plural: 'areas',
    noun: 'an area',
    says: 'Places that are reached in the same ways.',
    shape: Area,
    body: AreaBody,
    put: areaChange,
    remove: (areaId) => ({ type: 'RemoveArea', areaId }),
  });
  bulk(parts, 'areas', areaLines);
  partRoutes(parts, {
    kind: 'route',
    plural: 'routes',
    noun: 'a route',
    says: 'How a carrier brings parcels from a warehouse to an area; both must be there first.',
    shape: Route,
    body: RouteBody,
    query: RouteQuery,
    put: routeChange,
    remove: (routeId) => ({ type: 'RemoveRoute', routeId }),
  });
  bulk(parts, 'routes', routeLines);
  partRoutes(parts, {
    kind: 'calendar',
    plural: 'calendars',
    noun: "a country's holidays",
    says: 'Nothing is packed, picked up or delivered there on these days.',
    shape: Calendar,
    body: CalendarBody,
    params: CountryParams,
    put: calendarChange,
  });
}

function partRoutes<Body extends TSchema>(parts: Parts, routes: PartRoutes<Body>): void {
  readPart(parts, routes);
  putPart(parts, routes);
  removePart(parts, routes);
}

function readPart<Body extends TSchema>({ app, gateway, desk }: Parts, routes: PartRoutes<Body>): void {
  const { kind, plural, noun, shape, params = PartParams, query = PartQuery } = routes;
  app.get(
    `${base}/${plural}`,
    {
      ...config(operators, ['DOCUMENTS_CURSOR_INVALID']),
      schema: {
        ...about('Delivery', `List ${plural}`),
        querystring: query,
        response: { 200: Type.Object({ [plural]: Type.Array(shape), cursor: NextCursor }, { description: 'By id.' }) },
      },
    },
    async (request) => {
      const { cursor, limit = 50, ...asked } = request.query as Static<typeof PartQuery>;
      const where = { ...asked, kind } as { readonly [field: string]: Condition };
      const sort = { field: 'id', direction: 'asc' } as const;
      const page = await gateway.documents.find(collections.network.name, { where, sort, limit, cursor });
      return { [plural]: page.documents.map(shown), cursor: page.cursor };
    },
  );
  app.get(
    `${base}/${plural}/:id`,
    {
      ...config(operators, ['NETWORK_PART_NOT_FOUND']),
      schema: { ...about('Delivery', `Read ${noun}`), params, response: { 200: described(shape, 'As it stands.') } },
    },
    async (request) => {
      const { id } = request.params as Static<typeof PartParams>;
      const part = await desk.find({ kind, id });
      if (!part) throw new Refusal('NETWORK_PART_NOT_FOUND', { details: { kind, id } });
      return part;
    },
  );
}

function putPart<Body extends TSchema>(parts: Parts, routes: PartRoutes<Body>): void {
  const { plural, noun, says, shape, body, params = PartParams, put } = routes;
  parts.app.put(
    `${base}/${plural}/:id`,
    {
      ...config(operators, ['NETWORK_CHANGE_REFUSED']),
      schema: {
        ...about('Delivery', `Set ${noun}`, says),
        params,
        headers: Type.Object(idempotencyHeader),
        body,
        response: { 200: described(shape, 'As it stands now.'), 202: PendingPart },
      },
    },
    async (request, reply) => {
      const { id } = request.params as Static<typeof PartParams>;
      return change(parts, request, reply, () => put(id, request.body as Static<Body>));
    },
  );
}

function removePart<Body extends TSchema>(parts: Parts, { plural, noun, remove }: PartRoutes<Body>): void {
  if (!remove) return;
  parts.app.delete(
    `${base}/${plural}/:id`,
    {
      ...config(operators, ['NETWORK_PART_NOT_FOUND', 'NETWORK_PART_IN_USE']),
      schema: {
        ...about('Delivery', `Remove ${noun}`),
        params: PartParams,
        headers: Type.Object(idempotencyHeader),
        response: { 204: Type.Null({ description: 'Gone.' }), 202: PendingPart },
      },
    },
    async (request, reply) => change(parts, request, reply, () => remove(request.params.id)),
  );
}

/** Sends what becomes of a change: the part, nothing if it is gone, or 202 if that isn't decided yet. */
async function change(
  { gateway, desk }: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: () => LogisticsChange['change'],
): Promise<FastifyReply> {
  const { userId: actor } = principalOf(request);
  return gateway.once.send({ request, reply, scope: actor }, async () => {
    const key = idempotencyKeyOf(request, false);
    const changeId = key === undefined ? undefined : derivedId(actor, key);
    const { part, changeId: pending } = await desk.change({ actor, changeId, change: asked() });
    if (pending !== undefined) return { status: 202, body: { changeId: pending } };
    return part ? { status: 200, body: part } : { status: 204 };
  });
}

function networkState(parts: Parts): void {
  const { app, gateway } = parts;
  app.get(
    base,
    {
      ...config(operators),
      schema: {
        ...about('Delivery', 'Read how large the network is'),
        response: { 200: described(NetworkState, 'As this gateway knows it.') },
      },
    },
    async () => {
      const { isSuspended: suspended, warehouses, areas } = gateway.delivery.network;
      return { suspended, warehouses: warehouses.size, areas };
    },
  );
  app.put(
    base,
    {
      ...config(operators),
      schema: {
        ...about(
          'Delivery',
          'Suspend the network, or put it back in force',
          'While it is suspended, everything is delivered everywhere and no dates are promised: for a first upload, or if one went wrong. A shop without any route is in that state by itself.',
        ),
        headers: Type.Object(idempotencyHeader),
        body: NetworkStateBody,
        response: {
          200: Type.Object({ suspended: Type.Boolean() }, { description: 'As it is now.' }),
          202: PendingPart,
        },
      },
    },
    async (request, reply) => {
      const isSuspended = request.body.suspended;
      return change(parts, request, reply, () => ({ type: 'SuspendNetwork', isSuspended }));
    },
  );
}

function bulk({ app, gateway, desk }: Parts, plural: string, lines: NetworkLines): void {
  const body = Type.Unsafe<Readable>({ type: 'string', description: 'One a line.', 'x-stream': true });
  const columns = [...lines.columns.required, ...lines.columns.optional].join(', ');
  app.post(
    `${base}/${plural}`,
    {
      ...config(operators, ['BULK_HEADER_INVALID']),
      schema: {
        ...about(
          'Delivery',
          `Set or remove many ${plural}`,
          `NDJSON, or CSV with the columns ${columns}; lists in a cell are separated by blanks. A line makes a part what it says, or removes it with \`remove\`; so a broken upload can be sent again.`,
        ),
        body: { content: { [ndjson]: { schema: body }, [csv]: { schema: body } } },
        response: { 200: NetworkReport },
      },
    },
    async (request) => {
      const { userId: actor } = principalOf(request);
      const stream = (request as { body: unknown }).body as Readable;
      const bounds = { mostBytes: gateway.settings.bulkBytes, longestLine: longestNetworkLine };
      const pieces = request.mediaType === csv ? csvLines(stream, lines.columns, bounds) : ndjsonLines(stream, bounds);
      return await takeNetworkLines(desk, lines, { actor, pieces });
    },
  );
}
