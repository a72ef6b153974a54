import { expect, test } from 'vitest';
import { createRandom, drawNormal, mean, median, quantile } from '../../bench/numbers.js';

test('the median is the middle one, or halfway between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
  expect(median([])).toBeNaN();
});

test('a quantile is the smallest value that so many do not exceed', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(quantile(hundred, 0.99)).toBe(99);
  expect(quantile(hundred, 0.5)).toBe(50);
  expect(quantile(hundred, 1)).toBe(100);
  expect(quantile([3, 1, 2], 0.95)).toBe(3);
  expect(quantile([4], 0)).toBe(4);
  expect(quantile([], 0.5)).toBeNaN();
});

test('what is measured is left in its order', () => {
  const values = [3, 1, 2];
  median(values);
  quantile(values, 0.5);
  expect(values).toEqual([3, 1, 2]);
});

test('a seed gives the same numbers again, from 0 to 1', () => {
  const draw = (seed: number) => Array.from({ length: 1_000 }, createRandom(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(7).every((value) => value >= 0 && value < 1)).toBe(true);
});

test('normal numbers have mean 0 and deviation 1', () => {
  const random = createRandom(1);
  const values = Array.from({ length: 20_000 }, () => drawNormal(random));
  expect(mean(values)).toBeCloseTo(0, 1);
  expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
});
