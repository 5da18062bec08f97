import { Expr, pathsFrom, type Read } from './expression.ts';

/** What `item` reads where there is no `forEach`: it fits nowhere. */
export interface NoItem {
  readonly 'there is no item without forEach': never;
}

/** What the expressions of a task may read: the run's input, the results of what it comes after, its item. */
export interface Scope<I, R, Item> {
  readonly input: Read<I>;
  readonly result: Read<R>;
  readonly item: Read<Item>;
  readonly index: Expr<number>;
}

/** What an undo may read: `answer` is what the task to undo had answered. */
export interface UndoScope<I, Result, Item> extends Pick<Scope<I, never, Item>, 'input' | 'item' | 'index'> {
  readonly answer: Read<Result>;
}

/** What tells a participant's vote: `answer` is what it answered. */
export interface VoteScope<Result> {
  readonly answer: Read<Result>;
}

/** All of it, for whatever asks. */
export const EVERYTHING = {
  input: pathsFrom('$input'),
  result: pathsFrom('$results'),
  item: pathsFrom('$item'),
  index: new Expr<number>('$index'),
  answer: pathsFrom('$result'),
};
export type Everything = typeof EVERYTHING;
