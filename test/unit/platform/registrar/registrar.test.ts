import { describe, expect, test } from '@jest/globals';
import { DataError, SystemError } from '../../../../lambdas/contracts/errors.ts';
import type { AgentRegistration } from '../../../../lambdas/contracts/registry.ts';
import type { WorkflowDefinition } from '../../../../lambdas/contracts/workflow-definition.ts';
import { serveResource } from '../../../../lambdas/platform/registrar/registrar.ts';
import { agent, fakeWorld } from '../intake/fakes.ts';

function setUp() {
  const agents = new Map<string, AgentRegistration>();
  const versions: WorkflowDefinition[] = [];
  const answers: Array<Record<string, unknown>> = [];
  let down = false;
  const check = () => {
    if (down) throw new SystemError('registry_unavailable', 'the registry is down');
  };
  const latest = (name: string) =>
    versions.filter((known) => known.name === name).sort((a, b) => b.version - a.version)[0];
  const { logger, expressions } = fakeWorld().ports;
  const ports = {
    logger,
    expressions,
    registry: { agents: async () => [...agents.values()], definition: async (name: string) => latest(name) },
    writer: {
      registerAgent: async (registration: AgentRegistration) => {
        check();
        agents.set(registration.name, registration);
      },
      removeAgent: async (name: string) => void agents.delete(name),
      registerDefinition: async (definition: WorkflowDefinition) => {
        check();
        const taken = versions.find(({ name, version }) => name === definition.name && version === definition.version);
        if (taken && JSON.stringify(taken) !== JSON.stringify(definition))
          throw new DataError('definition_changed', 'taken');
        if (!taken) versions.push(definition);
      },
    },
    answer: async (url: string, body: string) => void answers.push({ url, ...JSON.parse(body) }),
  };
  async function send(type: string, properties: object, physicalId?: string) {
    await serveResource(
      {
        RequestType: type,
        ResponseURL: 'https://cloudformation.example/answer',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'Loader',
        ResourceProperties: { ServiceToken: 'arn', ...properties },
        ...(physicalId !== undefined && { PhysicalResourceId: physicalId }),
      },
      ports,
    );
    return answers.at(-1);
  }
  const setDown = (is: boolean) => {
    down = is;
  };
  return { agents, versions, answers, ports, send, setDown };
}

const agentProperties = (name: string, description = name) => ({
  kind: 'agent',
  registration: JSON.stringify({ ...agent(name, 'etl.load'), description }),
});
const workflow = (description: string, version?: number) => ({
  kind: 'workflow',
  definition: JSON.stringify({ name: 'etl.mart', description, version, tasks: [{ id: 'a', type: 'etl.load' }] }),
});

