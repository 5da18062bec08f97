import { SystemError } from '../contracts/errors.ts';
import type { Clock } from '../runtime/ports.ts';
import type { CallFault, ContainerId, PortCall } from './hooks.ts';

export interface GateLife {
  readonly clock: Clock;
  isAlive(): boolean;
  kill(): void;
  readonly call?: (call: PortCall) => CallFault | undefined;
}

/** These answer at once and touch nothing that others see. */
const OWN = new Set(['clock', 'ids', 'logger', 'random', 'write', 'securityLog', 'rogues']);

/** Answers nobody, and is forgotten together with whoever waits for it. */
const never = (): Promise<never> => new Promise(() => {});

type Method = (...args: unknown[]) => unknown;
const isMethod = (value: unknown): value is Method => typeof value === 'function';

/**
 * A container's way to its ports: nothing comes back from there once the container is dead, and faults are put in here.
 */
export function gatePorts<P extends object>(ports: P, id: ContainerId, life: GateLife): P {
  return gateMembers(ports, (name, member) => {
    if (OWN.has(name)) return member;
    if (isMethod(member)) {
      // Such as `bucket(name)`, which answers a port.
      return (...args: unknown[]) => {
        const answer = Reflect.apply(member, ports, args);
        return isPort(answer) ? gatePort(answer, name, id, life) : answer;
      };
    }
    return isPort(member) ? gatePort(member, name, id, life) : member;
  });
}

const isPort = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.values(value).some(isMethod);

function gatePort<T extends object>(port: T, name: string, id: ContainerId, life: GateLife): T {
  return gateMembers(port, (method, member) =>
    isMethod(member) ? gateMethod(member, port, { ...id, port: name, method }, life) : member,
  );
}

/** The same object to look at, with each member replaced when it is first asked for. */
function gateMembers<T extends object>(target: T, gate: (name: string, member: unknown) => unknown): T {
  const gated = new Map<string | symbol, unknown>();
  return new Proxy(target, {
    get(_, name) {
      const known = gated.get(name);
      if (known !== undefined) return known;
      const member: unknown = Reflect.get(target, name);
      const made = typeof name === 'string' ? gate(name, member) : member;
      gated.set(name, made);
      return made;
    },
  });
}

function gateMethod(method: Method, port: object, call: Omit<PortCall, 'args'>, life: GateLife): Method {
  return async (...args) => {
    if (!life.isAlive()) return never();
    const fault = life.call?.({ ...call, args });
    if (fault) return underFault(fault, () => Reflect.apply(method, port, args), call, life);
    const answer: unknown = await Reflect.apply(method, port, args);
    return life.isAlive() ? answer : never();
  };
}

async function underFault(
  fault: CallFault,
  make: () => unknown,
  { port, method }: Omit<PortCall, 'args'>,
  life: GateLife,
): Promise<unknown> {
  const { delayMs = 0, fail, kill } = fault;
  const error = fault.error ?? new SystemError('injected', `${port}.${method} failed ${fail} it did its work`);
  if (delayMs > 0) await new Promise<void>((resolve) => void life.clock.after(delayMs, resolve));
  if (kill === 'before') life.kill();
  if (!life.isAlive()) return never();
  if (fail === 'before') throw error;
  const answer: unknown = await make();
  if (kill === 'after') life.kill();
  if (!life.isAlive()) return never();
  if (fail === 'after') throw error;
  return answer;
}
