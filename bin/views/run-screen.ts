import { NEW_RUN, type RunView } from '../../lambdas/views/run-view.ts';
import { changesBetween, headline, taskTable } from './run-display.ts';

/** Shows a run while it goes on. */
export interface RunScreen {
  show(view: RunView): void;
  close(): void;
}

/**
 * A table that is drawn over itself in a terminal, one line per change anywhere else.
 * @param all each task of a forEach has its own row
 */
export function runScreen(out: NodeJS.WriteStream, all = false): RunScreen {
  return out.isTTY ? new LiveTable(out, all) : new ChangeLines(out);
}

class ChangeLines implements RunScreen {
  readonly #out: NodeJS.WritableStream;
  #last: RunView = NEW_RUN;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  show(view: RunView): void {
    for (const line of changesBetween(this.#last, view)) this.#out.write(`  ${line}\n`);
    this.#last = view;
  }

  close(): void {}
}

class LiveTable implements RunScreen {
  readonly #out: NodeJS.WriteStream;
  readonly #all: boolean;
  #lines = 0;
  #last: RunView | undefined;

  constructor(out: NodeJS.WriteStream, all: boolean) {
    this.#out = out;
    this.#all = all;
  }

  show(view: RunView): void {
    this.#last = view;
    this.#draw(Math.max(5, (this.#out.rows || 40) - 4));
  }

  /** Leaves the whole table behind: nothing is drawn over it any more, so it may be longer than the screen. */
  close(): void {
    if (this.#last) this.#draw(Number.POSITIVE_INFINITY);
    this.#last = undefined;
    this.#lines = 0;
  }

  #draw(rows: number): void {
    const view = this.#last ?? NEW_RUN;
    const now = Date.now();
    const table = () => taskTable(view, now, { maxRows: rows, all: this.#all });
    const text = view.status === 'requested' ? 'waiting for the intake …' : `${headline(view, now)}\n${table()}`;
    const lines = text.split('\n').map((line) => cut(line, (this.#out.columns || 100) - 1));
    const up = this.#lines > 0 ? `\x1b[${this.#lines}A` : '';
    this.#out.write(`${up}\x1b[J${lines.join('\n')}\n`);
    this.#lines = lines.length;
  }
}

/** Cuts a line to a width, counting what is seen and not the escape sequences of colours. */
export function cut(line: string, width: number): string {
  let seen = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  const parts = line.match(/\x1b\[[0-9;]*m|./gu) ?? [];
  const kept = parts.filter((part) => part.startsWith('\x1b') || ++seen <= width);
  return kept.join('');
}
