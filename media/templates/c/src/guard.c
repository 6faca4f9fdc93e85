/*
 * The guard of {{name}}: labels the tools of a server of notes. A note lies in a folder and has an author:
 *
 *   folder  public: everybody may know it; any other: only agents that the policy clears for "notes/FOLDER"
 *   author  staff: approved; everybody else: unapproved
 *
 * Change TOOLS, label_note and label_agent to what your server does. The five functions at the end are those that the gateway calls.
 */
#include "json.h"

static const Text LEVELS[] = {TEXT("none"), TEXT("unapproved"), TEXT("approved"), TEXT("merged")};
enum { BLOCKED = 0, UNAPPROVED = 2, APPROVED = 3, LEVEL_COUNT = 4 };

/* The folders beside "public", for policies that clear an agent for all of them. */
static const Text PRIVATE_FOLDERS[] = {TEXT("team"), TEXT("board")};
enum { FOLDER_COUNT = 2 };

/* What a tool touches: a list of notes, the note with the id in its arguments, or a new note in the folder in its arguments. */
typedef enum { LIST, NOTE, FOLDER } Touches;

static const struct {
  Text name;
  Text operation;
  Touches touches;
} TOOLS[] = {
  {TEXT("list_notes"), TEXT("read"), LIST},       {TEXT("search_notes"), TEXT("read"), LIST}, {TEXT("read_note"), TEXT("read"), NOTE},
  {TEXT("note_info"), TEXT("read"), NOTE},        {TEXT("add_note"), TEXT("write"), FOLDER},  {TEXT("delete_note"), TEXT("write"), NOTE},
};
enum { TOOL_COUNT = sizeof TOOLS / sizeof TOOLS[0] };

/* What is known of a note. `folder` is the inside of a JSON string: empty when it is not known, and then no agent is cleared for the note. */
typedef struct {
  Text folder;
  int is_public;
  int level;
} Note;

static Note note_of(Text described) {
  Text folder = get(described, TEXT("folder"));
  return (Note){inside(folder), same(folder, TEXT("public")), same(get(described, TEXT("author")), TEXT("staff")) ? APPROVED : UNAPPROVED};
}

/* -- Labels as JSON -- */

static void put_levels(Out *out, int level) {
  if (level == BLOCKED) put(out, TEXT("\"blocked\"")); /* no agent has this tag */
  for (int i = 0; i < level; i++) {
    put(out, i == 0 ? TEXT("\"") : TEXT(",\""));
    put(out, LEVELS[i]);
    put(out, TEXT("\""));
  }
}

static void put_folder(Out *out, Text folder) {
  put(out, TEXT("\"private:notes/"));
  put(out, folder.length > 0 ? folder : TEXT("unknown"));
  put(out, TEXT("\""));
}

static void put_labels(Out *out, Text kind, Text name, Note note) {
  put(out, TEXT("{\"description\":\""));
  put(out, kind);
  put(out, name);
  put(out, TEXT("\",\"integrity\":["));
  put_levels(out, note.level);
  put(out, TEXT("],\"secrecy\":["));
  if (!note.is_public) put_folder(out, note.folder);
  put(out, TEXT("]}"));
}

/* -- label_agent -- */

/* Adds what one entry of "repos" clears an agent for. Returns 0 for an entry that is not about notes. */
static int put_scope(Out *out, Text scope, int *count) {
  Text raw = inside(scope), prefix = TEXT("notes/");
  if (raw.length == prefix.length || !begins_with(raw, prefix)) return 0;
  raw = (Text){raw.at + prefix.length, raw.length - prefix.length};
  int all = raw.length == 1 && raw.at[0] == '*';
  if (!all && raw.at[raw.length - 1] == '*') return 0; /* "notes/te*": this guard does not read prefixes */
  for (int i = 0; i < (all ? FOLDER_COUNT : 1); i++) {
    if ((*count)++ > 0) put(out, TEXT(","));
    put_folder(out, all ? PRIVATE_FOLDERS[i] : raw);
  }
  return 1;
}

