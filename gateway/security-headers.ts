// The headers that helmet recommends, on every answer. They never change, so helmet is asked once and not with every
// request, where it would build its policy anew.
import helmet from '@fastify/helmet';
import fastify, { type FastifyInstance } from 'fastify';

/** What any answer has without helmet. */
const usual = new Set(['connection', 'content-length', 'content-type', 'date']);

/** @param images where pages get images from beside the gateway, if they do */
export async function addSecurityHeaders(app: FastifyInstance, images?: string): Promise<void> {
  const headers = await recommended(images);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

async function recommended(images: string | undefined): Promise<{ readonly [name: string]: string }> {
  const probe = fastify();
  // Whether pages come by HTTPS is for who runs the shop to say: a browser that is told so here can't read the docs by HTTP.
  const imgSrc = ["'self'", 'data:', ...(images === undefined ? [] : [new URL(images).origin])];
  await probe.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null, imgSrc } } });
  probe.get('/', async () => '');
  const { headers } = await probe.inject('/');
  await probe.close();
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (usual.has(name) ? [] : [[name, String(value)]])),
  );
}
