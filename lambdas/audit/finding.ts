/** What is wrong with the audit, or with a journal that it knows. */
export interface Finding {
  readonly code: 'missing' | 'changed' | 'reordered' | 'truncated' | 'unreadable';
  readonly chain?: string;
  readonly run_id?: string;
  /** Of the object, or of the journal's entry. */
  readonly seq?: number;
  readonly message: string;
}
