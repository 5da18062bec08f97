import * as z from 'zod';

/*
 * WfFormat 1.5: how WfCommons writes down traces of scientific workflows (https://github.com/wfcommons/WfFormat).
 * Only what the engine needs of it: the graph, and how long each task ran.
 */

const TaskSpecification = z.object({
  id: z.string().min(1),
  parents: z.array(z.string()),
  children: z.array(z.string()),
});
const TaskExecution = z.object({ id: z.string().min(1), runtimeInSeconds: z.number().nonnegative() });
const Instance = z.object({
  schemaVersion: z.literal('1.5'),
  workflow: z.object({
    specification: z.object({ tasks: z.array(TaskSpecification).min(1) }),
    execution: z.object({ tasks: z.array(TaskExecution) }),
  }),
});

/** A task of a trace, in an order in which parents come first. */
export interface TracedTask {
  readonly id: string;
  readonly parents: readonly string[];
  /** Whole milliseconds. */
  readonly runtimeMs: number;
}

const SPECIFICATION = 'workflow.specification.tasks';
const EXECUTION = 'workflow.execution.tasks';

/** @throws Error naming the file and the field that is missing or odd */
export function readWfFormat(file: string, text: string): TracedTask[] {
  const fault = (field: string, what: string): Error => new Error(`${file}: ${field}: ${what}`);
  const parsed = Instance.safeParse(jsonOf(text, (reason) => fault('(root)', reason)));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw fault(pathOf(issue?.path ?? []) || '(root)', issue?.message ?? 'is wrong');
  }
  const { specification, execution } = parsed.data.workflow;
  const places = placesOf(specification.tasks, SPECIFICATION, fault);
  const ran = placesOf(execution.tasks, EXECUTION, fault);
  for (const [id, place] of ran)
    if (!places.has(id)) throw fault(`${EXECUTION}[${place}].id`, `${SPECIFICATION} has no task "${id}"`);
  const tasks = specification.tasks.map(({ id, parents, children }, place): TracedTask => {
    const field = (name: string): string => `${SPECIFICATION}[${place}].${name}`;
    checkLinks(specification.tasks, places, { id, links: parents, back: 'children' }, (what) =>
      fault(field('parents'), what),
    );
    checkLinks(specification.tasks, places, { id, links: children, back: 'parents' }, (what) =>
      fault(field('children'), what),
    );
    const runtime = execution.tasks[ran.get(id) ?? -1]?.runtimeInSeconds;
    if (runtime === undefined) throw fault(EXECUTION, `task "${id}" has no entry, so nobody knows how long it ran`);
    return { id, parents: [...new Set(parents)], runtimeMs: Math.round(runtime * 1_000) };
  });
  return parentsFirst(tasks, (id) => fault(SPECIFICATION, `task "${id}" depends on itself through its parents`));
}

function jsonOf(text: string, fault: (reason: string) => Error): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw fault(`is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `workflow.execution.tasks[3].runtimeInSeconds` */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : `${text}${text && '.'}${String(part)}`),
    '',
  );

type Fault = (field: string, what: string) => Error;

function placesOf(tasks: ReadonlyArray<{ id: string }>, where: string, fault: Fault): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, { id }] of tasks.entries()) {
    if (places.has(id)) throw fault(`${where}[${place}].id`, `task "${id}" is there twice`);
    places.set(id, place);
  }
  return places;
}

/** A link must lead to a task, which must say the same from its side. */
function checkLinks(
  tasks: ReadonlyArray<z.infer<typeof TaskSpecification>>,
  places: ReadonlyMap<string, number>,
  { id, links, back }: { id: string; links: readonly string[]; back: 'parents' | 'children' },
  fault: (what: string) => Error,
): void {
  for (const other of links) {
    const task = tasks[places.get(other) ?? -1];
    if (!task) throw fault(`there is no task "${other}"`);
    if (!task[back].includes(id)) throw fault(`names "${other}", whose ${back} do not name "${id}"`);
  }
}

function parentsFirst(tasks: readonly TracedTask[], inCircle: (id: string) => Error): TracedTask[] {
  const waitsFor = new Map(tasks.map(({ id, parents }) => [id, parents.length]));
  const children = new Map<string, TracedTask[]>();
  for (const task of tasks)
    for (const parent of task.parents) children.set(parent, [...(children.get(parent) ?? []), task]);
  const ordered = tasks.filter(({ parents }) => parents.length === 0);
  for (let next = 0; next < ordered.length; next += 1) {
    for (const child of children.get(ordered[next]?.id ?? '') ?? []) {
      const left = (waitsFor.get(child.id) ?? 0) - 1;
      waitsFor.set(child.id, left);
      if (left === 0) ordered.push(child);
    }
  }
  const stuck = tasks.find(({ id }) => (waitsFor.get(id) ?? 0) > 0);
  if (stuck) throw inCircle(stuck.id);
  return ordered;
}
