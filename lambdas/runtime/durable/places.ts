import type { TaskDefinition } from '../../contracts/workflow-definition.ts';
import { digest } from './own-tasks.ts';

/** An operation under way, or the handler as a whole. */
export interface Place {
  /** "" of the handler, "3" of its third operation; what is done inside of that is named by what it is: "3_1f2e3d4c_1". */
  readonly name: string;
  /** Operations inside of it that are under way. */
  readonly running: Set<Place>;
  /** Tasks that it waits for. */
  waitsFor: readonly TaskDefinition[];
  /** It has come to its end, and is told in its turn; or it never comes to one in this attempt. */
  isAtRest: boolean;
  /** How often each label was begun inside of it; of the handler, all of them under one. */
  readonly begun: Map<string, number>;
}

export const newPlace = (name: string): Place => ({
  ...{ name, running: new Set(), waitsFor: [], isAtRest: false, begun: new Map() },
});

export const isHandler = (place: Place): boolean => place.name === '';
/** Of an operation of the handler's own, not one inside of another. */
export const isNumbered = (name: string): boolean => /^\d+$/.test(name);

/**
 * The next place inside of another. A handler comes by the same places in the same order each time, so they are numbered.
 * What an operation does inside is its own affair until it has ended, so there the label says which is which.
 */
export function placeIn(outer: Place, label: string): Place {
  const series = isHandler(outer) ? '' : label;
  const number = (outer.begun.get(series) ?? 0) + 1;
  outer.begun.set(series, number);
  return newPlace(isHandler(outer) ? String(number) : `${outer.name}_${digest(label)}_${number}`);
}

/** How many operations a handler has begun. */
export const numberedIn = ({ begun }: Place): number => begun.get('') ?? 0;

/** Some operation inside of it is at work, and neither waits nor has ended. */
export const isBusy = ({ running }: Place): boolean => [...running].some((inner) => !isResting(inner));

function isResting(place: Place): boolean {
  if (place.isAtRest || place.waitsFor.length > 0) return true;
  return place.running.size > 0 && !isBusy(place);
}

/** All tasks that it waits for, with all that is inside of it. */
export function tasksOf({ waitsFor, running }: Place): TaskDefinition[] {
  return [...waitsFor, ...[...running].flatMap(tasksOf)];
}
