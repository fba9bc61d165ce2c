// What is found at the address itself: where to go on.
import { Type } from 'typebox';
import { type App, about, config } from '../route.ts';

const links = {
  documentation: '/docs',
  openapi: '/openapi.json',
  products: '/v1/products',
  health: '/health/ready',
  metrics: '/metrics',
};

const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Stockstream</title>
<h1>Stockstream</h1>
<ul>${Object.entries(links)
  .map(([name, href]) => `<li><a href="${href}">${name}</a></li>`)
  .join('')}</ul>
</html>
`;

export function rootRoute(app: App): void {
  app.get(
    '/',
    {
      ...config('public', [], { produces: { 200: ['application/json', 'text/html'] } }),
      schema: {
        ...about('Health', 'Where to go on', 'As JSON, or as a page for browsers.'),
        response: {
          200: Type.Object(
            { name: Type.String(), links: Type.Record(Type.String(), Type.String()) },
            { description: 'Links.' },
          ),
        },
      },
    },
    async (request, reply) => {
      const isBrowser = request.headers.accept?.includes('text/html') ?? false;
      if (isBrowser) return reply.type('text/html; charset=utf-8').send(page);
      return { name: 'Stockstream', links };
    },
  );
}
