// What sends a review to a moderator, what doesn't, and what is never taken.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contentRefusal, reviewFindings } from '../../../processors/reviews/review-rules.ts';
import type { ReviewContent } from '../../../schemas/types.generated.ts';

function content(text: string, more: Partial<ReviewContent> = {}): ReviewContent {
  return { author: 'Ada L.', rating: 4, title: 'A lamp', text, language: 'en', flags: [], ...more };
}

const held: readonly [finding: string, texts: readonly string[]][] = [
  [
    'link',
    [
      'Much cheaper at https://lamps.example',
      'see www.lamps.example/deal for it',
      'Buy it at better-lamps.com instead',
      'BETTER-LAMPS.SHOP has the same one',
    ],
  ],
  ['email', ['write to me: ada@lamps.example', 'ask ada (at) lamps [dot] org for more']],
  ['phone', ['call +49 170 1234567 for a better price', 'my number is (030) 123-456-78', 'text 0170/1234567890 now']],
  ['shouting', ['THIS IS THE BEST LAMP THAT I EVER BOUGHT', 'Never AGAIN, NEVER EVER BUY THIS LAMP']],
  ['too_short', ['ok', '!!!', 'a  b c', '好']],
  [
    'repetitive',
    [
      'goooooooooood lamp for reading',
      'good good good good good lamp',
      'Buy it now, it is great. Buy it now, it is great. Buy it now, it is great. Buy it now, it is great.',
      'lamp light good '.repeat(10),
    ],
  ],
];

describe('a review is held for', () => {
  for (const [finding, texts] of held) {
    for (const text of texts) {
      test(`${finding}: ${text.slice(0, 60)}`, () => assert.ok(reviewFindings(content(text)).includes(finding)));
    }
  }

  test('what stands in its title', () => {
    assert.deepEqual(reviewFindings(content('A good lamp, I like it.', { title: 'better-lamps.com' })), ['link']);
  });

  test('what the gateway found', () => {
    assert.deepEqual(reviewFindings(content('A good lamp, I like it.', { flags: ['words'] })), ['words']);
  });
});

describe('a review is published that', () => {
  for (const text of [
    'Great!!! Would buy again...',
    'Works with 3.5mm jacks, 1920x1080 screens and the like. Bought it on 2026-11-21 for 1,299.00 EUR.',
    'The TV and the DVD player from LG work fine in the USA and in the EU, says my wife.',
    'Bought it.It works.At home and in the office',
    'Sehr gute Lampe. Sehr hell. Wir haben drei davon, und alle drei sind sehr gut.',
    'とても良いランプです。',
    '很好的灯，我很喜欢',
    'It is 5 / 5. 10 out of 10. It has 220-240 V and 50/60 Hz.',
    'ha ha ha, that one is really bright',
    '-------- Pros -------- bright ======== Cons ======== none',
  ]) {
    test(text.slice(0, 60), () => assert.deepEqual(reviewFindings(content(text)), []));
  }
});

describe('never taken is', () => {
  for (const [name, reason, wrong] of [
    ['a card number in the text', 'card_number', content('my card is 4242 4242 4242 4242')],
    ['a card number in the title', 'card_number', content('A good lamp.', { title: '4242424242424242' })],
    ['no star', 'invalid_content', content('A good lamp.', { rating: 0 })],
    ['six stars', 'invalid_content', content('A good lamp.', { rating: 6 })],
    ['half a star', 'invalid_content', content('A good lamp.', { rating: 2.5 })],
    ['nothing', 'invalid_content', content('  ')],
    ['a book', 'invalid_content', content('lamp '.repeat(1_001))],
    ['a title as long as a text', 'invalid_content', content('A good lamp.', { title: 'x'.repeat(151) })],
    ['nobody', 'invalid_content', content('A good lamp.', { author: '' })],
  ] as const) {
    test(name, () => assert.equal(contentRefusal(wrong), reason));
  }

  test('but all that fits is', () => {
    assert.equal(contentRefusal(content('x'.repeat(5_000), { title: '' })), undefined);
  });
});
