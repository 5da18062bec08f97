import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { virtualClock } from '../../../../lambdas/adapters/memory/virtual-clock.ts';
import { BUS_EVENTS } from '../../../../lambdas/contracts/bus-events.ts';
import { ETL } from '../../../../lambdas/systems/etl/system.ts';
import { checkAddedTasks, checkDefinition, checkInput } from '../../../../lambdas/workflow/definition.ts';
import { runId, type TestBed, testBed } from './support/test-run.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await testBed();
});
afterAll(() => bed.remove());

const clock = virtualClock(1_000);
async function plan(request = {}, overrides = {}) {
  bed.added.length = 0;
  bed.published.length = 0;
  await bed.doTask('etl.plan', { workflow: 'etl.flight-mart', request }, bed.context({ clock, ...overrides }));
  return [...bed.added];
}
const inputOf = (tasks: Awaited<ReturnType<typeof plan>>, id: string) => tasks.find((task) => task.id === id)?.input;

describe('planning the flight mart', () => {
  test('the same request at the same time gives the same tasks', async () => {
    expect(JSON.stringify(await plan())).toBe(JSON.stringify(await plan()));
  });

  test('extractions wait for the plan only, and everything ends in the summary', async () => {
    const tasks = await plan();
    const extracts = tasks.filter(({ type }) => type === 'etl.extract');
    expect(extracts.map(({ id, dependsOn }) => [id, dependsOn])).toEqual(
      ['flights', 'airports', 'birdstrikes', 'weather'].map((name) => [`extract_${name}`, ['plan']]),
    );
    const neededByOthers = new Set(tasks.flatMap(({ dependsOn = [] }) => dependsOn));
    expect(tasks.filter(({ id }) => !neededByOthers.has(id)).map(({ id }) => id)).toEqual(['summary']);
  });

  test('every task has an agent in the system whose input schema takes it', async () => {
    for (const task of await plan({ target: { postgres: {} } })) {
      const capability = ETL.agents.flatMap(({ capabilities }) => capabilities[task.type ?? ''] ?? [])[0];
      expect(capability?.input.safeParse(task.input)).toMatchObject({ success: true });
    }
  });

  test('without anything said it works from the bucket alone and says so', async () => {
    const tasks = await plan();
    expect(inputOf(tasks, 'extract_flights')).toMatchObject({ source: { kind: 'csv', key: 'sources/flights.csv' } });
    expect(inputOf(tasks, 'summary')).toMatchObject({
      notes: [expect.stringContaining('CSV'), expect.stringContaining('Parquet only')],
    });
    expect(tasks.map(({ id }) => id)).not.toContain('load_postgres');
  });

  test("the deployment's settings fill in what the request leaves out, and the request wins", async () => {
    const settings: Record<string, string> = {
      'etl-flights-source': 'postgres',
      'etl-weather-url': 'http://127.0.0.1:1/weather',
      'etl-target-schema': 'mart',
    };
    const setting = (name: string) => settings[name];
    const tasks = await plan({ sources: { weather: { kind: 'csv', key: 'mine.csv' } } }, { setting });
    expect(inputOf(tasks, 'extract_flights')).toMatchObject({ source: { kind: 'postgres', table: 'flights' } });
    expect(inputOf(tasks, 'extract_weather')).toMatchObject({ source: { kind: 'csv', key: 'mine.csv' } });
    expect(inputOf(tasks, 'load_postgres')).toMatchObject({
      to: 'postgres',
      schema: 'mart',
      keys: { dim_airport: ['iata'] },
    });
  });

  test('the watching starts with a coordination event that names the participants', async () => {
    await plan();
    expect(bed.published).toHaveLength(1);
    expect(bed.published[0]?.channel).toBe('coordination');
    expect(BUS_EVENTS.coordination.parse(bed.published[0]?.detail)).toMatchObject({
      coordination_type: 'workflow_start',
      workflow_id: runId(1),
      broadcast: true,
      participants: ['etl-orchestrator', 'etl-extractor', 'etl-transformer', 'etl-validator', 'etl-loader'],
    });
  });

  test.each([
    [{ sources: { weather: { kind: 'rest', url: 'file:///etc/passwd' } } }, 'sources.weather.url'],
    [{ sources: { airports: { kind: 'csv', key: '../other' } } }, 'sources.airports.key'],
    [{ sources: { airports: { kind: 'csv', key: 'tenants/acme/x.csv' } } }, 'sources.airports.key'],
    [{ sources: { flights: { kind: 'postgres' } } }, 'sources.flights.table'],
    [{ sources: { flights: { kind: 'postgres', table: 'a', secret: 'other' } } }, 'sources.flights.secret'],
    [{ target: { prefix: 'x', postgres: { schema: 'a"; DROP' } } }, 'target.postgres.schema'],
    [{ sauces: {} }, 'sauces'],
    [{ target: { prefix: 'x' }, sources: { airports: { kind: 'csv', key: '{% $input %}' } } }, 'sources.airports.key'],
  ])('%j is refused with the field %s', async (request, field) => {
    await expect(plan(request)).rejects.toMatchObject({ code: 'request_invalid', class: 'data', details: { field } });
    expect(bed.added).toEqual([]);
    expect(bed.published).toEqual([]);
  });
});

describe('the ETL system', () => {
  test('its workflows are sound and take their example inputs', async () => {
    for (const workflow of ETL.workflows) checkDefinition(workflow);
    const [flightMart] = ETL.workflows;
    expect(() => flightMart && checkInput(flightMart, {})).not.toThrow();
  });

  test('the tasks it adds to a run are a sound graph', async () => {
    const tasks = await plan({ target: { postgres: {} } });
    expect(() => checkAddedTasks(new Set(['plan']), new Set(), tasks)).not.toThrow();
  });
});