describe('the registrar', () => {
  test('makes an agent known, under an id that is its name', async () => {
    const { send, agents } = setUp();
    expect(await send('Create', agentProperties('loader'))).toEqual({
      url: 'https://cloudformation.example/answer',
      Status: 'SUCCESS',
      PhysicalResourceId: 'agent/loader',
      Data: { Name: 'loader', Version: '1.0.0' },
      StackId: 'stack',
      RequestId: 'request',
      LogicalResourceId: 'Loader',
    });
    expect([...agents.keys()]).toEqual(['loader']);
  });

  test('replaces an agent whose name changes, and the delete of the old name takes only that one out', async () => {
    const { send, agents } = setUp();
    await send('Create', agentProperties('loader'));
    expect(await send('Update', agentProperties('writer'), 'agent/loader')).toMatchObject({
      PhysicalResourceId: 'agent/writer',
    });
    await send('Delete', agentProperties('loader'), 'agent/loader');
    expect([...agents.keys()]).toEqual(['writer']);
  });

  test('keeps an agent that another resource has registered anew when the old resource goes', async () => {
    const { send, agents } = setUp();
    await send('Create', agentProperties('loader', 'old queues'));
    await send('Create', agentProperties('loader', 'new queues'));
    expect(await send('Delete', agentProperties('loader', 'old queues'), 'agent/loader')).toMatchObject({
      Status: 'SUCCESS',
    });
    expect(agents.get('loader')?.description).toBe('new queues');
  });

  test('deletes twice, or what was never there, without complaint', async () => {
    const { send } = setUp();
    expect(await send('Delete', agentProperties('loader'), 'agent/loader')).toMatchObject({ Status: 'SUCCESS' });
    expect(await send('Delete', { kind: 'nonsense' }, 'agent/loader')).toMatchObject({ Status: 'SUCCESS' });
    expect(await send('Delete', workflow('a'), 'workflow/etl.mart')).toMatchObject({ Status: 'SUCCESS' });
  });

  test('never lets the delete after a failed create take out the agent of that name', async () => {
    const { send, agents, setDown } = setUp();
    await send('Create', agentProperties('loader'));
    setDown(true);
    const failed = await send('Create', agentProperties('loader'));
    expect(failed).toMatchObject({ Status: 'FAILED', Reason: 'the registry is down' });
    setDown(false);
    await send('Delete', agentProperties('loader'), String(failed?.PhysicalResourceId));
    expect([...agents.keys()]).toEqual(['loader']);
  });

  test('keeps the id of a resource whose update fails', async () => {
    const { send } = setUp();
    expect(await send('Update', { kind: 'agent', registration: '{}' }, 'agent/loader')).toMatchObject({
      Status: 'FAILED',
      PhysicalResourceId: 'agent/loader',
      Reason: expect.stringContaining('name'),
    });
  });

  test.each([
    ['of an unknown kind', { kind: 'queue' }, 'kind'],
    ['that are no JSON', { kind: 'agent', registration: '{' }, 'registration is not JSON'],
    [
      'of a graph with a circle',
      {
        kind: 'workflow',
        definition: JSON.stringify({ name: 'x', tasks: [{ id: 'a', type: 'x', dependsOn: ['a'] }] }),
      },
      'a → a',
    ],
    [
      'with a refused expression',
      {
        kind: 'workflow',
        definition: JSON.stringify({ name: 'x', tasks: [{ id: 'a', type: 'x', input: '{% $eval(1) %}' }] }),
      },
      'task "a", input: $eval is refused\n  $eval(1)',
    ],
    [
      'with an expression that reads the result of no task',
      {
        kind: 'workflow',
        definition: JSON.stringify({ name: 'x', tasks: [{ id: 'a', value: '{% 1 + $results.b %}' }] }),
      },
      'reads the result of "b", which is no task it depends on (character 5)\n  1 + $results.b\n      ^',
    ],
  ])('answers properties %s with the reason', async (_, properties, reason) => {
    const { send, answers } = setUp();
    expect(await send('Create', properties)).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining(reason),
    });
    expect(answers).toHaveLength(1);
  });

  test('keeps its reason within what CloudFormation takes', async () => {
    const { send } = setUp();
    const tasks = Array.from({ length: 500 }, () => ({ id: 'not an id', type: 7 }));
    const answer = await send('Create', { kind: 'workflow', definition: JSON.stringify({ name: 'x', tasks }) });
    expect(JSON.stringify(answer).length).toBeLessThan(4_096);
  });

  test('refuses an event that names no place to answer to', async () => {
    const { ports } = setUp();
    await expect(serveResource({ RequestType: 'Create' }, ports)).rejects.toThrow('ResponseURL');
  });
});

describe('a workflow', () => {
  const registered = async (...deploys: Array<[description: string, version?: number]>) => {
    const { send, versions } = setUp();
    let id: unknown;
    for (const [description, version] of deploys) {
      const answer = await send(
        id === undefined ? 'Create' : 'Update',
        workflow(description, version),
        id === undefined ? undefined : String(id),
      );
      expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'workflow/etl.mart' });
      id = answer?.PhysicalResourceId;
    }
    return versions.map(({ description, version }) => [version, description]);
  };

  test('that did not change is not registered again, as after a crash before the answer', async () => {
    expect(await registered(['a'], ['a'], ['a', 1])).toEqual([[1, 'a']]);
  });

  test('that changed without a new number becomes the next version; no version ever changes', async () => {
    expect(await registered(['a'], ['b'], ['c', 2])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
  });

  test('whose number was raised gets that number', async () => {
    expect(await registered(['a'], ['b', 5], ['b', 6])).toEqual([
      [1, 'a'],
      [5, 'b'],
      [6, 'b'],
    ]);
  });

  test('may run another that is deployed later', async () => {
    const { send, versions } = setUp();
    const tasks = [{ id: 'a', workflow: { name: 'not.yet.there' } }];
    const definition = JSON.stringify({ name: 'etl.mart', tasks });
    expect(await send('Create', { kind: 'workflow', definition })).toMatchObject({ Status: 'SUCCESS' });
    expect(versions).toHaveLength(1);
  });

  test('that is rolled back is the latest again', async () => {
    expect((await registered(['good', 1], ['bad', 2], ['good', 1])).at(-1)).toEqual([3, 'good']);
  });

  test('finds its number though the registry answered a moment late', async () => {
    const { ports, send, versions } = setUp();
    await send('Create', workflow('a'));
    await send('Update', workflow('b'), 'workflow/etl.mart');
    ports.registry.definition = async () => versions[0];
    await send('Update', workflow('c'), 'workflow/etl.mart');
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3]);
  });
});