static int answer_agent(Text policy, Out *out) {
  Text allowed = get(policy, TEXT("allow-only"));
  Text repos = get(allowed, TEXT("repos")), least = get(allowed, TEXT("min-integrity"));
  int level = BLOCKED, count = 0;
  for (int i = 0; i < LEVEL_COUNT; i++) if (same(least, LEVELS[i])) level = i + 1;
  if (level == BLOCKED) return say(ERROR, TEXT("label_agent: min-integrity must be none, unapproved, approved or merged, not "), least), 0;
  put(out, TEXT("{\"agent\":{\"integrity\":["));
  put_levels(out, level);
  put(out, TEXT("],\"secrecy\":["));
  if (same(repos, TEXT("all"))) {
    put_scope(out, TEXT("\"notes/*\""), &count);
  } else if (!same(repos, TEXT("public"))) {
    Text name, scope;
    const char *cursor = 0;
    if (!is_kind(repos, '[')) return say(ERROR, TEXT("label_agent: repos must be all, public or a list, not "), repos), 0;
    while (next(repos, &cursor, &name, &scope)) {
      if (!put_scope(out, scope, &count)) return say(ERROR, TEXT("label_agent: expected notes/FOLDER or notes/*, not "), scope), 0;
    }
  }
  put(out, TEXT("]},\"difc_mode\":\"filter\"}"));
  return 1;
}

/* -- label_resource -- */

/* The text of an MCP result: its text items, one after the other, as the gateway reads them. */
static Text result_text(Text result) {
  char *text = take(result.length), *end = text;
  Text name, item, content = get(result, TEXT("content"));
  const char *cursor = 0;
  if (text == 0) return (Text){0, 0};
  if (is_kind(content, '[')) {
    while (next(content, &cursor, &name, &item)) if (same(get(item, TEXT("type")), TEXT("text"))) end = put_text(end, get(item, TEXT("text")));
  }
  return (Text){text, (u32)(end - text)};
}

/* Folder and author of a note are not in the call, so the guard asks its server. What cannot be found out is blocked. */
static Note look_up(Text id) {
  char *text = take(id.length + 16);
  Note blocked = {TEXT(""), 1, BLOCKED};
  if (text == 0 || !is_kind(id, '"')) return blocked;
  Out args = {text, id.length + 16, 0};
  put(&args, TEXT("{\"id\":"));
  put(&args, id);
  put(&args, TEXT("}"));
  Text result = parse(ask(TEXT("note_info"), (Text){args.at, args.length}));
  Text info = parse(result_text(result));
  return is_kind(info, '{') && get(info, TEXT("folder")).at != 0 ? note_of(info) : blocked;
}

static int answer_resource(Text call, Out *out) {
  Text tool = get(call, TEXT("tool_name")), args = get(call, TEXT("tool_args"));
  for (int i = 0; i < TOOL_COUNT; i++) {
    if (!same(tool, TOOLS[i].name)) continue;
    Touches touches = TOOLS[i].touches;
    Text name = touches == LIST ? TOOLS[i].name : inside(get(args, touches == NOTE ? TEXT("id") : TEXT("folder")));
    Note note = {TEXT(""), 1, APPROVED}; /* a list: anybody may ask for it, and label_response labels its notes */
    if (touches == NOTE) note = look_up(get(args, TEXT("id")));
    if (touches == FOLDER) note = (Note){name, same(get(args, TEXT("folder")), TEXT("public")), APPROVED};
    put(out, TEXT("{\"operation\":\""));
    put(out, TOOLS[i].operation);
    put(out, TEXT("\",\"resource\":"));
    put_labels(out, touches == LIST ? TEXT("") : touches == NOTE ? TEXT("note:") : TEXT("folder:"), name, note);
    put(out, TEXT("}"));
    say(INFO, TOOLS[i].name, note.level == BLOCKED ? TEXT(": blocked") : TEXT(": labeled"));
    return 1;
  }
  /* A tool that the guard does not know may do anything. */
  say(WARN, TEXT("a tool without a rule: "), tool);
  put(out, TEXT("{\"operation\":\"write\",\"resource\":"));
  put_labels(out, TEXT("tool:"), inside(tool), (Note){TEXT(""), 1, BLOCKED});
  put(out, TEXT("}"));
  return 1;
}

