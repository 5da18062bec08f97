import { setTimeout as sleep } from 'node:timers/promises';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { followRun, readRun, resultOf } from '../../../bin/cloud/run-reader.ts';
import { type Session, sessionOn } from '../../../bin/cloud/session.ts';
import { LOCAL_STAGE, localSettings, outputOf, outputsOf, stacksOf } from '../../../bin/cloud/target.ts';
import { flightMartInput } from '../../../bin/local/demo-input.ts';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';
import { DEFAULT_TENANT } from '../../../lambdas/contracts/names.ts';
import type { RunView } from '../../../lambdas/views/run-view.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { BusTap } from './bus-tap.ts';
import { killLambdaWorkers, lambdaWorkers } from './lambda-workers.ts';

function fromSetup(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(
      `${name} is not set: run the end-to-end tests with "npm run test:e2e", which starts the local cloud`,
    );
  return value;
}

export interface Request {
  readonly requestId: string;
  readonly input?: JsonObject;
  readonly tenant?: string;
  readonly definition?: JsonObject;
}

/** The tests' local cloud, as the setup has started it. Close it when the test file is done. */
export class TestCloud {
  readonly session: Session & { close(): void };
  readonly endpoint: string;
  readonly sourceUrl = fromSetup('MUSTER_TEST_SOURCE_URL');
  readonly targetUrl = fromSetup('MUSTER_TEST_TARGET_URL');
  /** The input of `etl.flight-mart` with every source of the demo. */
  readonly weatherUrl = fromSetup('MUSTER_TEST_WEATHER_URL');
  readonly flightMartInput = flightMartInput(this.weatherUrl);
  readonly #taps: BusTap[] = [];
  #isClosed = false;

  private constructor(endpoint: string, session: Session & { close(): void }) {
    this.endpoint = endpoint;
    this.session = session;
  }

  static async connect(): Promise<TestCloud> {
    const endpoint = fromSetup('MUSTER_TEST_ENDPOINT');
    const settings = localSettings(endpoint);
    const outputs = outputsOf(await stacksOf(settings, LOCAL_STAGE));
    return new TestCloud(endpoint, sessionOn({ stage: LOCAL_STAGE, settings, outputs }));
  }

  /** An output of the stacks. @throws when there is none of this name */
  output(name: string): string {
    return outputOf(this.session.target, name);
  }

  /** Puts an event on the bus, as a client does. */
  async publish(detailType: string, detail: JsonObject, source = 'test.client'): Promise<void> {
    const entry = { EventBusName: this.output('BusName'), Source: source, DetailType: detailType };
    const Entries = [{ ...entry, Detail: JSON.stringify(detail) }];
    const { FailedEntryCount } = await this.session.aws.eventBridge.send(new PutEventsCommand({ Entries }));
    if (FailedEntryCount) throw new Error(`the bus refused ${detailType}`);
  }

  /** Publishes `workflow_requested`. @returns the id that the run has, or would have */
  async request(workflow: string, { requestId, input = {}, tenant, definition }: Request): Promise<string> {
    const optional = { ...(tenant && { tenant }), ...(definition && { definition }) };
    await this.publish('workflow_requested', { workflow, input, request_id: requestId, ...optional });
    return runIdOf(tenant ?? DEFAULT_TENANT, requestId);
  }

  /** Waits for a run's end, however it ends. */
  async ended(runId: string, onChange?: (view: RunView) => void): Promise<RunView> {
    return followRun(this.session, runId, onChange ? { onChange } : {});
  }

  read(runId: string): Promise<RunView> {
    return readRun(this.session, runId);
  }

  result(view: RunView): Promise<Json> {
    return resultOf(this.session, view);
  }

  /** Hears events of these names from now on. */
  async tap(...names: string[]): Promise<BusTap> {
    const { eventBridge, sqs } = this.session.aws;
    const tap = await BusTap.open({ eventBridge, sqs }, this.output('BusName'), names);
    this.#taps.push(tap);
    return tap;
  }

  /**
   * Polls until `probe` answers something other than undefined or false. The test's own timeout ends the wait.
   * @throws Error when the test file is done meanwhile: the wait of a test that was out of time must not go on behind the others
   */
  async eventually<T>(probe: () => Promise<T | undefined | false>): Promise<T> {
    for (;;) {
      if (this.#isClosed) throw new Error('the tests of this file are over');
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      await sleep(100);
    }
  }

  /** Runs a function at once that the cloud would run on schedule; `name` is part of the function's name. */
  async invoke(name: string): Promise<void> {
    const { lambda } = this.session.aws;
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    const FunctionName = Functions.find((fn) => fn.FunctionName?.includes(name))?.FunctionName;
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName }));
    if (FunctionError) throw new Error(`${name} failed: ${FunctionError}`);
  }

  /** Process ids of a function's Lambda workers; `name` is part of the function's name, such as "Coordinator". */
  workers(name: string): number[] {
    return lambdaWorkers(this.endpoint, name);
  }

  /** Kills them in the middle of what they do. @returns how many there were */
  killWorkers(name: string): number {
    return killLambdaWorkers(this.endpoint, name);
  }

  /** The database server of source and target: gone at once, gone in good order, and back again. */
  readonly postgres = {
    crash: () => this.#control('postgres-crash'),
    stop: () => this.#control('postgres-stop'),
    start: () => this.#control('postgres-start'),
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const tap of this.#taps) await tap.close();
    this.session.close();
  }

  async #control(action: string): Promise<void> {
    const response = await fetch(`${fromSetup('MUSTER_TEST_CONTROL')}/${action}`, { method: 'POST' });
    if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
  }
}
