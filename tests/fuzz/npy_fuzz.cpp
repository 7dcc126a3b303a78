// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as NPY: an array or a parse_error; what was read can be written and read again.
#include "credence/base/errors.hpp"
#include "credence/table/npy.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace credence;
  try {
    const npy_array first = parse_npy({reinterpret_cast<const char*>(data), size});
    if (parse_npy(to_npy(first.values, first.shape)).shape != first.shape) std::abort();
  } catch (const parse_error& e) {
    if (e.column < 1) std::abort();
  }
  return 0;
}
