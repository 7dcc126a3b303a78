// SPDX-License-Identifier: BSD-3-Clause
// Any bytes as JSON data and as a JSON table: a value, a parse_error or a shape_error; what was read can be written and
// read again.
#include "credence/base/errors.hpp"
#include "credence/table/json.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace credence;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const named_data first = parse_named_data(text);
    if (parse_named_data(to_json(first)).entries().size() != first.entries().size()) std::abort();
  } catch (const parse_error& e) {
    if (e.line < 1 || e.column < 1) std::abort();
  } catch (const shape_error&) {
  }
  try {
    const table first = parse_json_table(text);
    if (parse_json_table(to_json(first)).names() != first.names()) std::abort();
  } catch (const parse_error& e) {
    if (e.line < 1 || e.column < 1) std::abort();
  } catch (const shape_error&) {
  }
  return 0;
}
