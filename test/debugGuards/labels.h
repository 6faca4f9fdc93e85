// Functions that the compiler inlines into each other and that trap.
struct Item {
  int owner;
};

namespace labels {

template <typename T>
inline __attribute__((always_inline)) T divided(T number, T by) {
  return number / by;
}

struct Label {
  int weight;
  explicit Label(const Item &item);
  int weigh(int times) const;
};

}  // namespace labels
