/** A defence against an attack, taken away by one line, and the test that must fail then. */
export interface AttackMutant {
  /** The row of the table in docs/security.md. */
  readonly attack: number;
  readonly id: string;
  /** From the project's root. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
  /** What is taken away. */
  readonly defence: string;
  readonly test: {
    /** From the project's root. */
    readonly file: string;
    /** Part of its name, with the names of the groups that it is in before it. */
    readonly name: string;
  };
}
