import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { timeHeap } from '../../../lambdas/adapters/memory/time-heap.ts';
import { virtualClock } from '../../../lambdas/adapters/memory/virtual-clock.ts';
import { systemClock } from '../../../lambdas/adapters/system.ts';

describe('a virtual clock', () => {
  test('fires no timer by moving, only when it is told to', () => {
    const clock = virtualClock(1_000);
    const fired: string[] = [];
    clock.after(50, () => fired.push('a'));
    clock.advance(100);
    expect(fired).toEqual([]);
    expect(clock.nextTimerAt()).toBe(1_050);
    clock.fireDue();
    expect(fired).toEqual(['a']);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  test('fires what is due by time, then by age, and leaves the rest', () => {
    const clock = virtualClock(0);
    const fired: string[] = [];
    for (const [name, ms] of [
      ['c', 20],
      ['a', 10],
      ['d', 20],
      ['b', 10],
      ['later', 21],
    ] as const) {
      clock.after(ms, () => fired.push(name));
    }
    clock.moveTo(20);
    clock.fireDue();
    expect(fired).toEqual(['a', 'b', 'c', 'd']);
    expect(clock.nextTimerAt()).toBe(21);
  });

  test('never fires a timer that was cancelled, even by another that is due at the same time', () => {
    const clock = virtualClock(0);
    const fired: string[] = [];
    clock.after(5, () => cancel());
    const cancel = clock.after(5, () => fired.push('cancelled'));
    const early = clock.after(1, () => fired.push('early'));
    early();
    expect(clock.nextTimerAt()).toBe(5);
    clock.moveTo(9);
    clock.fireDue();
    cancel();
    expect(fired).toEqual([]);
  });

  test('leaves timers that are armed while it fires for the next call, so that it always comes to an end', () => {
    const clock = virtualClock(0);
    let rounds = 0;
    const again = (): void => {
      rounds++;
      clock.after(0, again);
    };
    clock.after(0, again);
    clock.fireDue();
    expect([rounds, clock.nextTimerAt()]).toEqual([1, 0]);
    clock.fireDue();
    expect(rounds).toBe(2);
  });

  test('takes a wait below zero as none', () => {
    const clock = virtualClock(100);
    clock.after(-50, () => undefined);
    expect(clock.nextTimerAt()).toBe(100);
  });
});

describe('a heap by time', () => {
  test('gives out everything by time, then in the order it came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
        const heap = timeHeap<number>();
        times.forEach((at, index) => void heap.push(at, index));
        const given: Array<[number, number]> = [];
        for (let top = heap.peek(); top; top = heap.peek()) {
          given.push([top.at, top.item]);
          heap.pop();
        }
        expect(given).toEqual(
          times.map((at, index) => [at, index] as [number, number]).sort((a, b) => a[0] - b[0] || a[1] - b[1]),
        );
      }),
    );
  });
});

describe('the machine’s clock', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  test('calls back once, after the time', () => {
    const called = jest.fn();
    systemClock.after(1_000, called);
    jest.advanceTimersByTime(999);
    expect(called).not.toHaveBeenCalled();
    jest.advanceTimersByTime(10_000);
    expect(called).toHaveBeenCalledTimes(1);
  });

  test('does not call back once it was cancelled, and keeps nothing running', () => {
    const called = jest.fn();
    const cancel = systemClock.after(1_000, called);
    cancel();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(10_000);
    expect(called).not.toHaveBeenCalled();
  });

  test('waits longer than a single timer of the machine can', () => {
    const called = jest.fn();
    const days = 24 * 3_600_000;
    const cancelled = jest.fn();
    const cancel = systemClock.after(60 * days, cancelled);
    systemClock.after(60 * days, called);
    jest.advanceTimersByTime(59 * days);
    expect(called).not.toHaveBeenCalled();
    cancel();
    jest.advanceTimersByTime(2 * days);
    expect(called).toHaveBeenCalledTimes(1);
    expect(cancelled).not.toHaveBeenCalled();
  });
});
