// The forms of what a product says of itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  isAttributeName,
  isCategory,
  isImageUrl,
  isLanguage,
  isProductType,
  languages,
} from '../../schemas/product-limits.ts';

test('languages are those of ISO 639-1', () => {
  assert.equal(languages.length, 183);
  assert.equal(new Set(languages).size, 183);
  const named = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  assert.deepEqual(
    languages.filter((code) => named.of(code) === undefined),
    [],
    'each is known to Unicode',
  );
  for (const code of ['en', 'de', 'zh', 'ar', 'sw']) assert.ok(isLanguage(code), code);
  for (const code of ['EN', 'eng', 'en-GB', 'xx', '']) assert.ok(!isLanguage(code), code);
});

test('a category is a path of at most 5 parts, none of them blank', () => {
  for (const path of ['', 'a', 'a/b/c/d/e', 'Home & Garden/Grills']) assert.ok(isCategory(path), path);
  for (const path of ['/', 'a/', '/a', 'a//b', 'a/ /b', 'a/b/c/d/e/f', 'x'.repeat(301)]) {
    assert.ok(!isCategory(path), path);
  }
});

test('names of attributes and types, and addresses of images', () => {
  for (const name of ['size', 'Screen_size-2', 'x'.repeat(64)]) assert.ok(isAttributeName(name), name);
  for (const name of ['', '2x', 'a b', 'a.b', 'a$', 'x'.repeat(65)]) assert.ok(!isAttributeName(name), name);
  for (const type of ['tv', 'tv-2']) assert.ok(isProductType(type), type);
  for (const type of ['', 'TV', '2tv', 'a b', 'x'.repeat(65)]) assert.ok(!isProductType(type), type);
  for (const url of ['https://a/b.jpg', 'http://a', '/images/a.jpg']) assert.ok(isImageUrl(url), url);
  for (const url of ['', 'a.jpg', 'javascript:x', 'https://a b', `/${'x'.repeat(2000)}`])
    assert.ok(!isImageUrl(url), url);
});
