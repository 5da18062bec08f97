import { randomUUID } from 'node:crypto';
import {
  DeleteRuleCommand,
  type EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';

const Event = z.object({
  'detail-type': z.string(),
  source: z.string(),
  detail: z.record(z.string(), z.json()),
});

/** An event as it passed over the bus. */
export interface TappedEvent {
  readonly name: string;
  readonly source: string;
  readonly detail: Readonly<Record<string, z.core.util.JSONType>>;
}

/** Listens on the bus through a rule and a queue of its own, as any outside system would. */
export class BusTap {
  readonly #bus: string;
  readonly #rule: string;
  readonly #queueUrl: string;
  readonly #clients: { readonly eventBridge: EventBridgeClient; readonly sqs: SQSClient };
  readonly #seen: TappedEvent[] = [];

  private constructor(bus: string, rule: string, queueUrl: string, clients: BusTap['clients']) {
    this.#bus = bus;
    this.#rule = rule;
    this.#queueUrl = queueUrl;
    this.#clients = clients;
  }

  get clients(): { readonly eventBridge: EventBridgeClient; readonly sqs: SQSClient } {
    return this.#clients;
  }

  /** Hears events of these names from now on. */
  static async open(clients: BusTap['clients'], bus: string, names: readonly string[]): Promise<BusTap> {
    const id = `tap-${randomUUID().slice(0, 8)}`;
    const { QueueUrl = '' } = await clients.sqs.send(new CreateQueueCommand({ QueueName: id }));
    const { Attributes } = await clients.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    const pattern = JSON.stringify({ 'detail-type': names });
    await clients.eventBridge.send(new PutRuleCommand({ Name: id, EventBusName: bus, EventPattern: pattern }));
    const target = { Id: 'tap', Arn: Attributes?.QueueArn ?? '' };
    await clients.eventBridge.send(new PutTargetsCommand({ Rule: id, EventBusName: bus, Targets: [target] }));
    return new BusTap(bus, id, QueueUrl, clients);
  }

  /** All events heard so far, in the order in which they were read. */
  async read(): Promise<readonly TappedEvent[]> {
    for (;;) {
      const { Messages = [] } = await this.#clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.#queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
      );
      if (Messages.length === 0) return this.#seen;
      for (const { Body = '{}' } of Messages) {
        const { 'detail-type': name, source, detail } = Event.parse(JSON.parse(Body));
        this.#seen.push({ name, source, detail });
      }
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      await this.#clients.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: this.#queueUrl, Entries }));
    }
  }

  async close(): Promise<void> {
    const rule = { Rule: this.#rule, EventBusName: this.#bus };
    await this.#clients.eventBridge.send(new RemoveTargetsCommand({ ...rule, Ids: ['tap'] }));
    await this.#clients.eventBridge.send(new DeleteRuleCommand({ Name: this.#rule, EventBusName: this.#bus }));
    await this.#clients.sqs.send(new DeleteQueueCommand({ QueueUrl: this.#queueUrl }));
  }
}
