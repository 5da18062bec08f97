/** An SQS record, with what the platform needs of it by name. */
export interface QueueRecord {
  readonly id: string;
  readonly body: string;
  readonly receiptHandle: string;
  /** From 1; above 1 an earlier delivery ended without an acknowledgement. */
  readonly receiveCount: number;
  readonly sentAt: number;
  /** The IAM identity that sent it. */
  readonly senderId: string;
  readonly groupId: string | undefined;
  /** The queue it was received from. */
  readonly queueArn?: string;
}
