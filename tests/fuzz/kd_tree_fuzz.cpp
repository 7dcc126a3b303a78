// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as the file of a kd-tree: a tree that answers, or a parse_error. The check sum at the end is put right
// first, so that the checks behind it are reached.
#include "credence/base/errors.hpp"
#include "credence/neighbors/kd_tree.hpp"

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

/// The sum that a file ends in (as in tree_file.cpp).
std::uint64_t check_sum(const std::string& bytes) {
  std::uint64_t sum = 0xCBF29CE484222325ULL;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    sum = (sum ^ word) * 0x100000001B3ULL;
    sum ^= sum >> 29;
  }
  for (; at < bytes.size(); ++at) sum = (sum ^ static_cast<unsigned char>(bytes[at])) * 0x100000001B3ULL;
  return sum;
}

template <class T>
void read_as(const std::string& bytes) {
  using namespace credence;
  try {
    const auto tree = kd_tree<T>::from_bytes(bytes);
    if (tree.dimensions() > 64) return;
    const std::vector<T> query(static_cast<std::size_t>(tree.dimensions()), T(1));
    const view<const T, 2> row(query.data(), 1, tree.dimensions());
    if (tree.nearest(row, 3).indices.size() != 3) std::abort();
    tree.within(row, 1.0);
    if (tree.to_bytes() != bytes) std::abort();
  } catch (const parse_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (size >= 8) {
    bytes.resize(size - 8);
    const std::uint64_t sum = check_sum(bytes);
    bytes.append(reinterpret_cast<const char*>(&sum), 8);
  }
  read_as<float>(bytes);
  read_as<double>(bytes);
  read_as<std::uint8_t>(bytes);
  return 0;
}