/* -- label_response -- */

static void put_number(Out *out, u32 number) {
  char digits[10];
  u32 at = sizeof digits;
  do digits[--at] = (char)('0' + number % 10); while ((number /= 10) > 0);
  put(out, (Text){digits + at, sizeof digits - at});
}

/*
 * Labels each note of a list, or the one note of another result. An answer without "labeled_paths" hands the whole result to the agent, whatever
 * label_resource said: right for an error of the server, which has no notes in it, and for nothing else.
 */
static int answer_response(Text call, Out *out) {
  Text result = get(call, TEXT("tool_result"));
  Text notes = parse(result_text(result)), name, note;
  const char *cursor = 0;
  if (is_kind(get(result, TEXT("isError")), 't')) return put(out, TEXT("{}")), 1;
  put(out, TEXT("{\"labeled_paths\":["));
  if (is_kind(notes, '[')) {
    for (u32 index = 0; next(notes, &cursor, &name, &note); index++) {
      put(out, index == 0 ? TEXT("{\"path\":\"/") : TEXT(",{\"path\":\"/"));
      put_number(out, index);
      put(out, TEXT("\",\"labels\":"));
      put_labels(out, TEXT("note:"), inside(get(note, TEXT("id"))), note_of(note));
      put(out, TEXT("}"));
    }
  }
  put(out, TEXT("],\"default_labels\":"));
  if (is_kind(notes, '{')) {
    put_labels(out, TEXT("note:"), inside(get(notes, TEXT("id"))), note_of(notes));
  } else {
    if (!is_kind(notes, '[')) say(WARN, TEXT("label_response: neither a note nor a list of notes: "), get(call, TEXT("tool_name")));
    put_labels(out, TEXT("something without a rule"), TEXT(""), (Note){TEXT(""), 1, BLOCKED});
  }
  put(out, TEXT("}"));
  return 1;
}

/* -- What the gateway calls -- */

/** The answer goes straight to the output buffer. -1: the input was refused, and the log says why. -2: the buffer holds the size that is needed. */
static int run(Text name, Text input, char *output, u32 capacity, int (*answer)(Text, Out *)) {
  Out out = {output, capacity, 0};
  Text value = parse(input);
  if (!is_kind(value, '{')) return say(ERROR, name, TEXT(": the input is not a JSON object")), -1;
  if (!answer(value, &out)) return -1;
  if (out.length <= capacity) return (int)out.length;
  say(WARN, name, TEXT(": the output buffer is too small"));
  if (capacity >= 4) __builtin_memcpy(output, &out.length, 4);
  return -2;
}

#define EXPORT(name) __attribute__((export_name(name)))

EXPORT("alloc") void *guard_alloc(u32 size) { return take(size); }

EXPORT("dealloc") void guard_dealloc(u8 *pointer, u32 size) {
  (void)size;
  if (pointer < top) top = pointer;
}

EXPORT("label_agent") int label_agent(const char *input, u32 length, char *output, u32 capacity) {
  return run(TEXT("label_agent"), (Text){input, length}, output, capacity, answer_agent);
}

EXPORT("label_resource") int label_resource(const char *input, u32 length, char *output, u32 capacity) {
  return run(TEXT("label_resource"), (Text){input, length}, output, capacity, answer_resource);
}

EXPORT("label_response") int label_response(const char *input, u32 length, char *output, u32 capacity) {
  return run(TEXT("label_response"), (Text){input, length}, output, capacity, answer_response);
}
