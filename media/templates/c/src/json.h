/* A small JSON reader. A value is the part of the text that it was written in, so nothing is copied and nothing is freed. */
#pragma once
#include "host.h"

static int is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

static int begins_with(Text text, Text prefix) {
  if (text.length < prefix.length) return 0;
  for (u32 i = 0; i < prefix.length; i++) if (text.at[i] != prefix.at[i]) return 0;
  return 1;
}

static const char *skip_space(const char *at, const char *end) {
  while (at < end && is_space(*at)) at++;
  return at;
}

static int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c |= 32;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/** Behind the string that begins at `at`; null when it is not a string. */
static const char *skip_string(const char *at, const char *end) {
  if (at >= end || *at++ != '"') return 0;
  for (; at < end; at++) {
    if (*at == '"') return at + 1;
    if ((u8)*at < 0x20) return 0;
    if (*at != '\\') continue;
    if (++at >= end) return 0;
    if (*at == 'u') {
      for (int i = 0; i < 4; i++) if (++at >= end || hex(*at) < 0) return 0;
    } else if (*at != '"' && *at != '\\' && *at != '/' && *at != 'b' && *at != 'f' && *at != 'n' && *at != 'r' && *at != 't') {
      return 0;
    }
  }
  return 0;
}

static int is_digit(const char *at, const char *end) { return at < end && *at >= '0' && *at <= '9'; }

static const char *skip_digits(const char *at, const char *end) {
  if (!is_digit(at, end)) return 0;
  while (is_digit(at, end)) at++;
  return at;
}

static const char *skip_number(const char *at, const char *end) {
  if (at < end && *at == '-') at++;
  at = at < end && *at == '0' ? at + 1 : skip_digits(at, end);
  if (at && at < end && *at == '.') at = skip_digits(at + 1, end);
  if (at && at < end && (*at | 32) == 'e') {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    at = skip_digits(at, end);
  }
  return at;
}

/** Behind the value that begins at `at`; null when there is none, or when it is nested too deeply for the stack. */
static const char *skip_value(const char *at, const char *end, int depth) {
  at = skip_space(at, end);
  if (at >= end || depth > 200) return 0;
  if (*at == '"') return skip_string(at, end);
  if (*at != '{' && *at != '[') {
    const Text words[] = {TEXT("true"), TEXT("false"), TEXT("null")};
    for (int i = 0; i < 3; i++) {
      if (begins_with((Text){at, (u32)(end - at)}, words[i])) return at + words[i].length;
    }
    return skip_number(at, end);
  }
  char close = *at == '{' ? '}' : ']';
  at = skip_space(at + 1, end);
  if (at < end && *at == close) return at + 1;
  while (at) {
    if (close == '}') {
      at = skip_string(skip_space(at, end), end);
      if (at) at = skip_space(at, end);
      if (!at || at >= end || *at++ != ':') return 0;
    }
    at = skip_value(at, end, depth + 1);
    if (!at) return 0;
    at = skip_space(at, end);
    if (at >= end) return 0;
    if (*at == close) return at + 1;
    if (*at++ != ',') return 0;
  }
  return 0;
}

/** The value that is the whole text; a text without place when the text is not JSON. Everything below expects such a value. */
static Text parse(Text text) {
  const char *end = text.at + text.length;
  const char *from = text.at ? skip_space(text.at, end) : 0;
  const char *to = from ? skip_value(from, end, 0) : 0;
  if (!to || skip_space(to, end) != end) return (Text){0, 0};
  return (Text){from, (u32)(to - from)};
}

static int is_kind(Text value, char first) { return value.at != 0 && *value.at == first; }

/** The next character of the inside of a string, without its backslash; -1 for one outside of ASCII that was written as \uXXXX. */
static int next_char(const char **at) {
  char c = *(*at)++;
  if (c != '\\') return (u8)c;
  c = *(*at)++;
  if (c != 'u') return c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
  int code = 0;
  for (int i = 0; i < 4; i++) code = code * 16 + hex(*(*at)++);
  return code < 0x80 ? code : -1;
}

/** Whether a value is this string, however it was escaped. */
static int same(Text value, Text word) {
  if (!is_kind(value, '"')) return 0;
  const char *at = value.at + 1, *end = value.at + value.length - 1;
  for (u32 i = 0; i < word.length; i++) if (at >= end || next_char(&at) != (u8)word.at[i]) return 0;
  return at >= end;
}

/** The inside of a string as it was written, for other JSON; empty for another value. */
static Text inside(Text value) {
  return is_kind(value, '"') ? (Text){value.at + 1, value.length - 2} : TEXT("");
}

/** Goes through a list or a map: the values one after the other, and of a map the name of each in `name`. `cursor` begins as null. */
static int next(Text list, const char **cursor, Text *name, Text *value) {
  if (!is_kind(list, '{') && !is_kind(list, '[')) return 0;
  const char *end = list.at + list.length;
  const char *at = skip_space(*cursor ? *cursor : list.at + 1, end);
  if (*at == ',') at = skip_space(at + 1, end);
  if (*at == ']' || *at == '}') return 0;
  if (*list.at == '{') {
    const char *behind = skip_string(at, end);
    *name = (Text){at, (u32)(behind - at)};
    at = skip_space(skip_space(behind, end) + 1, end);
  }
  *cursor = skip_value(at, end, 0);
  *value = (Text){at, (u32)(*cursor - at)};
  return 1;
}

/** A member of a map. The last one counts when there are several, as in the gateway. */
static Text get(Text map, Text member) {
  Text found = {0, 0}, name, value;
  const char *cursor = 0;
  if (is_kind(map, '{')) while (next(map, &cursor, &name, &value)) if (same(name, member)) found = value;
  return found;
}

/** Appends a code point as UTF-8. */
static char *put_char(char *to, u32 code) {
  if (code < 0x80) return *to = (char)code, to + 1;
  if (code < 0x800) return to[0] = (char)(0xc0 | code >> 6), to[1] = (char)(0x80 | (code & 63)), to + 2;
  to[0] = (char)(0xe0 | code >> 12), to[1] = (char)(0x80 | (code >> 6 & 63)), to[2] = (char)(0x80 | (code & 63));
  return to + 3;
}

/** Appends the text of a string value to a buffer that has at least its length, and returns where the text ends. */
static char *put_text(char *to, Text value) {
  Text raw = inside(value);
  for (const char *at = raw.at, *end = raw.at + raw.length; at < end;) {
    if (at[0] == '\\' && at[1] == 'u') {
      u32 code = (u32)(hex(at[2]) << 12 | hex(at[3]) << 8 | hex(at[4]) << 4 | hex(at[5]));
      /* Half of a pair of surrogates: what the guard reads from texts is ASCII, so it is enough that nothing is lost silently. */
      to = put_char(to, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
      at += 6;
    } else {
      *to++ = (char)next_char(&at);
    }
  }
  return to;
}
