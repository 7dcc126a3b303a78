// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/exec/buffer.hpp"
#include "credence/exec/copy.hpp"
#include "credence/tensor/tensor.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace credence::detail {

void* allocate_elements(const exec::context& ctx, std::int64_t bytes) { return exec::detail::allocate(ctx, bytes, 1); }

void free_elements(const exec::context& ctx, void* memory) noexcept { exec::detail::deallocate(ctx, memory); }

void copy_bytes(const exec::context& from_ctx, const void* from, const exec::context& to_ctx, void* to,
                std::int64_t bytes) {
  if (bytes == 0) return;
  if (from != nullptr) return exec::copy_bytes(to_ctx, to, from_ctx, from, bytes);
  if (to_ctx.where == exec::backend::cpu) {
    std::memset(to, 0, static_cast<std::size_t>(bytes));
    return;
  }
  const std::vector<char> zeros(static_cast<std::size_t>(bytes), 0);
  exec::copy_bytes(to_ctx, to, {}, zeros.data(), bytes);
}

void fail_not_on_cpu(const char* where) {
  throw domain_error(std::string(where) + ": the tensor is on a device, but must be on the CPU");
}

}  // namespace credence::detail
