/** Server-sent events read from a fetch: the browser's own EventSource cannot carry a credential in a header. */

/** @typedef {{id: number | null, event: string, data: any}} ServerEvent */

/**
 * Take the whole events out of what has arrived.
 * @param {string} buffer
 * @returns {[ServerEvent[], string]} The events, and the rest that waits for more.
 */
export function takeEvents(buffer) {
  const blocks = buffer.split("\n\n");
  const rest = blocks.pop() ?? "";
  return [blocks.map(parseEvent).filter((event) => event !== null), rest];
}

/**
 * @param {string} block
 * @returns {ServerEvent | null} None for a comment.
 */
function parseEvent(block) {
  let id = null;
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) id = Number(line.slice(4));
    else if (line.startsWith("event: ")) event = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length ? { id, event, data: JSON.parse(data.join("\n")) } : null;
}
