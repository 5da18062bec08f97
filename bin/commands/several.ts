/** For commander: an option that may be given several times. */
export const several = (given: string, before: readonly string[] = []): readonly string[] => [...before, given];
