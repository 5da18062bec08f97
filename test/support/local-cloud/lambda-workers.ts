import { execFileSync } from 'node:child_process';

/** The processes in which the emulator runs a function now, whose name contains `name`; first the oldest. */
export function lambdaWorkers(endpoint: string, name: string): number[] {
  const { port } = new URL(endpoint);
  const list = execFileSync('ps', ['axeww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  return list
    .split('\n')
    .filter((line) => {
      const fn = / AWS_LAMBDA_FUNCTION_NAME=(\S+)/.exec(line)?.[1];
      return fn?.toLowerCase().includes(name.toLowerCase()) && line.includes(` GATEWAY_PORT=${port}`);
    })
    .map((line) => Number.parseInt(line, 10))
    .sort((a, b) => a - b);
}

/** Kills them as a crash would: in the middle of whatever they do. The emulator starts others when they are needed. */
export function killLambdaWorkers(endpoint: string, name: string): number {
  const pids = lambdaWorkers(endpoint, name);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has just ended by itself
    }
  }
  return pids.length;
}
