import type { ExpressionJob } from '../../runtime/expressions-port.ts';
import { setDeterminism } from './determinism.ts';
import { ExpressionFault, reportFault } from './fault.ts';
import { createGuard, current } from './guard.ts';
import { EXPRESSION_LIMITS } from './limits.ts';
import { measureJson } from './measure-json.ts';
import { prepare } from './prepare.ts';
import type { WorkerJob, WorkerOutcome } from './protocol.ts';

/** What jsonata throws: plain objects with a code such as "S0201" (syntax), "T2001" (types), "D1011" (depth). */
function faultOf(thrown: unknown): ExpressionFault {
  if (thrown instanceof ExpressionFault) return thrown;
  if (thrown instanceof RangeError)
    return /stack/i.test(thrown.message)
      ? new ExpressionFault('expression_too_deep', 'it nests too deeply')
      : new ExpressionFault('expression_value_too_large', thrown.message);
  if (typeof thrown !== 'object' || thrown === null) return new ExpressionFault('expression_failed', String(thrown));
  const code = 'code' in thrown ? String(thrown.code) : '';
  const message = 'message' in thrown ? String(thrown.message).slice(0, 500) : code;
  const position = 'position' in thrown && typeof thrown.position === 'number' ? thrown.position : undefined;
  if (code === 'D1011')
    return new ExpressionFault('expression_too_deep', `it nests over ${EXPRESSION_LIMITS.depth} deep`, position);
  if (code === 'D2014' || code === 'D2015')
    return new ExpressionFault(
      'expression_value_too_large',
      `it makes an array of over ${EXPRESSION_LIMITS.items} items`,
      position,
    );
  return new ExpressionFault(code.startsWith('S') ? 'expression_syntax' : 'expression_failed', message, position);
}

/** Where jobs are done. By default the thread is theirs, and its clock and dice are replaced as a whole. */
export interface Realm {
  /** Stands around the start of an evaluation, where jsonata reads the clock. */
  enter<T>(start: () => T): T;
  /** Go before jsonata's own functions of the same name. */
  readonly functions: Readonly<Record<string, unknown>>;
}
const OWN_THREAD: Realm = { enter: (start) => start(), functions: {} };

async function jsonOf(job: ExpressionJob, realm: Realm): Promise<string> {
  const expression = await prepare(job.source);
  const guard = createGuard();
  current.guard = guard;
  setDeterminism(job.now, job.seed);
  // jsonata calls what it finds under these symbols before and after each node; its types know strings only
  const hook = (name: string, call: (...args: unknown[]) => void) =>
    Reflect.apply(expression.assign, expression, [Symbol.for(`jsonata.__evaluate_${name}`), call]);
  hook('entry', () => guard.step());
  hook('exit', (_node, _input, _environment, result) => guard.size(result));
  try {
    const bindings = { ...job.bindings, ...realm.functions };
    const result: unknown = await realm.enter(() => expression.evaluate(undefined, bindings));
    if (result === undefined)
      throw new ExpressionFault(
        'expression_undefined',
        'it yields nothing; name a value that is there, or a default (??)',
      );
    measureJson(result, EXPRESSION_LIMITS.result);
    const json = JSON.stringify(result);
    if (Buffer.byteLength(json) > EXPRESSION_LIMITS.result)
      throw new ExpressionFault('expression_value_too_large', `its result is over ${EXPRESSION_LIMITS.result} bytes`);
    return json;
  } finally {
    guard.end();
  }
}

/** Does one job. Never throws: what goes wrong is the job's outcome. */
export async function doJob(job: WorkerJob, realm: Realm = OWN_THREAD): Promise<WorkerOutcome> {
  try {
    if (job.mode === 'evaluate') return { json: await jsonOf(job, realm) };
    await prepare(job.source);
    return { json: 'true' };
  } catch (thrown) {
    return { error: reportFault(job.source, faultOf(thrown)) };
  }
}
