import type { AgentPorts } from '../runtime/agent-ports.ts';
import type { Clock, Logger } from '../runtime/ports.ts';
import type { BatchWork } from '../runtime/queue-handler.ts';
import type { Redelivery } from '../runtime/redelivery.ts';
import { gatePorts } from './gate.ts';
import type { ContainerId, Hooks } from './hooks.ts';
import type { PlatformPorts } from './platform-ports.ts';

/** A running copy of a Lambda, with whatever its code keeps between invocations. */
export interface Container extends ContainerId {
  readonly work: BatchWork;
  readonly alive: boolean;
  readonly busy: boolean;
  readonly logger: Logger;
  /** Brings failed messages back within seconds; undefined where the handler leaves that to the queue. */
  readonly redelivery: Redelivery | undefined;
}

/** What a Lambda is made of. */
export interface LambdaSpec<P extends PlatformPorts | AgentPorts> {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Its ports, made anew for each container. @param clock as the container has it */
  readonly ports: (clock: Clock) => P;
  /** A cold start: runs what the handler runs when it is loaded. */
  readonly start: (ports: P) => BatchWork;
  /** What its handler gives `queueHandler` as redelivery. Default: none. */
  readonly redelivery?: (ports: P) => Redelivery;
}

/** A Lambda in this process: its containers come with its load, and go when they are killed. */
export interface LambdaProcess {
  readonly name: string;
  readonly timeoutSeconds: number;
  /** Those alive, warm ones included. */
  readonly containers: readonly Container[];
  /** An idle container, else a new one; it is busy until it is released. `onDeath` is called if it is killed before. */
  take(onDeath: () => void): Container;
  release(container: Container): void;
  /**
   * The container's process is gone: what it kept is lost, what it was doing never goes on, since its port calls are
   * not answered any more and its timers don't fire. Without an argument all of them, as a deployment does.
   */
  kill(container?: ContainerId): void;
}

/** @param base the clock of the world */
export function createProcess<P extends PlatformPorts | AgentPorts>(
  spec: LambdaSpec<P>,
  base: Clock,
  hooks: Hooks,
): LambdaProcess {
  const containers: LiveContainer[] = [];
  let started = 0;

  function coldStart(): LiveContainer {
    started += 1;
    const id: ContainerId = { process: spec.name, container: started };
    const timers = new Set<() => void>();
    const skew = hooks.skewMs?.(id) ?? 0;
    const life = { alive: true };
    const clock: Clock = {
      now: () => base.now() + skew,
      after: (ms, callback) => {
        if (!life.alive) return () => {};
        const cancel = base.after(ms, () => {
          timers.delete(cancel);
          callback();
        });
        timers.add(cancel);
        return () => {
          timers.delete(cancel);
          cancel();
        };
      },
    };
    const own = { ...spec.ports(clock), clock };
    const gated = gatePorts(hooks.ports?.(own, id) ?? own, id, {
      clock,
      isAlive: () => life.alive,
      kill: () => end(container),
      ...(hooks.call && { call: hooks.call }),
    });
    const work = spec.start(gated);
    const container: LiveContainer = {
      ...id,
      ...{
        life,
        timers,
        logger: gated.logger,
        work: hooks.work?.(work, id) ?? work,
        redelivery: spec.redelivery?.(gated),
      },
      ...{ busy: false, onDeath: undefined },
      get alive() {
        return life.alive;
      },
    };
    containers.push(container);
    return container;
  }

  function end(container: LiveContainer): void {
    if (!container.alive) return;
    container.life.alive = false;
    containers.splice(containers.indexOf(container), 1);
    for (const cancel of container.timers) cancel();
    container.timers.clear();
    container.onDeath?.();
  }

  return {
    name: spec.name,
    timeoutSeconds: spec.timeoutSeconds,
    containers,
    take(onDeath) {
      const container = containers.find((warm) => !warm.busy) ?? coldStart();
      container.busy = true;
      container.onDeath = onDeath;
      return container;
    },
    release({ container: number }) {
      const container = containers.find((other) => other.container === number);
      if (!container) return;
      container.busy = false;
      container.onDeath = undefined;
    },
    kill(id) {
      for (const container of [...containers]) if (!id || container.container === id.container) end(container);
    },
  };
}

interface LiveContainer extends Container {
  readonly life: { alive: boolean };
  busy: boolean;
  onDeath: (() => void) | undefined;
  readonly timers: Set<() => void>;
}
