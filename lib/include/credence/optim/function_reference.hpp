// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <type_traits>

namespace credence::detail {

/// The address of a callable: an object, or a plain function (whose address is no `void*`).
union callable_address {
  const void* object;
  void (*function)();

  callable_address() : object(nullptr) {}
  template <class F>
  explicit callable_address(const F& f) {
    if constexpr (std::is_function_v<F>) {
      function = reinterpret_cast<void (*)()>(&f);
    } else {
      object = &f;
    }
  }
  template <class F>
  const F& as() const {
    if constexpr (std::is_function_v<F>) {
      return *reinterpret_cast<const F*>(function);
    } else {
      return *static_cast<const F*>(object);
    }
  }
};

}  // namespace credence::detail
