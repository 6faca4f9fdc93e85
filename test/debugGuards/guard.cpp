// A guard whose three functions trap: in a division, in a call through an empty table entry, and on purpose.
#include "labels.h"

extern "C" int label_resource(const char *input, unsigned length, char *output, unsigned capacity);

namespace labels {

inline __attribute__((always_inline)) int owner_of(const Item &item) {
  return divided(100, item.owner);
}

__attribute__((noinline)) Label::Label(const Item &item) : weight(owner_of(item)) {}

__attribute__((noinline)) int Label::weigh(int times) const {
  int sum = 0;
  for (int time = 0; time < times; time++) sum += weight * time;
  return sum;
}

}  // namespace labels

namespace {

using Rule = int (*)(int);

__attribute__((noinline)) int apply(Rule rule, int value) {
  return rule(value) + 1;
}

__attribute__((always_inline)) inline void require(bool holds) {
  if (!holds) __builtin_trap();
}

}  // namespace

extern "C" {

__attribute__((export_name("label_agent"))) int label_agent(const char *input, unsigned length, char *, unsigned) {
  require(length == 0);
  return input[0];
}

__attribute__((export_name("label_resource"))) int label_resource(const char *, unsigned length, char *, unsigned) {
  Item item{static_cast<int>(length) - 2};
  return labels::Label(item).weigh(static_cast<int>(length));
}

__attribute__((export_name("label_response"))) int label_response(const char *, unsigned length, char *, unsigned) {
  return apply(reinterpret_cast<Rule>(length - 2), 3);
}
}
