// The documentation: OpenAPI 3.1 at /openapi.json and pages at /docs, made from the routes. What every route of a kind
// may answer (a missing token, a body that is too large) is added here, so that routes name their own refusals alone.
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { type ErrorCode, errorCatalogue } from '../base/error-catalogue.ts';
import { codeText, problemOf, problemType, statusOf } from './problem.ts';
import { Refusal } from './refusal.ts';
import type { App, Tag } from './route.ts';
import { about, config } from './route.ts';
import { ProblemShape } from './shapes/common.ts';

const tags: { readonly [Name in Tag]: string } = {
  Accounts: 'Registering, logging in, and what a person chooses.',
  Mails: 'What was written to whom, and how to have less of it.',
  Orders: 'Placing orders and following them.',
  Products: 'The catalogue.',
  Reviews: 'What buyers say.',
  Search: 'Finding products, and what the search goes by.',
  Stock: 'What is there, and what sellers say is there.',
  Delivery: 'Where things can be sent, and when they arrive.',
  Shipping: 'For carriers and warehouses.',
  Payments: 'For the payment provider.',
  Operations: 'For operators.',
  Health: 'For load balancers, orchestrators and Prometheus.',
};

const description = `The order and inventory engine of a large shop.

Log in with POST /v1/sessions and send the token as \`Authorization: Bearer <token>\`. Errors are RFC 9457 problems with a
stable \`code\`. Writes take an \`Idempotency-Key\`: send the same key with every retry, and the effect is that of one
request. Amounts are integers in the minor unit of their currency; times are milliseconds since the Unix epoch.`;

export async function useOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Stockstream', version, description },
      tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
    },
    transform: ({ schema, url, route }) => ({ schema: documented(schema, route), url }),
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true, uiConfig: { persistAuthorization: true } });
}

/** The document itself. */
export function openApiRoute(app: App): void {
  app.get(
    '/openapi.json',
    {
      ...config('public'),
      schema: {
        ...about('Health', 'This documentation', 'OpenAPI 3.1.'),
        response: {
          200: Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'OpenAPI 3.1.' }),
        },
      },
    },
    async (_request, reply) => reply.type('application/json').send(JSON.stringify(app.swagger())),
  );
}

type Schema = FastifySchema & { readonly response?: { readonly [status: string]: object } };

function documented(schema: FastifySchema | undefined, route: RouteOptions): FastifySchema {
  const { access = 'public', produces = {} } = route.config ?? {};
  const { response = {}, ...rest } = (schema ?? {}) as Schema;
  const answers = Object.fromEntries(
    Object.entries(response).map(([status, shape]) => [status, withTypes(shape, produces[Number(status)])]),
  );
  const roles = typeof access === 'string' ? '' : `Roles: ${access.join(', ')}.`;
  const words = [(rest as { description?: string }).description, roles].filter(Boolean).join(' ');
  return {
    ...rest,
    ...(words && { description: words }),
    security: access === 'public' ? [] : access === 'optional' ? [{ bearer: [] }, {}] : [{ bearer: [] }],
    response: { ...answers, ...problemsOf(route) },
  } as FastifySchema;
}

function withTypes(shape: object, types: readonly string[] | undefined): object {
  if (!types) return shape;
  const { description: words = '', ...schema } = shape as { description?: string };
  const content = types.map((type) => [type, { schema: type.includes('json') ? schema : { type: 'string' } }]);
  return { description: words, content: Object.fromEntries(content) };
}

/** The refusals by status, each with its codes and examples. */
function problemsOf(route: RouteOptions): { readonly [status: string]: object } {
  const byStatus = Map.groupBy(codesOf(route), statusOf);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => {
      const examples = codes.map((code) => [codeText(code), { value: problemOf(new Refusal(code)) }]);
      const lines = codes.map((code) => `\`${codeText(code)}\`: ${errorCatalogue[code].remedy}`);
      const media = { schema: ProblemShape, examples: Object.fromEntries(examples) };
      return [String(status), { description: lines.join(' '), content: { [problemType]: media } }];
    }),
  );
}

function codesOf({ config: own, schema, method }: RouteOptions): ErrorCode[] {
  const { access = 'public', problems = [] } = own ?? {};
  const codes: ErrorCode[] = [...problems, 'RATE_LIMITED', 'OVERLOADED', 'INTERNAL_ERROR'];
  if (schema?.body) codes.push('REQUEST_MALFORMED', 'BODY_TOO_LARGE', 'CONTENT_TYPE_UNSUPPORTED');
  if (schema?.body || schema?.querystring || schema?.params) codes.push('REQUEST_INVALID');
  if (access !== 'public') codes.push('UNAUTHENTICATED');
  if (Array.isArray(access)) codes.push('FORBIDDEN');
  const keys = (schema?.headers as { properties?: object } | undefined)?.properties ?? {};
  if (method !== 'GET' && 'idempotency-key' in keys) {
    codes.push('IDEMPOTENCY_KEY_INVALID', 'IDEMPOTENCY_KEY_REUSED', 'IDEMPOTENCY_KEY_BUSY', 'IDEMPOTENCY_UNAVAILABLE');
  }
  return [...new Set(codes)];
}
