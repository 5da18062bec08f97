import type { PhaseDisplay } from '../local/phases.ts';
import { paint, seconds } from './text.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const MARKS = { done: paint.green('✓'), kept: paint.dim('·'), failed: paint.red('✗') } as const;

/** The display that fits the stream. */
export function phaseDisplay(out: NodeJS.WriteStream): PhaseDisplay {
  return out.isTTY ? new LiveDisplay(out) : new LineDisplay(out);
}

function endLine(name: string, ms: number, outcome: keyof typeof MARKS, detail?: string): string {
  return `${MARKS[outcome]} ${name.padEnd(26)} ${seconds(ms).padStart(7)}${detail ? `  ${paint.dim(detail)}` : ''}\n`;
}

class LineDisplay implements PhaseDisplay {
  readonly #out: NodeJS.WritableStream;
  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }
  begin(): void {}
  say(): void {}
  end(name: string, ms: number, outcome: keyof typeof MARKS, detail?: string): void {
    this.#out.write(endLine(name, ms, outcome, detail));
  }
  close(): void {}
}

/** One moving line below the finished ones, for all phases that are under way. */
class LiveDisplay implements PhaseDisplay {
  readonly #out: NodeJS.WriteStream;
  readonly #active = new Map<string, { since: number; detail: string }>();
  #timer: NodeJS.Timeout | undefined;
  #frame = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  begin(name: string): void {
    this.#active.set(name, { since: performance.now(), detail: '' });
    this.#timer ??= setInterval(() => this.#draw(), 100).unref();
    this.#draw();
  }

  say(name: string, detail: string): void {
    const phase = this.#active.get(name);
    if (phase) phase.detail = detail;
  }

  end(name: string, ms: number, outcome: keyof typeof MARKS, detail?: string): void {
    this.#active.delete(name);
    this.#out.write(`\r\x1b[K${endLine(name, ms, outcome, detail)}`);
    if (this.#active.size === 0) this.close();
    else this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#out.write('\r\x1b[K');
  }

  #draw(): void {
    this.#frame = (this.#frame + 1) % FRAMES.length;
    const parts = [...this.#active].map(
      ([name, { since, detail }]) => `${name} ${seconds(performance.now() - since)}${detail ? ` (${detail})` : ''}`,
    );
    const line = `${FRAMES[this.#frame]} ${parts.join(' · ')}`;
    this.#out.write(`\r\x1b[K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
  }
}
