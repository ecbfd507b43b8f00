/** Which analyses belong to one conversation: each names the answer that it follows. */

/** @typedef {{id: string, question: string, after: string | null, asked_at: string, status: string}} Analysis */

/**
 * @param {Analysis[]} analyses Newest first.
 * @returns {{id: string, title: string, asked_at: string, turns: Analysis[]}[]} Newest conversation first; `id` is that
 *   of its last turn, turns stand in the order asked.
 */
export function conversations(analyses) {
  const byId = new Map(analyses.map((one) => [one.id, one]));
  const followed = new Set(analyses.map((one) => one.after).filter((id) => id !== null && byId.has(id)));
  return analyses
    .filter((one) => !followed.has(one.id))
    .map((last) => {
      const turns = [];
      for (let one = /** @type {Analysis | undefined} */ (last); one && !turns.includes(one); one = byId.get(one.after ?? "")) {
        turns.unshift(one);
      }
      return { id: last.id, title: turns[0].question, asked_at: last.asked_at, turns };
    });
}
