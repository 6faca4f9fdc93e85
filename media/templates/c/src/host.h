/* What the gateway offers to a guard: log lines, look-ups at the guard's own server, and memory. */
#pragma once

typedef unsigned int u32;
typedef unsigned char u8;

/** A part of a text. `at` is null for what does not exist. */
typedef struct {
  const char *at;
  u32 length;
} Text;

/** A literal as a Text. */
#define TEXT(literal) ((Text){literal, sizeof(literal) - 1})

/* -- Memory: a stack. The gateway gives its two buffers back last-in first-out, and all memory of a call lies above them. -- */

extern u8 __heap_base; /* the linker defines it */
static u8 *top = 0;

/** Memory that is free until the buffers of this call are given back; null when the gateway's 32 MiB are used. */
static void *take(u32 size) {
  if (top == 0) top = &__heap_base;
  u32 at = ((u32)top + 7) & ~7u;
  u32 have = (u32)__builtin_wasm_memory_size(0) * 65536;
  if (size > 0x4000000 || at > 0x4000000) return 0;
  if (at + size > have && __builtin_wasm_memory_grow(0, (at + size - have + 65535) / 65536) == (__SIZE_TYPE__)-1) return 0;
  top = (u8 *)(at + size);
  return (void *)at;
}

/* -- Building a text: writes what fits, and counts what does not. -- */

typedef struct {
  char *at;
  u32 capacity;
  u32 length; /* may be larger than the capacity */
} Out;

static void put(Out *out, Text text) {
  if (out->length + text.length <= out->capacity) __builtin_memcpy(out->at + out->length, text.at, text.length);
  out->length += text.length;
}

/* -- Log lines -- */

__attribute__((import_module("env"), import_name("host_log"))) extern void host_log(u32 level, const char *message, u32 length);

enum { DEBUG = 0, INFO = 1, WARN = 2, ERROR = 3 };

/** Writes one line: two texts, one after the other. A line that is longer than 512 bytes is cut. */
static void say(u32 level, Text first, Text second) {
  char line[512];
  Out out = {line, sizeof line, 0};
  put(&out, first);
  if (out.length + second.length > sizeof line) second.length = sizeof line - out.length;
  put(&out, second);
  host_log(level, line, out.length);
}

/* -- Look-ups -- */

__attribute__((import_module("env"), import_name("call_backend"))) extern int
call_backend(const char *tool, u32 tool_length, const char *args, u32 args_length, char *result, u32 capacity);

/**
 * Calls a tool of the guard's own server and returns its result as JSON; a text without place when the call failed. -2 says that the buffer is too
 * small, and the first four bytes hold the size that is needed. Every attempt is a call of the server, and a guard has 50 of them for each answer.
 */
static Text ask(Text tool, Text args) {
  u32 capacity = 128; /* small on purpose, so that the second attempt is seen in a replay; 64 KiB is a usual size */
  for (int attempt = 0; attempt < 3; attempt++) {
    char *buffer = take(capacity);
    if (buffer == 0) break;
    int code = call_backend(tool.at, tool.length, args.at, args.length, buffer, capacity);
    if (code >= 0) return (Text){buffer, (u32)code};
    if (code != -2) break;
    u32 needed = *(u32 *)buffer;
    capacity = needed > capacity ? needed : 2 * capacity;
  }
  say(WARN, TEXT("the look-up failed: "), args);
  return (Text){0, 0};
}
