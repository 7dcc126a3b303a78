// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/dtype.hpp"

#include "credence/base/check.hpp"

namespace credence {

std::string_view to_text(dtype type) {
  switch (type) {
    case dtype::f64:
      return "f64";
    case dtype::f32:
      return "f32";
    case dtype::bf16:
      return "bf16";
    case dtype::f16:
      return "f16";
    case dtype::i32:
      return "i32";
    case dtype::u8:
      return "u8";
  }
  return "unknown";
}

dtype dtype_from_text(std::string_view name) {
  for (const dtype type : {dtype::f64, dtype::f32, dtype::bf16, dtype::f16, dtype::i32, dtype::u8}) {
    if (name == to_text(type)) return type;
  }
  check::fail_domain("dtype_from_text", "name", name, "f64, f32, bf16, f16, i32 or u8");
}

}  // namespace credence
