// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as CSV: a table or a parse_error; what was read can be written and read again.
#include "credence/base/errors.hpp"
#include "credence/table/csv.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace credence;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  csv_options options;
  options.header = size % 2 == 0;
  options.infer_types = size % 3 != 0;
  try {
    const table first = parse_csv(exec::cpu(1), text, options);
    const table second = parse_csv(exec::cpu(1), to_csv(first));
    if (second.rows() != first.rows() || second.names() != first.names()) std::abort();
  } catch (const parse_error& e) {
    if (e.line < 1 || e.column < 1) std::abort();
  }
  return 0;
}
