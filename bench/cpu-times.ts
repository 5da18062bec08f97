import { readdirSync, readFileSync } from 'node:fs';

/** CPU milliseconds used so far, by who used them. */
export interface CpuTimes {
  readonly emulator: number;
  readonly lambdas: number;
}

/** USER_HZ, which Linux has fixed at 100 for what it tells programs. */
const TICK_MS = 10;

/**
 * What the emulator on `endpoint` and the Lambda workers it has started have used. Workers inherit its environment, by
 * which they are found. Undefined where there is no /proc.
 */
export function cpuTimes(endpoint: string): CpuTimes | undefined {
  const mark = `GATEWAY_PORT=${new URL(endpoint).port}\0`;
  const times = { emulator: 0, lambdas: 0 };
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const used = usedBy(pid, mark);
      if (used) times[used.who] += used.ms;
    }
    return times;
  } catch {
    return undefined;
  }
}

function usedBy(pid: string, mark: string): { who: keyof CpuTimes; ms: number } | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    if (!environment.includes(mark)) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user = '0', system = '0'] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    const who = environment.includes('AWS_LAMBDA_FUNCTION_NAME=') ? 'lambdas' : 'emulator';
    return { who, ms: (Number(user) + Number(system)) * TICK_MS };
  } catch {
    // it has ended in the meantime, or belongs to somebody else
    return undefined;
  }
}
