import { describe, expect, test } from '@jest/globals';
import type { StepLog } from '../../../../lambdas/runtime/durable/step-log.ts';
import { createTurns, type Turn } from '../../../../lambdas/runtime/durable/turns.ts';
import type { StepRecord } from '../../../../lambdas/runtime/ports.ts';

/** A log that holds these places in this order; "answers 1,2" is a mark. */
function logOf(...places: string[]): Pick<StepLog, 'at' | 'of'> {
  const records = places.map((place, index): StepRecord => {
    const [word = '', marked = ''] = place.split(' ');
    const isMark = word === 'answers';
    return {
      ...{ position: index + 1, place: isMark ? '' : place, kind: isMark ? 'answers' : 'step' },
      ...{ name: isMark ? marked : 'x', outcome: { value: null }, at: 0, attempt: 1 },
    };
  });
  return {
    at: (position) => records[position - 1],
    of: (place) => records.find((record) => record.place === place),
  };
}

/** What is told, in order, until nothing more comes by itself. */
function toldBy(
  log: Pick<StepLog, 'at' | 'of'>,
  ended: ReadonlyArray<readonly [string, Turn['by']]>,
  begun: number,
  isAlone = true,
) {
  const turns = createTurns(log, () => begun);
  for (const [place, by] of ended) turns.add({ place, by, tell: async () => {} });
  const told: string[] = [];
  for (let next = turns.next(isAlone); next; next = turns.next(isAlone)) {
    if ('mark' in next) return [...told, `mark ${next.mark}`];
    told.push(next.turn.place);
  }
  return told;
}

describe('operations that have ended are told', () => {
  test('in the order of the log, however they were numbered', () => {
    const ended = [
      ['1', 'record'],
      ['2', 'record'],
      ['3', 'record'],
    ] as const;
    expect(toldBy(logOf('3', '1', '2'), ended, 3)).toEqual(['3', '1', '2']);
  });

  test('not before one that the log has first', () => {
    expect(toldBy(logOf('1', '2'), [['2', 'record']], 2)).toEqual([]);
  });

  test('once, where another delivery has recorded the same again; what was done inside of others is passed by', () => {
    const ended = [
      ['1', 'record'],
      ['2', 'record'],
    ] as const;
    expect(toldBy(logOf('1', '1', '2_1f2e3d4c_1', '2'), ended, 2)).toEqual(['1', '2']);
  });
});

describe('answers are told', () => {
  test('together, after all that is on record, when nothing else is open', () => {
    const ended = [
      ['1', 'answer'],
      ['2', 'record'],
      ['3', 'answer'],
    ] as const;
    expect(toldBy(logOf('2'), ended, 3)).toEqual(['2', '1', '3']);
  });

  test('before what the handler only comes by after them', () => {
    expect(
      toldBy(
        logOf('2', '3'),
        [
          ['1', 'answer'],
          ['2', 'record'],
        ],
        2,
      ),
    ).toEqual(['2', '1']);
  });

  test('beside something that is open only under a mark', () => {
    expect(
      toldBy(
        logOf('2'),
        [
          ['1', 'answer'],
          ['2', 'record'],
        ],
        3,
        false,
      ),
    ).toEqual(['2', 'mark 1']);
    expect(
      toldBy(
        logOf('2', 'answers 1'),
        [
          ['1', 'answer'],
          ['2', 'record'],
        ],
        3,
        false,
      ),
    ).toEqual(['2', '1']);
  });

  test('never in another order than a mark says', () => {
    expect(
      toldBy(
        logOf('answers 1', '2'),
        [
          ['1', 'answer'],
          ['2', 'record'],
        ],
        2,
      ),
    ).toEqual(['1', '2']);
  });

  test('and a delivery that lacks one which others were told goes no further', () => {
    expect(toldBy(logOf('answers 1', '2'), [['2', 'record']], 2)).toEqual([]);
  });
});
