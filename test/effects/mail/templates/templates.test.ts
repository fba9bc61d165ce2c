// The exact words of each mail, and that data stays data in them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { templates } from '../../../../effects/mail/templates/list.ts';
import { amountOf } from '../../../../effects/mail/templates/phrases.ts';
import { render } from '../../../../effects/mail/templates/render.ts';
import type { News } from '../../../../effects/mail/templates/template.ts';
import type { Parcel } from '../../../../schemas/types.generated.ts';
import { news } from '../news.ts';

const frame = { name: 'Carl' };
const mailOf = (kind: keyof typeof templates, change: Partial<News> = {}) =>
  render(templates[kind]({ ...news, ...change }), frame);

const east: Parcel = {
  shipmentId: `${news.orderId}/east`,
  warehouseId: 'east',
  carrier: 'dhl',
  trackingCode: 'JD014600',
  status: 'in_transit',
  lines: [{ productId: 'lamp', quantity: 2 }],
};
const west: Parcel = { ...east, carrier: 'ups', trackingCode: '', lines: [{ productId: 'desk', quantity: 1 }] };

describe('the words of', () => {
  test('order_placed', () => {
    const { subject, text, html } = mailOf('order_placed');
    assert.equal(subject, 'Your order is confirmed');
    assert.equal(
      text,
      `Hello Carl,

Thank you for your order. Your payment has arrived, and we are getting your parcel ready.

- 2 x lamp
- 1 x desk

Total: €1,234.50

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp

We will write again when it is on its way.
`,
    );
    assert.equal(
      html,
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Your order is confirmed</title></head><body>
<p>Hello Carl,</p>
<p>Thank you for your order. Your payment has arrived, and we are getting your parcel ready.</p>
<ul><li>2 x lamp</li><li>1 x desk</li></ul>
<p>Total: €1,234.50</p>
<p>Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp</p>
<p>We will write again when it is on its way.</p>
</body></html>
`,
    );
  });

  for (const [reason, sentence] of [
    ['expired', 'Your order has been cancelled, because it was not paid in time.'],
    ['by_customer', 'Your order has been cancelled, as you asked.'],
    ['by_operator', 'Our team has cancelled your order.'],
    ['payment_failed', 'Your order has been cancelled, because the payment did not go through.'],
    ['fraud_suspected', 'Your order has been cancelled, because we could not verify the payment.'],
    ['other', 'Your order has been cancelled.'],
    ['a word of a newer program', 'Your order has been cancelled.'],
    ['toString', 'Your order has been cancelled.'],
  ] as const) {
    test(`order_cancelled: ${reason}`, () => {
      const { subject, text } = mailOf('order_cancelled', { reason });
      assert.equal(subject, 'Your order has been cancelled');
      assert.equal(
        text,
        `Hello Carl,

${sentence}

- 2 x lamp
- 1 x desk

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp

You do not pay for it: an amount that was set aside is released, and one that was taken is paid back.
`,
      );
    });
  }

  test('order_in_transit, with a parcel', () => {
    const { subject, text } = mailOf('order_in_transit', { parcels: [east] });
    assert.equal(subject, 'Your order is on its way');
    assert.equal(
      text,
      `Hello Carl,

Your order is on its way to you:

- With dhl, tracking code JD014600: 2 x lamp

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp
`,
    );
  });

  test('order_in_transit, with two parcels, one without a code', () => {
    assert.equal(
      mailOf('order_in_transit', { parcels: [east, west] }).text,
      `Hello Carl,

Your order is on its way to you, in 2 parcels:

- With dhl, tracking code JD014600: 2 x lamp
- With ups: 1 x desk

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp
`,
    );
  });

  test('order_delivered', () => {
    const { subject, text } = mailOf('order_delivered');
    assert.equal(subject, 'Your order has been delivered');
    assert.equal(
      text,
      `Hello Carl,

Your order has been delivered. We hope that you like it.

- 2 x lamp
- 1 x desk

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp

If something is missing or not as it should be, please answer to this mail.
`,
    );
  });

  test('order_refunded', () => {
    const { subject, text } = mailOf('order_refunded', { amount: 1_200, currency: 'JPY' });
    assert.equal(subject, 'Your refund is on its way');
    assert.equal(
      text,
      `Hello Carl,

We have paid ¥1,200 back to you. It goes the way that you paid, and may take a few days to show on your account.

- 2 x lamp
- 1 x desk

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp
`,
    );
  });

  test('seller_order_placed, without a name, with the way out', () => {
    const unsubscribeUrl = 'https://shop.example/off?a=1&token=x.y';
    const { subject, text, html } = render(templates.seller_order_placed(news), { name: '', unsubscribeUrl });
    assert.equal(subject, 'You have sold something');
    assert.equal(
      text,
      `Hello,

An order with products of yours has been paid:

- 2 x lamp
- 1 x desk

Order number: uJ2qqzV1n1s0y8b1dT1m5w~lamp

The units have left your stock.

--${' '}
You get this mail because you buy or sell with us. No more mails about deliveries and sales:
https://shop.example/off?a=1&token=x.y
`,
    );
    const link = '<a href="https://shop.example/off?a=1&amp;token=x.y">unsubscribe</a>';
    assert.ok(html.includes(link), html);
  });
});

test('amounts have the decimals of their currency, whatever their size', () => {
  assert.equal(amountOf(0, 'EUR'), '€0.00');
  assert.equal(amountOf(5, 'USD'), '$0.05');
  assert.equal(amountOf(123_456_789, 'JPY'), '¥123,456,789');
  assert.equal(amountOf(1_234_500, 'INR'), '₹12,345.00');
  assert.equal(amountOf(1_500, 'BHD'), 'BHD\u00a01.500');
  assert.equal(amountOf(9_007_199_254_740_991, 'EUR'), '€90,071,992,547,409.91');
  assert.equal(amountOf(7, 'moon'), '7 moon');
});

test('what is in the data is never markup, and never a line of ours', () => {
  const name = `<b>"Eve" & 'Co'</b>\r\n\r\nYour order is free`;
  const { html, text } = render(templates.order_placed({ ...news, lines: [{ productId: '<i>', quantity: 1 }] }), {
    name,
  });
  assert.ok(
    html.includes('<p>Hello &lt;b&gt;&quot;Eve&quot; &amp; &#39;Co&#39;&lt;/b&gt; Your order is free,</p>'),
    html,
  );
  assert.ok(html.includes('<li>1 x &lt;i&gt;</li>'), html);
  assert.equal(text.split('\n')[0], `Hello <b>"Eve" & 'Co'</b> Your order is free,`);
});
