import type { Home } from './home.ts';

/** Where phases are shown: a terminal gets a line that moves, anything else one line per phase. */
export interface PhaseDisplay {
  begin(name: string): void;
  say(name: string, detail: string): void;
  end(name: string, ms: number, outcome: 'done' | 'kept' | 'failed', detail?: string): void;
  close(): void;
}

export interface PhaseTiming {
  readonly phase: string;
  readonly ms: number;
  readonly outcome: 'done' | 'kept' | 'failed';
}

/** What a phase answers when there was nothing to do, with a few words on why. */
export class Kept<T> {
  readonly value: T;
  readonly why: string;
  constructor(value: T, why: string) {
    this.value = value;
    this.why = why;
  }
}

/** Runs the steps of a start one by one or side by side, shows them and keeps their times. */
export class Phases {
  readonly timings: PhaseTiming[] = [];
  readonly #display: PhaseDisplay;
  readonly #started = performance.now();

  constructor(display: PhaseDisplay) {
    this.#display = display;
  }

  async run<T>(name: string, work: (say: (detail: string) => void) => Promise<T | Kept<T>>): Promise<T> {
    const began = performance.now();
    const end = (outcome: PhaseTiming['outcome'], detail?: string) => {
      const ms = Math.round(performance.now() - began);
      this.timings.push({ phase: name, ms, outcome });
      this.#display.end(name, ms, outcome, detail);
    };
    this.#display.begin(name);
    try {
      const result = await work((detail) => this.#display.say(name, detail));
      if (!(result instanceof Kept)) {
        end('done');
        return result;
      }
      end('kept', result.why);
      return result.value;
    } catch (error) {
      end('failed');
      throw error;
    }
  }

  get totalMs(): number {
    return Math.round(performance.now() - this.#started);
  }

  /** Keeps the times of this start for `npm run bench -- start`. */
  save(home: Home, kind: 'first' | 'again'): void {
    const fields = { date: new Date().toISOString(), kind, total_ms: this.totalMs, phases: this.timings };
    home.write('timings.json', fields);
  }
}
