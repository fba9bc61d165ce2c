// The part of the Compose specification that docker-compose.yml uses: what isn't named here is a slip of the pen. Shapes
// only; what the values mean for each other is the tests' business.
import { type Static, Type } from 'typebox';

const Strict = { additionalProperties: false };
const Text = Type.String({ minLength: 1 });
const Texts = Type.Array(Text, { minItems: 1 });
const Duration = Type.String({ pattern: '^(\\d+m)?(\\d+s)?$', minLength: 2 });
const Bytes = Type.String({ pattern: '^\\d+[mg]$' });

const HealthCheck = Type.Object(
  {
    disable: Type.Optional(Type.Boolean()),
    test: Type.Optional(Type.Array(Text, { minItems: 2 })),
    interval: Type.Optional(Duration),
    timeout: Type.Optional(Duration),
    start_period: Type.Optional(Duration),
    start_interval: Type.Optional(Duration),
    retries: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  Strict,
);

const Condition = Type.Object(
  { condition: Type.Enum(['service_healthy', 'service_completed_successfully']) },
  { ...Strict },
);

const Limits = Type.Object(
  { cpus: Type.String({ pattern: '^\\d+(\\.\\d+)?$' }), memory: Bytes, pids: Type.Integer({ minimum: 16 }) },
  Strict,
);

const Service = Type.Object(
  {
    image: Text,
    build: Type.Optional(Text),
    command: Type.Optional(Texts),
    user: Type.Optional(Type.String({ pattern: '^[1-9]\\d*:[1-9]\\d*$' })),
    init: Type.Optional(Type.Boolean()),
    read_only: Type.Optional(Type.Boolean()),
    // Text alone: YAML makes other things of a bare `no` or `1.10`.
    environment: Type.Optional(Type.Record(Type.String({ pattern: '^[A-Za-z][\\w.]*$' }), Type.String())),
    ports: Type.Optional(Type.Array(Type.String({ pattern: '^[\\d.]+:\\d+:\\d+$' }))),
    volumes: Type.Optional(Type.Array(Type.String({ pattern: '^[./\\w-]+:/[\\w./-]+(:ro)?$' }))),
    tmpfs: Type.Optional(Type.Array(Type.String({ pattern: '^/' }))),
    networks: Texts,
    depends_on: Type.Optional(Type.Record(Type.String(), Condition)),
    healthcheck: HealthCheck,
    restart: Type.String({ pattern: '^(unless-stopped|on-failure:\\d+)$' }),
    stop_grace_period: Type.Optional(Duration),
    security_opt: Texts,
    cap_drop: Texts,
    ulimits: Type.Optional(Type.Record(Type.String(), Type.Integer())),
    deploy: Type.Optional(Type.Object({ resources: Type.Object({ limits: Limits }, Strict) }, Strict)),
    logging: Type.Object({ driver: Text, options: Type.Record(Type.String(), Type.String()) }, Strict),
  },
  Strict,
);

const Nothing = Type.Object({}, Strict);

export const composeSchema = Type.Object(
  {
    name: Text,
    services: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), Service),
    networks: Type.Record(Type.String(), Nothing),
    volumes: Type.Record(Type.String(), Nothing),
  },
  Strict,
);

export type Service = Static<typeof Service>;
export type Compose = Static<typeof composeSchema>;
