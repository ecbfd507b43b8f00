/** The places that an answer rests on, numbered in the order in which they are first cited. */

/**
 * @typedef {{document_id: string, text_hash: string, title: string, start: number, end: number, quote: string,
 *   page: number | null}} Citation
 */

/** @param {Citation} citation */
function place(citation) {
  return [citation.document_id, citation.text_hash, citation.start, citation.end].join(" ");
}

/**
 * @param {any} answer
 * @returns {{list: Citation[], number: (citation: Citation) => number}} `number` counts from 1.
 */
export function numbered(answer) {
  /** @type {Map<string, number>} */
  const numbers = new Map();
  /** @type {Citation[]} */
  const list = [];
  const add = (/** @type {Citation} */ citation) => {
    if (numbers.has(place(citation))) return;
    list.push(citation);
    numbers.set(place(citation), list.length);
  };
  for (const sentence of answer.sentences) {
    if (!sentence.claim) continue;
    sentence.claim.citations.forEach(add);
    sentence.claim.calculation?.operands.forEach((/** @type {any} */ operand) => add(operand.citation));
  }
  return { list, number: (citation) => numbers.get(place(citation)) ?? 0 };
}

/**
 * @param {any} passage A passage that was found but not cited.
 * @returns {Citation}
 */
export function ofPassage(passage) {
  return { ...passage, quote: passage.text, page: passage.first_page };
}
