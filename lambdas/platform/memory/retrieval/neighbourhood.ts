/** Which entries stand around which: those of one group follow each other in the order in which they were added. */
export class Neighbourhood {
  readonly #groups = new Map<string, number[]>();
  readonly #groupOf: number[][] = [];
  readonly #placeOf: number[] = [];

  /** @param group undefined: it stands alone */
  add(entry: number, group: string | undefined): void {
    const members = group === undefined ? [] : (this.#groups.get(group) ?? []);
    if (group !== undefined) this.#groups.set(group, members);
    members.push(entry);
    this.#groupOf.push(members);
    this.#placeOf.push(members.length - 1);
  }

  /** All of its group, itself included, in order. */
  groupOf(entry: number): readonly number[] {
    return this.#groupOf[entry] ?? [entry];
  }

  /** Its place in its group, from 0. */
  placeOf(entry: number): number {
    return this.#placeOf[entry] ?? 0;
  }
}
