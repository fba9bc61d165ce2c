// Accounts and tokens as the outside writes and reads them.
import { Type } from 'typebox';
import { oneOf, strict, Time, text } from './common.ts';

const roles = ['shopper', 'seller', 'operator'] as const;

/** No dot is asked for after the @: addresses inside a house have none. */
const Email = Type.String({
  maxLength: 254,
  pattern: '^[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+$',
  description: 'Upper and lower case are the same.',
  examples: ['ada@example.com'],
});

/** How short a password may be is a setting. */
const Password = Type.String({ minLength: 1, maxLength: 200, examples: ['correct horse battery'] });

export const Registration = strict(
  {
    email: Email,
    password: Password,
    name: Type.Optional(text(200, 'How to address the person; default: the address before the @.')),
    role: Type.Optional(oneOf(roles, { description: 'Default shopper; the others are made by operators.' })),
  },
  { examples: [{ email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' }] },
);

export const Account = Type.Object({
  userId: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: oneOf(roles),
});

export const AccountPatch = strict(
  {
    notifications: strict({
      orderMails: Type.Boolean({
        description:
          'Whether mails come that tell of deliveries and sales. Those that tell of money (paid, cancelled, refunded) always come.',
      }),
    }),
  },
  { examples: [{ notifications: { orderMails: false } }] },
);

export const OwnAccount = Type.Object({
  userId: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role: oneOf(roles),
  notifications: Type.Object({ orderMails: Type.Boolean() }),
});

export const Credentials = strict(
  { email: Email, password: Password },
  { examples: [{ email: 'ada@example.com', password: 'correct horse battery' }] },
);

export const Session = Type.Object(
  {
    token: Type.String({ description: 'Goes into `Authorization: Bearer <token>`.' }),
    role: oneOf(roles),
    userId: Type.String(),
    expiresAt: Time,
  },
  { description: 'Logged in.' },
);
