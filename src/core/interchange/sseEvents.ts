/** Parses the data of server-sent events in a complete recorded stream. */

/** Returns the data of each event in order; comments, names and ids are skipped. */
export function eventsOf(text: string): readonly string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of `${text}\n\n`.split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (data.length > 0) events.push(data.join('\n'));
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  return events;
}
