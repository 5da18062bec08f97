import { isNumbered } from './places.ts';
import { MARK, type StepLog } from './step-log.ts';

/** An operation of the handler's own that has come to its end, and that the handler is told of when it is its turn. */
export interface Turn {
  /** A number. */
  readonly place: string;
  readonly by: 'record' | 'answer';
  tell(): Promise<void>;
}

/** What comes next. `mark`: answers, once the log says that they do. */
export type Next = { readonly turn: Turn } | { readonly mark: string } | undefined;

/**
 * In which order a handler is told what its operations came to. What it does next depends on that order where several run
 * at once, and so do the numbers of what it begins then: so the order is that of the log, in which it was first told.
 * Answers to what it has waited for come together, when everything else that it had begun has been told; where something
 * else is still open, a mark in the log says that they came first.
 * @param begun how many operations the handler has begun
 */
export function createTurns(log: Pick<StepLog, 'at' | 'of'>, begun: () => number) {
  const waiting = new Map<string, Turn>();
  const told = new Set<string>();
  const due: Turn[] = [];
  let position = 1;

  const inOrder = (by: Turn['by']): Turn[] =>
    [...waiting.values()].filter((turn) => turn.by === by).sort((a, b) => Number(a.place) - Number(b.place));

  /** The handler has not come there yet: there is something that it has to be told before. */
  const isAhead = (place: string): boolean => Number(place) > begun();

  /** @returns the first of them, the others are due */
  function together(turns: readonly Turn[]): Turn | undefined {
    for (const { place } of turns) waiting.delete(place);
    due.push(...turns);
    return due.shift();
  }

  /** The next that the log has; `behind` where others were told an answer that this delivery does not have. */
  function logged(): Turn | 'behind' | undefined {
    for (let record = log.at(position); record; record = log.at(position)) {
      const { place, kind, name } = record;
      if (kind === MARK) {
        const marked = name.split(',').filter((one) => !told.has(one));
        if (marked.some(isAhead)) return together(inOrder('answer'));
        const turns = inOrder('answer').filter((turn) => marked.includes(turn.place));
        if (turns.length < marked.length) return 'behind';
        position += 1;
        if (turns.length > 0) return together(turns);
      } else if (isNumbered(place) && log.of(place) === record && !told.has(place)) {
        const turn = waiting.get(place);
        if (turn?.by === 'record') position += 1;
        return turn ?? (isAhead(place) ? together(inOrder('answer')) : undefined);
      } else position += 1;
    }
    return undefined;
  }

  /** Passed over, because the handler came by it late. */
  const late = (): Turn | undefined =>
    inOrder('record').find(({ place }) => (log.of(place)?.position ?? position) < position);

  const isHeldUp = (): boolean => log.at(position) !== undefined;

  return {
    add: (turn: Turn): void => void waiting.set(turn.place, turn),
    /** @param isAlone the handler has nothing under way but what is to be told */
    next(isAlone: boolean): Next {
      const next = due.shift() ?? late() ?? logged();
      if (next === 'behind') return undefined;
      const turn = next ?? (isHeldUp() ? undefined : unlogged(isAlone));
      if (!turn || 'mark' in turn) return turn;
      waiting.delete(turn.place);
      told.add(turn.place);
      return { turn };
    },
    /** By a record that the handler does not come by, though it did when it ran before. */
    isHeldUp: (): boolean => isHeldUp() && waiting.size > 0,
    passOver: (): void => {
      if (isHeldUp()) position += 1;
    },
  };

  /** Answers that the log says nothing of. */
  function unlogged(isAlone: boolean): Turn | { readonly mark: string } | undefined {
    const answers = inOrder('answer');
    if (isAlone || answers.length === 0) return together(answers);
    return { mark: answers.map(({ place }) => place).join(',') };
  }
}
