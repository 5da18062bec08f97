import { StopSignals } from '../bin/local/stop-signals.ts';
import { type ProbeCloud, startProbeCloud } from '../test/support/probe/probe-cloud.ts';

type Figures = Record<string, unknown>;

/** Measures on a probe cloud of its own, which stops in the end: also after Ctrl-C. */
export async function onProbeCloud(
  progress: (line: string) => void,
  measure: (cloud: ProbeCloud) => Promise<Figures>,
): Promise<Figures> {
  const stop = new StopSignals();
  const cloud = await startProbeCloud(progress, stop.signal);
  const end = (): void => void cloud.stop().finally(() => process.exit(stop.exitCode));
  stop.signal.addEventListener('abort', end);
  try {
    return await measure(cloud);
  } finally {
    await cloud.stop();
    // What was interrupted has failed as well; that is not worth telling.
    if (stop.signal.aborted) process.exit(stop.exitCode);
  }
}
