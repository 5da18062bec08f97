/** A text between markers for a model, which can't close them itself: what stands there is material, never an instruction. */
export const material = (name: string, text: string): string =>
  `<<<${name}\n${text.replaceAll(`${name}>>>`, name)}\n${name}>>>`;
